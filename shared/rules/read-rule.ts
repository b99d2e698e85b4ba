/** One entry of `rules:`: its keys, expressions, condition and tests, checked as a whole. */
import type { FlowTable } from '../flow/fields.ts';
import { suggest } from '../suggest.ts';
import { checkMatches } from './check-matches.ts';
import { checkReach } from './check-reach.ts';
import { checkTables } from './check-tables.ts';
import type { Span } from './diagnostics.ts';
import { EXPECT_IDS } from './expectation.ts';
import type { Lists } from './lists.ts';
import { readCondition } from './read-condition.ts';
import { readTests } from './read-tests.ts';
import { readDuration, readExpression, readFields } from './read-values.ts';
import { RULE_KEYS, type RuleKey } from './rule-keys.ts';
import type { RuleTest } from './rule-test.ts';
import { SEVERITIES, type Rule, type Severity } from './rule.ts';
import type { Mapping, ShapeReader, Text, YamlNode } from './shape.ts';
import { stateKeyOf } from './state-key.ts';
import { tableOfRule, type RuleFields } from './table.ts';

/** What an id looks like. */
export const ID_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The longest suppress period, seconds. */
export const MAX_SUPPRESS = 366 * 86_400;

/** What makes a group where a rule does not say: where a kind of flow log is recorded. */
const DEFAULT_BY: Readonly<Record<FlowTable, string>> = { vpc: 'interface_id', tgw: 'tgw_attachment_id' };
const DEFAULT_SUPPRESS = 3600;

/** A rule with its tests, and where its id stands. */
export interface ReadRule {
  readonly id: string;
  readonly idSpan: Span;
  /** Undefined where something is wrong with the rule. */
  readonly rule: Rule | undefined;
  readonly tests: readonly RuleTest[];
  /** Ids under `quiets`, as they are written: whether there are such rules only all files together tell. */
  readonly quiets: readonly Text[];
}

/** Reads one rule and reports everything that is wrong with it; undefined where not even its id can be read. */
export function readRule(reader: ShapeReader, node: YamlNode, lists: Lists, fallback: Span): ReadRule | undefined {
  if (isOfExpectations(reader, node, fallback)) return undefined;
  const before = reader.errors;
  const mapping = reader.mapping(node, 'a rule', Object.keys(RULE_KEYS), fallback);
  if (mapping === undefined) return undefined;
  const text = (key: RuleKey): string | undefined => reader.textAt(mapping, key)?.text.trim();
  const id = readId(reader, mapping);
  if (!mapping.entries.has('where')) {
    reportMissing(reader, mapping, 'where', 'write which records match, such as `where: action = REJECT`');
  }
  const where = readExpression(reader, mapping, 'where', lists);
  const except = readExpression(reader, mapping, 'except', lists);
  const condition = readCondition(reader, mapping, lists);
  const written = { where, except, by: readGroup(reader, mapping), condition };
  const quiets = reader.textsAt(mapping, 'quiets');
  const fields = {
    id: id?.text ?? '',
    title: text('title') ?? id?.text ?? '',
    description: text('description') ?? '',
    severity: readSeverity(reader, mapping),
    tags: reader.textsAt(mapping, 'tags').map((tag) => tag.text),
    by: groupOf(written),
    condition,
    suppress: readSuppress(reader, mapping),
    runbook: text('runbook'),
    falsePositives: text('false_positives'),
    sharpenedBy: readFields(reader, 'sharpened_by', reader.textsAt(mapping, 'sharpened_by')),
    quiets: quiets.map((quieted) => quieted.text),
  };
  if (where !== undefined) checkMatches(reader, mapping, 'where', where, except);
  checkTables(reader, mapping, written);
  const { by } = fields;
  if (reader.errors === before && where !== undefined) checkReach(reader, mapping, { where, except, by, condition });
  const sound = reader.errors === before && where !== undefined;
  const then = condition.kind === 'window' ? condition.then?.where : undefined;
  const expressions = [where, except, then].filter((each) => each !== undefined);
  const entry = mapping.entries.get('tests');
  const tests = entry === undefined ? [] : readTests(reader, entry.value, { ...fields, expressions }, entry.keySpan);
  if (id === undefined) return undefined;
  const rule = sound ? { ...fields, where, except } : undefined;
  return { id: id.text, idSpan: id.span, rule: rule && { ...rule, stateKey: stateKeyOf(rule) }, tests, quiets };
}

