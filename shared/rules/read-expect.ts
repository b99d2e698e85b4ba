/** The `expect:` section of a rule file: its blocks, what they say of the two rules that come of them, and their tests. */
import type { Span } from './diagnostics.ts';
import { EXPECT_IDS, type Entry, type Expectation } from './expectation.ts';
import { WITH_PORTS } from '../flow/direction.ts';
import { protocol } from './build-expression.ts';
import { valuesOf, type Operand } from './expression.ts';
import type { Lists } from './lists.ts';
import { readBlockTests } from './read-block-tests.ts';
import { readOperands, readPeers, readScope } from './read-ends.ts';
import { readSeverity, readSuppress } from './read-rule.ts';
import { BLOCK_KEYS, ENTRY_KEYS, SETTING_KEYS } from './rule-keys.ts';
import type { RuleTest } from './rule-test.ts';
import type { Rule } from './rule.ts';
import type { Mapping, ShapeReader, Text, YamlNode } from './shape.ts';

/** What a file changes about one of the two rules. */
export type ExpectSettings = Partial<
  Pick<Rule, 'title' | 'description' | 'severity' | 'suppress' | 'runbook' | 'tags'>
>;

/** What the `expect:` of a file holds. */
export interface ReadExpect {
  /** Undefined where something is wrong with one of them: a design with a gap would raise false alerts. */
  readonly blocks: readonly Expectation[] | undefined;
  readonly settings: ReadonlyMap<string, ExpectSettings>;
  readonly tests: readonly RuleTest[];
  readonly span: Span;
}

/** Reads a file's expectations and reports everything that is wrong with them; undefined where it has none. */
export function readExpect(reader: ShapeReader, file: Mapping, lists: Lists): ReadExpect | undefined {
  const section = file.entries.get('expect');
  if (section === undefined) return undefined;
  const before = reader.errors;
  const blocks: Expectation[] = [];
  const settings = new Map<string, ExpectSettings>();
  const tests: RuleTest[] = [];
  for (const node of reader.list(section.value, '`expect`', section.keySpan) ?? []) {
    const mapping = reader.mapping(node, 'a block of `expect`', Object.keys(BLOCK_KEYS), section.keySpan);
    if (mapping === undefined) continue;
    if (EXPECT_IDS.some((id) => mapping.entries.has(id))) {
      readSettings(reader, mapping, settings);
      continue;
    }
    const block = readBlock(reader, mapping, lists);
    if (block !== undefined) blocks.push(block);
    const entry = mapping.entries.get('tests');
    if (entry !== undefined) tests.push(...readBlockTests(reader, entry.value, entry.keySpan));
  }
  return { blocks: reader.errors > before ? undefined : blocks, settings, tests, span: section.keySpan };
}

function readBlock(reader: ShapeReader, mapping: Mapping, lists: Lists): Expectation | undefined {
  const { entries, span } = mapping;
  if (!entries.has('interfaces')) {
    const hint = 'write `interfaces: 10.0.1.0/24`, `eni-…`, `subnet-…`, `"@list"` or `any`';
    reader.report('E701', span, 'the block does not say which `interfaces` it is about', hint);
  }
  if (!entries.has('inbound') && !entries.has('outbound')) {
    const hint = 'write `inbound: [{ from: internet, ports: 443 }]`; `inbound: []` if nothing is expected';
    reader.report('E701', span, 'the block expects neither `inbound` nor `outbound`', hint);
  }
  const scope = entries.has('interfaces') ? readScope(reader, mapping, lists) : undefined;
  const inbound = readEntries(reader, mapping, 'inbound', lists);
  const outbound = readEntries(reader, mapping, 'outbound', lists);
  return scope === undefined ? undefined : { scope, inbound, outbound };
}

/** Entries of one way; `any` stands for one that takes everything, no key for none. */
function readEntries(
  reader: ShapeReader,
  mapping: Mapping,
  way: 'inbound' | 'outbound',
  lists: Lists,
): readonly Entry[] {
  const section = mapping.entries.get(way);
  if (section === undefined) return [];
  if (reader.isWord(section.value, 'any')) {
    return [{ peers: { kind: 'any' }, ports: undefined, protocols: undefined }];
  }
  const nodes = reader.list(section.value, `\`${way}\``, section.keySpan) ?? [];
  return nodes.flatMap((node) => readEntry(reader, node, way, section.keySpan, lists) ?? []);
}

