/** A rule's test to flow-log lines, so that it runs through the whole pipeline as real records do. */
import type { FieldValue } from '../flow/columns.ts';
import { FIELD_BY_COLUMN, FIELDS, type Field } from '../flow/fields.ts';
import { DEFAULT_FORMAT, parseFormat, type Format } from '../flow/format.ts';
import type { RuleTest, TestRecords } from './rule-test.ts';

/** The most records that one test may make. */
export const MAX_TEST_RECORDS = 100_000;

/** When tests begin: 2026-01-05T00:00:00Z, Unix seconds. A whole day, so that no suppress period up to a day ends within a short test. */
export const TEST_START = 1_767_571_200;

/** Lines of an aggregation interval, and the format they are in. */
export interface ExpandedTest {
  /** AWS's format string. */
  readonly format: string;
  readonly lines: readonly string[];
}

/** The test's records as lines; raw lines come out as they are. */
export function expandRuleTest(test: RuleTest): ExpandedTest {
  const format = formatOfTest(test);
  const text = format.fields.map((field) => `\${${field.name}}`).join(' ');
  if (test.input.kind === 'lines') return { format: text, lines: test.input.lines };
  const version = String(Math.max(...format.fields.map((field) => field.since)));
  const lines = test.input.records.flatMap((records) => linesOf(records, format, version));
  return { format: text, lines };
}

/** Number of records that an entry makes. */
export function countRecords(records: TestRecords): number {
  let count = records.times;
  for (const values of records.fields.values()) count *= values.length;
  return count;
}

/** A test's format: its own, or the default with the fields its records name added in AWS's order. */
export function formatOfTest(test: Pick<RuleTest, 'format' | 'input'>): Format {
  if (test.format !== undefined) return knownFormat(test.format);
  if (test.input.kind === 'lines') return DEFAULT_FORMAT;
  const named = new Set(test.input.records.flatMap((records) => [...records.fields.keys()]));
  const added = FIELDS.filter(
    (field) => named.has(field.column) && !DEFAULT_FORMAT.fields.some((own) => own.name === field.name),
  );
  if (added.length === 0) return DEFAULT_FORMAT;
  const tgw = added.some((field) => !field.tables.includes('vpc'));
  const base = tgw ? DEFAULT_FORMAT.fields.filter((field) => field.tables.includes('tgw')) : DEFAULT_FORMAT.fields;
  return knownFormat([...base, ...added].map((field) => field.name).join(' '));
}

function knownFormat(text: string): Format {
  const format = parseFormat(text);
  if ('kind' in format) throw new Error(`a test's format has not been checked: ${format.message}`);
  return format;
}

function linesOf(records: TestRecords, format: Format, version: string): string[] {
  const combinations = combine([...records.fields]);
  const lines: string[] = [];
  for (let time = 0; time < records.times; time++) {
    for (const values of combinations) {
      const start = TEST_START + records.at + lines.length * records.every;
      const defaults = defaultsOf(values, start, version);
      const texts = format.fields.map(({ column }) => {
        const value = values.get(column);
        return String((value === undefined ? defaults[column] : value) ?? '-');
      });
      lines.push(texts.join(' '));
    }
  }
  return lines;
}

/** Every combination of the fields' values; the last field changes fastest. */
function combine(fields: readonly (readonly [string, readonly FieldValue[]])[]): ReadonlyMap<string, FieldValue>[] {
  let combinations: Map<string, FieldValue>[] = [new Map()];
  for (const [column, values] of fields) {
    combinations = combinations.flatMap((before) => values.map((value) => new Map(before).set(column, value)));
  }
  return combinations;
}

/** TCP, UDP and their kin have ports; anything else has none, which AWS writes as 0. */
const WITH_PORTS: ReadonlySet<FieldValue> = new Set([6, 17, 33, 132, 136]);

/** What fields have that a test does not name: an accepted TCP connection to port 443 between two private addresses. */
function defaultsOf(
  values: ReadonlyMap<string, FieldValue>,
  start: number,
  version: string,
): Readonly<Record<string, FieldValue>> {
  const from = values.get('start') ?? start;
  const always = {
    version,
    account_id: '123456789012',
    interface_id: 'eni-0123456789abcdef0',
    start: from,
    end: Number(from) + 59,
    log_status: 'OK',
  };
  // NODATA and SKIPDATA leave everything about the traffic empty
  if ((values.get('log_status') ?? 'OK') !== 'OK') return always;
  const withPorts = WITH_PORTS.has(values.get('protocol') ?? 6);
  return {
    ...always,
    srcaddr: '10.0.0.10',
    dstaddr: '10.0.0.20',
    srcport: withPorts ? 49_152 : 0,
    dstport: withPorts ? 443 : 0,
    protocol: 6,
    packets: 1,
    bytes: Number(values.get('packets') ?? 1) * 60,
    action: 'ACCEPT',
  };
}

/** A field that a test may give a value: one of a record, not a derived one. */
export function testField(key: string): Field | undefined {
  return FIELD_BY_COLUMN.get(key.replaceAll('-', '_'));
}
