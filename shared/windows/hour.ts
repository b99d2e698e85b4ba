/** The folded state of one event hour: a union of deltas, in which a batch counts once however often it comes. */
import type { Cells } from './cells.ts';
import { noContributions, windowsOfPaths, type Contributions } from './contributions.ts';
import type { Delta } from './delta.ts';
import { intern, type Interner } from './dictionary.ts';
import { Ints } from './ints.ts';
import { unpackInts } from './pack.ts';
import { NONE, Pairs } from './pairs.ts';
import { rulesOfPaths } from './paths.ts';
import { candidatesOf, sourceOfSamples, type SampleCandidates } from './sample-candidates.ts';
import { decodeState, encodeState, type Unreadable } from './state.ts';
import { readContributions, storedContributions } from './stored.ts';
import { translator, type Translator } from './translate.ts';

const SCHEMA = 'sekisho.window-hour/2';

/**
 * What groups did within one event hour; a row of `cells` is the only one of its group and minute. Samples are in order
 * of their cells.
 */
export interface Hour extends Contributions {
  /** When something was added last, Unix ms by the clock of whoever added it. */
  readonly arrived: number;
  readonly batches: string[];
  /** Of which batches a rule's groups were folded: indices into `rules` and `batches`. */
  readonly folded: Pairs;
}

/** An hour that takes deltas. */
export interface HourBuilder {
  /** Adds the rows of a delta that belong to this hour; true where any of them was new. */
  add(delta: Delta, rows: HourRows): boolean;
  /** The hour, its samples thinned out, with the time of what was added (Unix ms). */
  build(arrived: number): Hour;
}

/** Which rows of a delta's cells, and of each of its sample tables, belong to one hour. */
export interface HourRows {
  readonly cells: Int32Array;
  readonly samples: readonly Int32Array[];
}

/** An hour in which nothing was folded. */
export function noHour(): Hour {
  return { ...noContributions(), arrived: 0, batches: [], folded: new Pairs() };
}

/** An hour as bytes. */
export function encodeHour(hour: Hour): Uint8Array {
  const { head, columns } = storedContributions(hour);
  const { firsts: rule, seconds: batch } = hour.folded;
  return encodeState(SCHEMA, {
    head: { arrived: hour.arrived, batches: hour.batches, ...head },
    columns: { ...columns, 'folded.rule': rule, 'folded.batch': batch },
  });
}

/** Reads the bytes of {@link encodeHour} or {@link encodeClosed}. */
export function decodeHour(bytes: Uint8Array): Hour | 'closed' | Unreadable {
  if (bytes.length === CLOSED.length && CLOSED.equals(bytes)) return 'closed';
  return decodeState(SCHEMA, bytes, (state) => ({
    ...readContributions(state),
    arrived: Number(state.head['arrived']),
    batches: state.head['batches'] as string[],
    folded: new Pairs(unpackInts(state.column('folded.rule')), unpackInts(state.column('folded.batch'))),
  }));
}

/** What replaces an hour that takes no more contributions. */
export function encodeClosed(): Uint8Array {
  return CLOSED;
}

const CLOSED = Buffer.from(`{"schema":"${SCHEMA}","closed":true}\n`);

/** A delta's rows by event hour (Unix time in hours). */
export function rowsByHour({ cells, samples }: Delta): ReadonlyMap<number, HourRows> {
  const ofCells = byHour(cells.length, (row) => cells.minute(row));
  const ofSamples = samples.map(({ cell }) => byHour(cell.length, (row) => cells.minute(cell[row]!)));
  const hours = new Map<number, HourRows>();
  for (const [hour, rows] of ofCells) {
    hours.set(hour, {
      cells: rows,
      samples: ofSamples.map((table) => table.get(hour) ?? new Int32Array(0)),
    });
  }
  return hours;
}

function byHour(length: number, minuteOf: (row: number) => number): ReadonlyMap<number, Int32Array> {
  const hours = new Map<number, Ints>();
  for (let row = 0; row < length; row++) {
    const hour = Math.floor(minuteOf(row) / 60);
    let rows = hours.get(hour);
    if (rows === undefined) {
      rows = new Ints();
      hours.set(hour, rows);
    }
    rows.push(row);
  }
  return new Map(Array.from(hours, ([hour, rows]) => [hour, rows.values]));
}