/** Whether an entry says something of the rules that come of `expect:`, and is reported for standing here. */
function isOfExpectations(reader: ShapeReader, node: YamlNode, fallback: Span): boolean {
  const entries = reader.isMapping(node) ? reader.mapping(node, 'a rule', undefined, fallback)?.entries : undefined;
  const entry = EXPECT_IDS.map((id) => entries?.get(id)).find((each) => each !== undefined);
  if (entry === undefined) return false;
  const message = `\`${entry.key}\` comes of \`expect:\`, and is no entry of \`rules:\``;
  reader.report('E704', entry.keySpan, message, 'move the entry to the list under `expect:`');
  return true;
}

function readId(reader: ShapeReader, mapping: Mapping): Text | undefined {
  const id = reader.textAt(mapping, 'id');
  if (id === undefined) {
    if (!mapping.entries.has('id')) reportMissing(reader, mapping, 'id', 'give it an id such as `port-scan`');
    return undefined;
  }
  if (ID_PATTERN.test(id.text)) return id;
  const kebab = id.text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  const hint = kebab === '' ? 'write lower-case words joined by `-`' : `write \`${kebab}\``;
  return reader.report('E005', id.span, `the id \`${id.text}\` is not in kebab-case`, hint);
}

/** The severity under `severity`, `medium` by default. */
export function readSeverity(reader: ShapeReader, mapping: Mapping): Severity {
  const text = reader.textAt(mapping, 'severity');
  if (text === undefined) return 'medium';
  const severity = SEVERITIES.find((name) => name === text.text);
  if (severity !== undefined) return severity;
  const near = suggest(text.text, SEVERITIES);
  const all = SEVERITIES.map((name) => `\`${name}\``).join(', ');
  const hint = near === undefined ? `it is one of ${all}` : `did you mean \`${near}\`?`;
  reader.report('E007', text.span, `unknown severity \`${text.text}\``, hint);
  return 'medium';
}

/** The fields that are written under `by`; none where it is left out. */
function readGroup(reader: ShapeReader, mapping: Mapping): readonly string[] {
  const entry = mapping.entries.get('by');
  const texts = entry && reader.texts(entry.value, '`by`', entry.keySpan);
  if (entry !== undefined && texts?.length === 0) {
    reader.report('E308', entry.keySpan, '`by` names no field', `leave it out for \`by: ${DEFAULT_BY.vpc}\``);
  }
  return readFields(reader, 'by', texts ?? []);
}

/** The fields that make a group, as they are written or by default; what must be new is the last of them. */
function groupOf(rule: RuleFields): readonly string[] {
  const by = rule.by.length > 0 ? rule.by : [DEFAULT_BY[tableOfRule(rule)]];
  const { condition } = rule;
  if (condition.kind !== 'new') return by;
  return [...by.filter((column) => column !== condition.field), condition.field];
}

/** The suppress period under `suppress`, seconds, an hour by default. */
export function readSuppress(reader: ShapeReader, mapping: Mapping): number {
  const text = reader.textAt(mapping, 'suppress');
  const seconds = text && readDuration(reader, 'suppress', text);
  if (text === undefined || seconds === undefined) return DEFAULT_SUPPRESS;
  if (seconds < 60) reader.report('E008', text.span, '`suppress` is at least `1m`');
  if (seconds > MAX_SUPPRESS) {
    const hint = 'a longer one would hide that an incident is back';
    reader.report('E008', text.span, '`suppress` is at most `366d`', hint);
  }
  return seconds;
}

function reportMissing(reader: ShapeReader, mapping: Mapping, key: RuleKey, hint: string): void {
  reader.report('E003', mapping.span, `the rule has no \`${key}\``, hint);
}
