/** The `tests:` section of a rule: its shape and values, with a diagnostic at the place of whatever does not fit. */
import type { FieldValue } from '../flow/columns.ts';
import { DERIVED_BY_COLUMN } from '../flow/derived.ts';
import { FIELDS } from '../flow/fields.ts';
import { parseFormat } from '../flow/format.ts';
import { suggest } from '../suggest.ts';
import { formatAddress, parseAddressRange } from '../flow/address.ts';
import type { Code } from './codes.ts';
import type { Span } from './diagnostics.ts';
import type { Expression, Value } from './expression.ts';
import { countRecords, formatOfTest, MAX_TEST_RECORDS, testField } from './expand-test.ts';
import { parseDuration } from './quantity.ts';
import { TEST_KEYS, TIMING_KEYS } from './rule-keys.ts';
import { expectedCount, type ExpectedAlert, type RuleTest, type TestRecords } from './rule-test.ts';
import type { Entry, Mapping, ShapeReader, Text, YamlNode } from './shape.ts';
import { readTestLists } from './test-lists.ts';
import { findField, readValue, type FieldInfo } from './value.ts';

const TIMING = Object.keys(TIMING_KEYS);
const RECORD_KEYS = [...TIMING, ...FIELDS.map((field) => field.column)];

/** What tests have to know of the rule that they are about. */
export interface TestedRule {
  readonly id: string;
  readonly by: readonly string[];
  /** Where lists may stand that tests fill. */
  readonly expressions?: readonly Expression[];
  /** Ids of the rules of which an expected alert may name one, where the tests are about several. */
  readonly among?: readonly string[];
}

/** A test whose expected alerts may say which rule raises them. */
export type ReadTest = Omit<RuleTest, 'alerts'> & {
  readonly alerts: number | readonly (ExpectedAlert & { readonly rule?: string })[];
};

/** Reads a rule's tests; those with something wrong are reported and left out. */
export function readTests(reader: ShapeReader, node: YamlNode, rule: TestedRule, fallback: Span): readonly ReadTest[] {
  const nodes = reader.list(node, '`tests`', fallback) ?? [];
  return nodes.flatMap((item) => readTest(reader, item, rule, fallback) ?? []);
}

/** Reads one test; undefined and reported where something is wrong with it. */
export function readTest(reader: ShapeReader, node: YamlNode, rule: TestedRule, fallback: Span): ReadTest | undefined {
  return new TestReader(reader, rule).read(node, fallback);
}

class TestReader {
  readonly #reader: ShapeReader;
  readonly #rule: TestedRule;

  constructor(reader: ShapeReader, rule: TestedRule) {
    this.#reader = reader;
    this.#rule = rule;
  }

  read(node: YamlNode, fallback: Span): ReadTest | undefined {
    const reader = this.#reader;
    const before = reader.diagnostics.length;
    const mapping = reader.mapping(node, 'a test', Object.keys(TEST_KEYS), fallback);
    if (mapping === undefined) return undefined;
    const name = this.#text(mapping, 'name', true);
    const format = this.#text(mapping, 'format', false);
    const input = this.#input(mapping);
    const lists = readTestLists(reader, mapping, this.#rule.expressions ?? []);
    const alerts = this.#alerts(mapping);
    if (format !== undefined) {
      const parsed = parseFormat(format.text);
      if ('kind' in parsed) return reader.report('E505', format.span, parsed.message);
    }
    if (name === undefined || input === undefined || alerts === undefined) return undefined;
    const { file, line } = this.#place(mapping.span);
    const test = { rule: this.#rule.id, name: name.text, file, line, lists, input, format: format?.text, alerts };
    this.#checkRecords(test, mapping.span);
    return reader.diagnostics.length === before ? test : undefined;
  }

  #place(span: Span): { readonly file: string; readonly line: number } {
    const { name, text } = this.#reader.source;
    return { file: name, line: text.slice(0, span.start).split('\n').length };
  }

  #text(mapping: Mapping, key: string, required: boolean): Text | undefined {
    const entry = mapping.entries.get(key);
    if (entry !== undefined) return this.#reader.text(entry.value, `\`${key}\``, entry.keySpan);
    return required ? this.#reader.report('E501', mapping.span, `the test has no \`${key}\``) : undefined;
  }