function readEntry(
  reader: ShapeReader,
  node: YamlNode,
  way: 'inbound' | 'outbound',
  fallback: Span,
  lists: Lists,
): Entry | undefined {
  const peersKey = way === 'inbound' ? 'from' : 'to';
  const mapping = reader.mapping(node, `an entry of \`${way}\``, Object.keys(ENTRY_KEYS[way]), fallback);
  if (mapping === undefined) return undefined;
  if (!mapping.entries.has(peersKey)) {
    const hint = `write \`${peersKey}: internet\`, \`${peersKey}: 10.0.0.0/8\` or \`${peersKey}: any\``;
    reader.report('E003', mapping.span, `the entry has no \`${peersKey}\``, hint);
  }
  const peers = readPeers(reader, peersKey, reader.textsAt(mapping, peersKey), lists);
  const ports = readAnyOr(reader, mapping, 'ports', 'dstport', lists);
  const protocols = readAnyOr(reader, mapping, 'protocol', 'protocol', lists);
  if (ports !== undefined && protocols !== undefined) checkHavePorts(reader, mapping, protocols);
  if (peers === undefined) return undefined;
  // whoever names ports means the protocols that people know ports of
  return { peers, ports, protocols: protocols ?? (ports === undefined ? undefined : [protocol(6), protocol(17)]) };
}

/** Undefined for a key that is not there, or is `any`. */
function readAnyOr(
  reader: ShapeReader,
  mapping: Mapping,
  key: 'ports' | 'protocol',
  field: string,
  lists: Lists,
): readonly Operand[] | undefined {
  const texts = reader.textsAt(mapping, key);
  if (!mapping.entries.has(key) || texts.some(({ text }) => text === 'any')) return undefined;
  return texts.flatMap((text) => readOperands(reader, key, field, text, lists));
}

function checkHavePorts(reader: ShapeReader, mapping: Mapping, protocols: readonly Operand[]): void {
  const { value, keySpan } = mapping.entries.get('ports')!;
  for (const each of protocols.flatMap(valuesOf)) {
    if (each.kind !== 'numbers' || (each.low === each.high && WITH_PORTS.has(each.low))) continue;
    const hint = `write an entry of its own for \`protocol: ${each.text}\`, without \`ports\``;
    reader.report('E703', reader.spanOf(value, keySpan), `\`${each.text}\` has no ports`, hint);
  }
}

function readSettings(reader: ShapeReader, mapping: Mapping, settings: Map<string, ExpectSettings>): void {
  for (const { key, keySpan, value } of mapping.entries.values()) {
    if (!EXPECT_IDS.some((id) => id === key)) {
      const hint = 'begin another entry of `expect` for the block';
      reader.report('E704', keySpan, `\`${key}\` stands beside what is said about a rule`, hint);
    } else if (settings.has(key)) {
      reader.report('E704', keySpan, `\`${key}\` is there twice`, 'say everything about it in one place');
    } else {
      const said = reader.mapping(value, `\`${key}\``, SETTING_KEYS, keySpan);
      if (said !== undefined) settings.set(key, settingsOf(reader, said));
    }
  }
}

function settingsOf(reader: ShapeReader, mapping: Mapping): ExpectSettings {
  const has = (key: string): boolean => mapping.entries.has(key);
  const text = (key: 'title' | 'description' | 'runbook'): ExpectSettings => {
    const said: Text | undefined = reader.textAt(mapping, key);
    return said === undefined ? {} : { [key]: said.text.trim() };
  };
  return {
    ...text('title'),
    ...text('description'),
    ...text('runbook'),
    ...(has('severity') ? { severity: readSeverity(reader, mapping) } : {}),
    ...(has('suppress') ? { suppress: readSuppress(reader, mapping) } : {}),
    ...(has('tags') ? { tags: reader.textsAt(mapping, 'tags').map((tag) => tag.text) } : {}),
  };
}
