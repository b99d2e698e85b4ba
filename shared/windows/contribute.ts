/** From the matches of a delivery to contributions: the writing side of a delta. */
import { valueAt, type ColumnBatch, type Dictionary, type Source } from '../flow/columns.ts';
import { columnOf } from '../flow/derived.ts';
import type { Rule } from '../rules/rule.ts';
import { addCode } from './codes.ts';
import { groupText, internersOf, type Interners, type Place } from './contributions.ts';
import { noDelta, type Delta } from './delta.ts';
import { noSamples, pickSamples, rowsToKeep, sampler, SAMPLES, stretches } from './samples.ts';

/** Which records of a column batch matched a rule. */
interface Matches {
  readonly rule: Rule;
  readonly rows: Uint32Array;
}

/** One delivery and what matched in it. */
export interface MatchedDelivery {
  /** The delivery's identity. */
  readonly id: string;
  readonly source: Source;
  readonly batches: readonly { readonly batch: ColumnBatch; readonly matches: readonly Matches[] }[];
}

/** A delta that takes deliveries, one after the other. */
export interface DeltaBuilder {
  /** Adds the delivery's matches of windowed rules; a delivery that was added already changes nothing. */
  add(delivery: MatchedDelivery): void;
  /** Number of rows so far. */
  readonly rows: number;
  /** The delta; undefined where no windowed rule matched anything. */
  build(): Delta | undefined;
}

/** Unix minutes stay below this until 2097, so that group and minute make one exact number. */
const MINUTES = 2 ** 26;

/** The length of a rule's window in whole minutes: a window at minute m covers (m - window, m]. */
export function windowMinutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}

/** Starts a delta. */
export function startDelta(): DeltaBuilder {
  const delta = noDelta();
  const interners = internersOf(delta);
  const seen = new Set<string>();
  return {
    add(delivery) {
      if (seen.has(delivery.id)) return;
      seen.add(delivery.id);
      addDelivery(delta, interners, delivery);
    },
    get rows() {
      return delta.cells.group.length;
    },
    build() {
      if (delta.cells.group.length === 0) return undefined;
      const stretchOf = stretches(delta);
      const samples = delta.samples.map((table) => {
        const rows = rowsToKeep(table, stretchOf, table.batch);
        return { ...pickSamples(table, rows), batch: Array.from(rows, (row) => table.batch[row]!) };
      });
      return { ...delta, samples };
    },
  };
}

function addDelivery(delta: Delta, interners: Interners, delivery: MatchedDelivery): void {
  const rowOf = new Map<number, number>();
  for (const { batch, matches } of delivery.batches) {
    const windowed = matches.filter(({ rule, rows }) => rule.window !== undefined && rows.length > 0);
    if (windowed.length === 0) continue;
    if (delta.batches.at(-1) !== delivery.id) delta.batches.push(delivery.id);
    const reader = readerOf(batch, delivery.source, interners);
    for (const { rule, rows } of windowed) addMatches(delta, interners, rowOf, batch, reader, rule, rows);
  }
}

function addMatches(
  delta: Delta,
  interners: Interners,
  rowOf: Map<number, number>,
  batch: ColumnBatch,
  reader: BatchReader,
  rule: Rule,
  rows: Uint32Array,
): void {
  const { seconds, when } = rule.window!;
  const ref = interners.rules.code({
    id: rule.id,
    key: rule.stateKey,
    minutes: windowMinutes(seconds),
    samplesFrom: when.measure.kind === 'sum' ? 1 : Math.max(1, Math.ceil(when.value / 2)),
  });
  const by = rule.by.map((column) => reader.code(column));
  const sum = when.measure.kind === 'sum' ? reader.int(when.measure.field) : undefined;
  const distinct = when.measure.kind === 'distinct' ? reader.code(when.measure.field) : undefined;
  const { cells } = delta;
  const samples = samplesOf(delta, batch.format.text);
  const sample = sampler(samples, batch, reader.textCode);
  const owner = delta.batches.length - 1;

  for (const row of rows) {
    const group = interners.groups.code(
      groupText(
        ref,
        by.map((code) => code(row)),
      ),
    );
    const minute = Math.floor(batch.time[row]! / 60);
    const key = group * MINUTES + minute;
    let cell = rowOf.get(key);
    if (cell === undefined) {
      cell = startCell(delta, owner, group, minute);
      rowOf.set(key, cell);
    }
    cells.count[cell]! += 1;
    cells.packets[cell]! += reader.packets(row);
    cells.bytes[cell]! += reader.bytes(row);
    cells.first[cell] = Math.min(cells.first[cell]!, reader.start(row) - minute * 60);
    cells.last[cell] = Math.max(cells.last[cell]!, reader.end(row) - minute * 60);
    cells.places[cell] = addCode(cells.places[cell]!, reader.place(row));
    if (sum !== undefined) cells.sum[cell]! += sum(row);
    if (distinct !== undefined) cells.distinct[cell] = addCode(cells.distinct[cell]!, distinct(row));
    if (cells.count[cell]! <= SAMPLES) {
      sample(group, minute, row);
      samples.batch.push(owner);
    }
  }
}

