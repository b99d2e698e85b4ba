/** The folded state of one event hour: a union of deltas, in which a batch counts once however often it comes. */
import { addCode, codesOf, type CodeSet } from './codes.ts';
import {
  groupText,
  internersOf,
  noContributions,
  ruleOfGroup,
  valueCodesOf,
  type Contributions,
  type Interners,
} from './contributions.ts';
import { decodeState, encodeState, type Delta, type Unreadable } from './delta.ts';
import { copySample, noSamples, pickSamples, rowsToKeep, stretches } from './samples.ts';

const SCHEMA = 'sekisho.window-hour/1';

/** What groups did within one event hour; a row of `cells` is the only one of its group and minute. */
export interface Hour extends Contributions {
  readonly batches: string[];
  /** By the rule's `stateKey`: which batches the rule's groups were folded from, as indices into `batches`. */
  readonly folded: Record<string, number[]>;
}

/** An hour that takes deltas. */
export interface HourBuilder {
  /** Adds the rows of a delta that belong to this hour; true where any of them was new. */
  add(delta: Delta, rows: HourRows): boolean;
  /** The hour, its samples thinned out. */
  build(): Hour;
}

/** Which rows of a delta's cells, and of each of its sample tables, belong to one hour. */
export interface HourRows {
  readonly cells: readonly number[];
  readonly samples: readonly (readonly number[])[];
}

/** An hour in which nothing was folded. */
export function noHour(): Hour {
  return { ...noContributions(), batches: [], folded: {} };
}

/** An hour as bytes. */
export function encodeHour(hour: Hour): Uint8Array {
  return encodeState(SCHEMA, hour);
}

/** Reads the bytes of {@link encodeHour} or {@link encodeClosed}. */
export function decodeHour(bytes: Uint8Array): Hour | 'closed' | Unreadable {
  if (bytes.length === CLOSED.length && CLOSED.equals(bytes)) return 'closed';
  return decodeState(SCHEMA, bytes) as Hour | Unreadable;
}

/** What replaces an hour that takes no more contributions. */
export function encodeClosed(): Uint8Array {
  return CLOSED;
}

const CLOSED = Buffer.from('{"schema":"sekisho.window-hour/1","closed":true}\n');

/** A delta's rows by event hour (Unix time in hours). */
export function rowsByHour(delta: Delta): ReadonlyMap<number, HourRows> {
  const hours = new Map<number, { cells: number[]; samples: number[][] }>();
  for (const [row, minute] of delta.cells.minute.entries()) {
    const hour = Math.floor(minute / 60);
    const rows = hours.get(hour);
    if (rows !== undefined) rows.cells.push(row);
    else hours.set(hour, { cells: [row], samples: delta.samples.map(() => []) });
  }
  for (const [table, { minute }] of delta.samples.entries()) {
    // Every sample has a cell of its minute, and so an hour.
    for (const [row, time] of minute.entries()) hours.get(Math.floor(time / 60))!.samples[table]!.push(row);
  }
  return hours;
}

/** Makes an hour ready for deltas; it is changed by adding. */
export function openHour(hour: Hour): HourBuilder {
  const interners = internersOf(hour);
  const index = cellIndex(hour);
  const folded = new Map(
    Object.entries(hour.folded).map(([key, codes]) => [key, new Set(codes.map((code) => hour.batches[code]!))]),
  );
  return {
    add: (delta, rows) => addRows(hour, interners, index, folded, delta, rows),
    build() {
      const batches = [...new Set([...folded.values()].flatMap((ids) => [...ids]))];
      const code = new Map(batches.map((id, index) => [id, index]));
      const stretchOf = stretches(hour);
      const isShown = groupsToSample(hour);
      return {
        ...hour,
        batches,
        folded: Object.fromEntries([...folded].map(([key, ids]) => [key, [...ids].map((id) => code.get(id)!)])),
        samples: hour.samples.map((table) =>
          pickSamples(
            table,
            rowsToKeep(table, stretchOf, undefined).filter((row) => isShown(table.group[row]!)),
          ),
        ),
      };
    },
  };
}

/** Finds a group's cell of a minute. */
interface CellIndex {
  find(group: number, minute: number): number | undefined;
  /** Takes in the cell of that row. */
  add(row: number): void;
}

/** Groups with a single cell, which most are, need no entry in a map. */
function cellIndex({ cells }: Hour): CellIndex {
  const first: number[] = [];
  const others = new Map<number, number>();
  const key = (group: number, minute: number): number => group * 60 + (minute % 60);
  const index: CellIndex = {
    find(group, minute) {
      const row = first[group];
      return row === undefined || cells.minute[row] === minute ? row : others.get(key(group, minute));
    },
    add(row) {
      const group = cells.group[row]!;
      if (first[group] === undefined) first[group] = row;
      else others.set(key(group, cells.minute[row]!), row);
    },
  };
  for (let row = 0; row < cells.group.length; row++) index.add(row);
  return index;
}