  #input(mapping: Mapping): RuleTest['input'] | undefined {
    const reader = this.#reader;
    const records = mapping.entries.get('records');
    const lines = mapping.entries.get('lines');
    if (records === undefined && lines === undefined) {
      return reader.report('E501', mapping.span, 'the test has neither `records` nor `lines`');
    }
    if (records !== undefined && lines !== undefined) {
      return reader.report('E501', lines.keySpan, 'a test has `records` or `lines`, not both');
    }
    if (lines !== undefined) {
      const texts = reader.texts(lines.value, '`lines`', lines.keySpan);
      return texts && { kind: 'lines', lines: texts.map((text) => text.text) };
    }
    const nodes = reader.list(records!.value, '`records`', records!.keySpan);
    if (nodes === undefined) return undefined;
    if (nodes.length === 0) return reader.report('E501', records!.keySpan, 'the test has no records');
    const entries = nodes.map((node) => this.#records(node, records!.keySpan));
    return entries.every((entry) => entry !== undefined) ? { kind: 'records', records: entries } : undefined;
  }

  #records(node: YamlNode, fallback: Span): TestRecords | undefined {
    const reader = this.#reader;
    const before = reader.diagnostics.length;
    const mapping = reader.mapping(node, 'a record', undefined, fallback);
    if (mapping === undefined) return undefined;
    const fields = new Map<string, readonly FieldValue[]>();
    for (const entry of mapping.entries.values()) {
      if (TIMING.includes(entry.key)) continue;
      const field = testField(entry.key);
      if (field === undefined) this.#unknownField(entry);
      else fields.set(field.column, this.#values(field, entry));
    }
    const times = this.#times(mapping);
    const at = this.#duration(mapping, 'at');
    const every = this.#duration(mapping, 'every');
    return reader.diagnostics.length === before ? { fields, times, at, every } : undefined;
  }

