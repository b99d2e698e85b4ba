/** Words of an `expect:` block to tests: interfaces, the ends that they talk to, ports and protocols. */
import { parseAddressRange } from '../flow/address.ts';
import { suggest } from '../suggest.ts';
import { test } from './build-expression.ts';
import { checkExpression } from './check.ts';
import type { Peers, Scope } from './expectation.ts';
import type { Operand, Test } from './expression.ts';
import { fieldOfInterfaceId } from './interface-id.ts';
import type { Lists, NamedList } from './lists.ts';
import type { Mapping, ShapeReader, Text, YamlNode } from './shape.ts';
import type { Span } from './diagnostics.ts';

/** Fields of version 11 that hold names people gave. */
const NAME_FIELDS = ['interface_tag', 'interface_tag_2', 'instance_tag', 'instance_tag_2'];

/** Which interfaces `interfaces` names; undefined where something is wrong with it. */
export function readScope(reader: ShapeReader, mapping: Mapping, lists: Lists): Scope | undefined {
  const entry = mapping.entries.get('interfaces')!;
  const before = reader.errors;
  const interfaces: Test[] = [];
  const addresses: Operand[] = [];
  let all = false;
  for (const node of reader.nodes(entry.value)) {
    if (reader.isMapping(node)) {
      interfaces.push(...readName(reader, node, entry.keySpan));
      continue;
    }
    const text = reader.text(node, '`interfaces`', entry.keySpan);
    if (text === undefined) continue;
    const field = fieldOfInterfaceId(text.text);
    if (text.text === 'any') all = true;
    else if (field !== undefined) interfaces.push(test(field, 'in', [{ kind: 'text', text: text.text }]));
    else if (text.text.startsWith('@')) readList(reader, text, lists, interfaces, addresses);
    else if (isAddress(text.text)) addresses.push(...readOperands(reader, 'interfaces', 'srcaddr', text, lists));
    else {
      const hint = 'write `eni-…`, `subnet-…`, `10.0.1.0/24`, `"@list"`, `any`, or `name: web-*` for a tag';
      reader.report('E702', text.span, `\`${text.text}\` names no interface`, hint);
    }
  }
  if (reader.errors > before) return undefined;
  return all ? { kind: 'all' } : { kind: 'some', interfaces: mergeTests(interfaces), addresses };
}

/** Who `from` or `to` names; undefined where something is wrong with it. */
export function readPeers(reader: ShapeReader, key: string, texts: readonly Text[], lists: Lists): Peers | undefined {
  const before = reader.errors;
  const addresses: Operand[] = [];
  let notInternet: readonly Operand[] | undefined;
  for (const text of texts) {
    if (text.text === 'any') continue;
    if (text.text === 'internet') notInternet = internetIsNot(lists);
    else if (text.text.startsWith('@') || isAddress(text.text)) {
      addresses.push(...readOperands(reader, key, 'srcaddr', text, lists));
    } else {
      const near = suggest(text.text, ['internet', 'any', ...[...lists.keys()].map((name) => `@${name}`)]);
      const hint =
        near === undefined ? 'write `10.0.0.0/8`, `"@list"`, `internet` or `any`' : `did you mean \`${near}\`?`;
      reader.report('E702', text.span, `\`${text.text}\` is neither an address nor a network`, hint);
    }
  }
  if (reader.errors > before) return undefined;
  const any = texts.some(({ text }) => text === 'any');
  return any ? { kind: 'any' } : { kind: 'some', addresses, notInternet };
}

/** The values of a field that some words name, `(22, 3389)`, ranges and lists among them; reported where they do not fit. */
export function readOperands(
  reader: ShapeReader,
  key: string,
  field: string,
  text: Text,
  lists: Lists,
): readonly Operand[] {
  const prefix = `${field} in (`;
  const { expression, findings } = checkExpression(`${prefix}${text.text})`, lists);
  for (const finding of findings) {
    const within = (at: number): number => Math.min(Math.max(at - prefix.length, 0), text.text.length);
    const span = { start: within(finding.span.start), end: within(finding.span.end) };
    const message = finding.message.replaceAll(`\`${field}\``, `\`${key}\``);
    reader.reportIn(text, { ...finding, message, span });
  }
  if (expression?.kind === 'test' && expression.operator === 'in') return expression.operands;
  if (expression !== undefined) reader.report('E702', text.span, `\`${text.text}\` is no value of \`${key}\``);
  return [];
}

function readName(reader: ShapeReader, node: YamlNode, fallback: Span): readonly Test[] {
  const mapping = reader.mapping(node, '`interfaces`', ['name'], fallback);
  const texts = mapping && reader.textsAt(mapping, 'name');
  // flow logs write a tag's value percent-encoded
  const written = texts?.flatMap(({ text }) => [text, text.split('*').map(encodeURIComponent).join('*')]) ?? [];
  const operands: readonly Operand[] = [...new Set(written)].map((text) => ({ kind: 'pattern', text }));
  return operands.length === 0 ? [] : NAME_FIELDS.map((field) => test(field, 'like', operands));
}

/** A list may hold interfaces of every kind: each field is held against those of its own. */
function readList(reader: ShapeReader, text: Text, lists: Lists, interfaces: Test[], addresses: Operand[]): void {
  const name = text.text.slice(1);
  const list = lists.get(name);
  const fields = new Set(list?.entries.map((entry) => fieldOfInterfaceId(entry) ?? 'srcaddr') ?? []);
  // a list that is empty, or does not exist, is read as one of addresses
  for (const field of fields.size === 0 ? ['srcaddr'] : fields) {
    const operands = readOperands(reader, 'interfaces', field, text, list === undefined ? lists : partOf(list, field));
    if (field === 'srcaddr') addresses.push(...operands);
    else interfaces.push(test(field, 'in', operands));
  }
}

function partOf(list: NamedList, field: string): Lists {
  const entries = list.entries.filter((entry) => (fieldOfInterfaceId(entry) ?? 'srcaddr') === field);
  return new Map([[list.name, { ...list, entries }]]);
}

/** Tests on one field become one. */
function mergeTests(tests: readonly Test[]): readonly Test[] {
  const merged = new Map<string, Test>();
  for (const each of tests) {
    const known = merged.get(each.field);
    merged.set(each.field, known === undefined ? each : { ...known, operands: [...known.operands, ...each.operands] });
  }
  return [...merged.values()];
}

function internetIsNot(lists: Lists): readonly Operand[] {
  const { expression } = checkExpression('srcaddr in (@private, @networks)', lists);
  if (expression?.kind !== 'test') throw new Error('the built-in lists of networks are gone');
  return expression.operands;
}

function isAddress(word: string): boolean {
  return parseAddressRange(word.split(',')[0]!.trim()) !== 'not-an-address';
}