function addRows(
  hour: Hour,
  interners: Interners,
  index: CellIndex,
  folded: Map<string, Set<string>>,
  delta: Delta,
  rows: HourRows,
): boolean {
  const translate = translator(interners, delta);
  const rules = Uint32Array.from(delta.groups, ruleOfGroup);
  const fresh = freshness(delta, rules, folded);
  let changed = false;
  for (const row of rows.cells) {
    const group = delta.cells.group[row]!;
    if (!fresh.isFresh(delta.cells.batch[row]!, group)) continue;
    changed = true;
    const minute = delta.cells.minute[row]!;
    const cell = index.find(translate.group(group), minute);
    if (cell === undefined) index.add(appendCell(hour, delta, row, translate));
    else mergeCell(hour, cell, delta, row, translate);
  }
  for (const [number, table] of delta.samples.entries()) {
    const own = rows.samples[number]!.filter((row) => fresh.isFresh(table.batch[row]!, table.group[row]!));
    if (own.length === 0) continue;
    const target = samplesOf(hour, table.format);
    for (const row of own) {
      target.group.push(translate.group(table.group[row]!));
      target.minute.push(table.minute[row]!);
      copySample(table, row, target, translate.value);
    }
  }
  fresh.settle();
  return changed;
}

/** Tells which of a delta's batches are new to a rule, and remembers them once the whole delta is added. */
function freshness(
  delta: Delta,
  rules: Uint32Array,
  folded: Map<string, Set<string>>,
): { isFresh(batch: number, group: number): boolean; settle(): void } {
  const answers = new Map<number, boolean>();
  return {
    isFresh(batch, group) {
      const pair = batch * delta.rules.length + rules[group]!;
      let fresh = answers.get(pair);
      if (fresh === undefined) {
        fresh = folded.get(delta.rules[rules[group]!]!.key)?.has(delta.batches[batch]!) !== true;
        answers.set(pair, fresh);
      }
      return fresh;
    },
    settle() {
      for (const [pair, fresh] of answers) {
        if (!fresh) continue;
        const { key } = delta.rules[pair % delta.rules.length]!;
        const id = delta.batches[Math.floor(pair / delta.rules.length)]!;
        const ids = folded.get(key);
        if (ids === undefined) folded.set(key, new Set([id]));
        else ids.add(id);
      }
    },
  };
}

interface Translator {
  group(this: void, code: number): number;
  value(this: void, code: number): number;
  place(this: void, code: number): number;
}

/** Turns a delta's codes into the hour's, each only once. */
function translator(interners: Interners, delta: Delta): Translator {
  const value = remembered(delta.values.length, (code) => interners.values.code(delta.values[code]!));
  const place = remembered(delta.places.length, (code) => interners.places.code(delta.places[code]!));
  const rule = remembered(delta.rules.length, (code) => interners.rules.code(delta.rules[code]!));
  const group = remembered(delta.groups.length, (code) => {
    const text = delta.groups[code]!;
    return interners.groups.code(groupText(rule(ruleOfGroup(text)), valueCodesOf(text).map(value)));
  });
  return { group, value, place };
}

function remembered(length: number, work: (code: number) => number): (code: number) => number {
  const known = new Int32Array(length).fill(-1);
  return (code) => {
    if (known[code] === -1) known[code] = work(code);
    return known[code]!;
  };
}

function appendCell({ cells }: Hour, { cells: from }: Delta, row: number, translate: Translator): number {
  cells.minute.push(from.minute[row]!);
  cells.count.push(from.count[row]!);
  cells.packets.push(from.packets[row]!);
  cells.bytes.push(from.bytes[row]!);
  cells.first.push(from.first[row]!);
  cells.last.push(from.last[row]!);
  cells.sum.push(from.sum[row]!);
  cells.distinct.push(joined(0, from.distinct[row]!, translate.value));
  cells.places.push(joined(0, from.places[row]!, translate.place));
  return cells.group.push(translate.group(from.group[row]!)) - 1;
}

function mergeCell({ cells }: Hour, cell: number, { cells: from }: Delta, row: number, translate: Translator): void {
  cells.count[cell]! += from.count[row]!;
  cells.packets[cell]! += from.packets[row]!;
  cells.bytes[cell]! += from.bytes[row]!;
  cells.first[cell] = Math.min(cells.first[cell]!, from.first[row]!);
  cells.last[cell] = Math.max(cells.last[cell]!, from.last[row]!);
  cells.sum[cell]! += from.sum[row]!;
  cells.distinct[cell] = joined(cells.distinct[cell]!, from.distinct[row]!, translate.value);
  cells.places[cell] = joined(cells.places[cell]!, from.places[row]!, translate.place);
}

function joined(into: CodeSet, from: CodeSet, code: (code: number) => number): CodeSet {
  let set = into;
  for (const entry of codesOf(from)) set = addCode(set, code(entry));
  return set;
}

/** Which groups have as many records as their rule's `samplesFrom` asks for. */
function groupsToSample({ rules, groups, cells }: Hour): (group: number) => boolean {
  const missing = Float64Array.from(groups, (group) => rules[ruleOfGroup(group)]!.samplesFrom);
  for (let row = 0; row < cells.group.length; row++) missing[cells.group[row]!]! -= cells.count[row]!;
  return (group) => missing[group]! <= 0;
}

function samplesOf(hour: Hour, format: string): Hour['samples'][number] {
  const known = hour.samples.find((table) => table.format === format);
  if (known !== undefined) return known;
  const table = noSamples(format);
  hour.samples.push(table);
  return table;
}