  #unknownField({ key, keySpan }: Entry): void {
    if (DERIVED_BY_COLUMN.has(key.replaceAll('-', '_'))) {
      const hint = 'give the record addresses, ports and flags that tell it';
      this.#reader.report('E201', keySpan, `\`${key}\` is worked out from the record, it can't be given`, hint);
      return;
    }
    const near = suggest(key.replaceAll('-', '_'), RECORD_KEYS);
    const hint =
      near === undefined
        ? `keys are a record's fields, ${TIMING.map((name) => `\`${name}\``).join(', ')}`
        : `did you mean \`${near}\`?`;
    this.#reader.report('E201', keySpan, `unknown field \`${key}\` in a record`, hint);
  }

  #values(field: FieldInfo, entry: Entry): readonly FieldValue[] {
    const reader = this.#reader;
    const what = `\`${entry.key}\``;
    const single = reader.spanOf(entry.value, entry.keySpan);
    const isList = Array.isArray((entry.value as { readonly items?: unknown } | null)?.items);
    const nodes = isList ? (reader.list(entry.value, what, single) ?? []) : [entry.value];
    if (nodes.length === 0)
      reader.report('E502', single, `${what} has no value`, 'write `~` for a field without value (`-`)');
    return nodes.flatMap((node) => {
      const text = reader.scalar(node, what, entry.keySpan);
      return text === undefined ? [] : text === null || text.text === '-' ? [null] : this.#expandValue(field, text);
    });
  }

  #expandValue(field: FieldInfo, text: Text): readonly FieldValue[] {
    const value = readValue(field, text.text, field.type === 'string');
    if (value.kind === 'problem') {
      this.#reader.report('E502', text.span, value.message, value.hint);
      return [];
    }
    const size = sizeOf(value);
    if (size > BigInt(MAX_TEST_RECORDS)) {
      this.#reader.report(
        'E503',
        text.span,
        `\`${text.text}\` makes ${size} records: at most ${MAX_TEST_RECORDS} a test`,
      );
      return [];
    }
    if (value.kind === 'text' && /\s/.test(value.text)) {
      this.#reader.report('E502', text.span, 'a value of a flow log holds no space');
      return [];
    }
    return expand(value, Number(size));
  }

  #times(mapping: Mapping): number {
    const entry = mapping.entries.get('times');
    const text = entry && this.#reader.text(entry.value, '`times`', entry.keySpan);
    if (text === undefined) return 1;
    if (/^[1-9]\d{0,5}$/.test(text.text)) return Number(text.text);
    this.#reader.report('E502', text.span, `\`times\` is a whole number from 1 to 999999, not \`${text.text}\``);
    return 1;
  }

  #duration(mapping: Mapping, key: string): number {
    const entry = mapping.entries.get(key);
    const text = entry && this.#reader.text(entry.value, `\`${key}\``, entry.keySpan);
    if (text === undefined) return 0;
    const seconds = parseDuration(text.text);
    if (seconds !== undefined && seconds <= 366 * 86_400) return seconds;
    this.#reader.report(
      'E008',
      text.span,
      `\`${key}\` is a duration, not \`${text.text}\``,
      'write `30s`, `10m` or `2h`',
    );
    return 0;
  }

  #alerts(mapping: Mapping): ReadTest['alerts'] | undefined {
    const reader = this.#reader;
    const entry = mapping.entries.get('alerts');
    if (entry === undefined) {
      return reader.report(
        'E501',
        mapping.span,
        'the test has no `alerts`',
        'write how many there must be; `alerts: 0` if it must stay quiet',
      );
    }
    if (!Array.isArray((entry.value as { readonly items?: unknown } | null)?.items)) {
      const text = reader.text(entry.value, '`alerts`', entry.keySpan);
      if (text === undefined) return undefined;
      if (/^\d{1,6}$/.test(text.text)) return Number(text.text);
      return reader.report('E501', text.span, `\`alerts\` is a number or a list, not \`${text.text}\``);
    }
    const nodes = reader.list(entry.value, '`alerts`', entry.keySpan) ?? [];
    const alerts = nodes.map((node) => this.#alert(node, entry.keySpan));
    return alerts.every((alert) => alert !== undefined) ? alerts : undefined;
  }

  #alert(node: YamlNode, fallback: Span): (ExpectedAlert & { readonly rule?: string }) | undefined {
    const reader = this.#reader;
    const before = reader.diagnostics.length;
    const mapping = reader.mapping(node, 'an expected alert', undefined, fallback);
    if (mapping === undefined) return undefined;
    const group: Record<string, FieldValue> = {};
    for (const entry of mapping.entries.values()) {
      if (entry.key === 'times' || (entry.key === 'rule' && this.#rule.among !== undefined)) continue;
      const field = findField(entry.key);
      if (field === undefined || !this.#rule.by.includes(field.column)) {
        const hint = `alerts are told apart by ${this.#rule.by.map((name) => `\`${name}\``).join(', ')}`;
        reader.report('E504', entry.keySpan, `the rule has no \`${entry.key}\` in \`by\``, hint);
        continue;
      }
      const values = this.#values(field, entry);
      if (values.length > 1) {
        reader.report(
          'E504',
          reader.spanOf(entry.value, entry.keySpan),
          `\`${entry.key}\` takes one value in an expected alert`,
        );
      } else if (values.length === 1) group[field.column] = values[0]!;
    }
    const times = this.#times(mapping);
    const rule = this.#ruleOf(mapping);
    if (reader.diagnostics.length > before) return undefined;
    return rule === undefined ? { group, times } : { group, times, rule };
  }

  #ruleOf(mapping: Mapping): string | undefined {
    const text = this.#rule.among && this.#reader.textAt(mapping, 'rule');
    if (text === undefined || this.#rule.among!.includes(text.text)) return text?.text;
    const hint = `it is ${this.#rule.among!.map((id) => `\`${id}\``).join(' or ')}`;
    return this.#reader.report('E504', text.span, `\`${text.text}\` is not a rule of this block`, hint);
  }

  #checkRecords(test: ReadTest, span: Span): void {
    if (test.input.kind === 'lines') return;
    const count = test.input.records.reduce((sum, records) => sum + countRecords(records), 0);
    if (count > MAX_TEST_RECORDS) {
      this.#report('E503', span, `the test makes ${count} records: at most ${MAX_TEST_RECORDS}`);
    } else if (expectedCount(test) > count) {
      this.#report(
        'E504',
        span,
        `the test expects ${expectedCount(test)} alerts of ${count} record${count === 1 ? '' : 's'}`,
      );
    }
    if (test.format === undefined) {
      const names = test.input.records.flatMap((records) => [...records.fields.keys()]);
      const tables = new Set(
        names.flatMap((name) => (testField(name)!.tables.length === 1 ? testField(name)!.tables : [])),
      );
      if (tables.size > 1) this.#report('E505', span, 'the records mix fields of VPC and transit gateway flow logs');
      return;
    }
    const format = formatOfTest(test);
    for (const column of test.input.records.flatMap((records) => [...records.fields.keys()])) {
      if (format.fields.some((field) => field.column === column)) continue;
      this.#report('E505', span, `a record names \`${column}\`, which the format does not have`);
    }
  }

  #report(code: Code, span: Span, message: string): void {
    this.#reader.report(code, span, message);
  }
}

function sizeOf(value: Value): bigint {
  switch (value.kind) {
    case 'numbers':
      return BigInt(value.high - value.low) + 1n;
    case 'addresses':
      return value.high - value.low + 1n;
    case 'text':
    case 'pattern':
    case 'flags':
      return 1n;
  }
}

function expand(value: Value, size: number): readonly FieldValue[] {
  switch (value.kind) {
    case 'numbers':
      return Array.from({ length: size }, (_, i) => value.low + i);
    case 'addresses':
      // a single address stays as it was written, as flow logs do not all write IPv6 alike
      if (size === 1 && typeof parseAddressRange(value.text) === 'object' && !/[-/]/.test(value.text))
        return [value.text];
      return Array.from({ length: size }, (_, i) => formatAddress(value.low + BigInt(i)));
    case 'text':
    case 'pattern':
    case 'flags':
      return [value.text];
  }
}