/** Makes an hour ready for deltas; it is changed by adding. */
export function openHour(hour: Hour): HourBuilder {
  const open: Open = {
    hour,
    batches: intern(hour.batches),
    candidates: new Map(),
  };
  for (const samples of hour.samples) {
    const table = candidatesOf(open.candidates, samples.format);
    table.addSource(sourceOfSamples(samples, (code) => code));
    for (let row = 0; row < samples.cell.length; row++) table.add(row, samples.cell[row]!);
  }
  return {
    add: (delta, rows) => addDelta(open, delta, rows),
    build(arrived) {
      const choice = {
        cells: hour.cells,
        windows: windowsOfPaths(hour),
        isShown: groupsToSample(hour),
      };
      const samples = Array.from(open.candidates.values(), (table) => table.gather(table.byCell(table.choose(choice))));
      return { ...hour, samples, arrived: Math.max(hour.arrived, arrived) };
    },
  };
}

/** An hour while deltas are added. */
interface Open {
  readonly hour: Hour;
  readonly batches: Interner<string>;
  /** Samples by format; they are read when it is known which ones to keep. */
  readonly candidates: Map<string, SampleCandidates>;
}

function addDelta(open: Open, delta: Delta, rows: HourRows): boolean {
  const { hour } = open;
  const translate = translator(delta, hour, true);
  const fresh = freshness(open, delta, translate);
  const cellOf = new Int32Array(delta.cells.length).fill(NONE);
  let changed = false;
  for (const row of rows.cells) {
    const group = delta.cells.group(row);
    if (!fresh.isFresh(delta.batch[row]!, group)) continue;
    changed = true;
    const cell = hour.cells.row(translate.path(group), delta.cells.minute(row), 0);
    mergeCell(hour.cells, cell, delta.cells, row, translate);
    cellOf[row] = cell;
  }
  for (const [number, samples] of delta.samples.entries()) {
    const own = rows.samples[number]!.filter((row) => cellOf[samples.cell[row]!] !== NONE);
    if (own.length === 0) continue;
    const table = candidatesOf(open.candidates, samples.format);
    table.addSource(sourceOfSamples(samples, translate.value));
    for (const row of own) table.add(row, cellOf[samples.cell[row]!]!);
  }
  fresh.settle();
  return changed;
}

/** Tells which of a delta's batches are new to a rule, and remembers them once the whole delta is added. */
function freshness(
  { hour: { folded }, batches }: Open,
  delta: Delta,
  translate: Translator,
): { isFresh(batch: number, group: number): boolean; settle(): void } {
  const rules = rulesOfPaths(delta.paths);
  const fresh = new Pairs();
  /** The last answer, as rows mostly come in the order of batches and rules. */
  let last = { batch: NONE, rule: NONE, answer: false };
  return {
    isFresh(batch, group) {
      const rule = rules[group]!;
      if (last.batch !== batch || last.rule !== rule) {
        const known = batches.find(delta.batches[batch]!);
        const answer = known === undefined || folded.find(translate.rule(rule), known) === NONE;
        if (answer) fresh.code(rule, batch);
        last = { batch, rule, answer };
      }
      return last.answer;
    },
    settle() {
      for (let pair = 0; pair < fresh.length; pair++) {
        folded.code(translate.rule(fresh.first(pair)), batches.code(delta.batches[fresh.second(pair)]!));
      }
    },
  };
}

function mergeCell(cells: Cells, cell: number, from: Cells, row: number, translate: Translator): void {
  cells.count[cell]! += from.count[row]!;
  cells.packets[cell]! += from.packets[row]!;
  cells.bytes[cell]! += from.bytes[row]!;
  cells.first[cell] = Math.min(cells.first[cell]!, from.first[row]!);
  cells.last[cell] = Math.max(cells.last[cell]!, from.last[row]!);
  cells.sum[cell]! += from.sum[row]!;
  cells.distinct.addAll(cell, from.distinct, row, translate.value);
  cells.places.addAll(cell, from.places, row, translate.path);
}

/** Which groups have as many records as their rule's `samplesFrom` asks for. */
function groupsToSample({ rules, paths, cells }: Hour): (group: number) => boolean {
  const ruleOf = rulesOfPaths(paths);
  const records = new Float64Array(paths.length);
  for (let row = 0; row < cells.length; row++) records[cells.group(row)]! += cells.count[row]!;
  return (group) => records[group]! >= rules[ruleOf[group]!]!.samplesFrom;
}