function startCell({ cells }: Delta, batch: number, group: number, minute: number): number {
  cells.batch.push(batch);
  cells.group.push(group);
  cells.minute.push(minute);
  cells.count.push(0);
  cells.packets.push(0);
  cells.bytes.push(0);
  cells.first.push(Number.MAX_SAFE_INTEGER);
  cells.last.push(Number.MIN_SAFE_INTEGER);
  cells.sum.push(0);
  cells.distinct.push(0);
  return cells.places.push(0) - 1;
}

function samplesOf(delta: Delta, format: string): Delta['samples'][number] {
  const known = delta.samples.find((table) => table.format === format);
  if (known !== undefined) return known;
  const table = { ...noSamples(format), batch: [] };
  delta.samples.push(table);
  return table;
}

/** What contributions read of a batch's rows. */
interface BatchReader {
  /** Makes a reader of a field's values as codes. */
  code(this: void, column: string): (row: number) => number;
  /** The code of a text of the batch, which is looked up once a batch. */
  textCode(this: void, dictionary: Dictionary, code: number): number;
  /** Makes a reader of an integer field, 0 (or `otherwise`) where a record has none. */
  int(this: void, column: string, otherwise?: (row: number) => number): (row: number) => number;
  packets(this: void, row: number): number;
  bytes(this: void, row: number): number;
  /** First second, Unix time. */
  start(this: void, row: number): number;
  /** Last second, Unix time. */
  end(this: void, row: number): number;
  /** Code of the row's place. */
  place(this: void, row: number): number;
}

function readerOf(batch: ColumnBatch, source: Source, { places, values }: Interners): BatchReader {
  const codesOf = new Map<Dictionary, Int32Array>();
  const textCode = (dictionary: Dictionary, code: number): number => {
    if (code === 0) return 0;
    let codes = codesOf.get(dictionary);
    if (codes === undefined) {
      codes = new Int32Array(dictionary.length);
      codesOf.set(dictionary, codes);
    }
    return (codes[code] ||= values.code(dictionary[code]!));
  };
  const int: BatchReader['int'] = (column, otherwise = () => 0) => {
    const data = columnOf(batch, column);
    if (data?.kind !== 'int') return otherwise;
    return (row) => (data.values[row]! < 0 ? otherwise(row) : data.values[row]!);
  };
  const time = (row: number): number => batch.time[row]!;
  return {
    code(column) {
      const data = columnOf(batch, column);
      if (data === undefined) return () => 0;
      if (data.kind === 'text') return (row) => textCode(data.dictionary, data.codes[row]!);
      return (row) => (data.values[row]! < 0 ? 0 : values.code(data.values[row]!));
    },
    textCode,
    int,
    packets: int('packets'),
    bytes: int('bytes'),
    start: int('start', time),
    end: int('end', time),
    place: memoised((row) => placeAt(batch, source, row), places.code),
  };
}

/** A row's place: the record's own words, else what is known of the delivery. */
export function placeAt(batch: ColumnBatch, source: Source, row: number): Place {
  const text = (column: string): string | null => {
    const value = valueAt(batch, column, row);
    return typeof value === 'string' && value !== 'unknown' ? value : null;
  };
  return {
    interface: text('interface_id'),
    account: text('account_id') ?? source.account,
    region: text('region') ?? source.region,
    vpc: text('vpc_id'),
  };
}

/** Neighbouring records mostly lie in the same place (a log stream is one interface): the last one is remembered. */
function memoised(placeAtRow: (row: number) => Place, code: (place: Place) => number): (row: number) => number {
  let last: Place | undefined;
  let lastCode = 0;
  return (row) => {
    const place = placeAtRow(row);
    if (
      last === undefined ||
      place.interface !== last.interface ||
      place.account !== last.account ||
      place.region !== last.region ||
      place.vpc !== last.vpc
    ) {
      last = place;
      lastCode = code(place);
    }
    return lastCode;
  };
}
