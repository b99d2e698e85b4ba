/** From the matches of a delivery to contributions: the writing side of a delta. */
import type { ColumnBatch, Source } from '../flow/columns.ts';
import type { AbsenceCondition, Condition, Rule, WindowCondition } from '../rules/rule.ts';
import { BatchReader } from './batch-reader.ts';
import type { Cells } from './cells.ts';
import type { CodeSets } from './code-sets.ts';
import { internRules, noContributions, windowsOfPaths, type Contributions, type RuleRef } from './contributions.ts';
import type { Delta } from './delta.ts';
import type { Interner } from './dictionary.ts';
import { Ints } from './ints.ts';
import { windowMinutes } from './minutes.ts';
import type { Numbers } from './pack.ts';
import type { Pairs } from './pairs.ts';
import { pathOfRule } from './paths.ts';
import { candidatesOf, type SampleCandidates } from './sample-candidates.ts';
import { SAMPLES } from './samples.ts';

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
  readonly batches: readonly {
    readonly batch: ColumnBatch;
    readonly matches: readonly Matches[];
  }[];
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

/** Starts a delta. */
export function startDelta(): DeltaBuilder {
  const contributions = noContributions();
  const delta: Growing = {
    ...contributions,
    ruleIndex: internRules(contributions.rules),
    batches: [],
    batch: new Ints(),
    candidates: new Map(),
    work: workFor(0),
  };
  const seen = new Set<string>();
  return {
    add(delivery) {
      if (seen.has(delivery.id)) return;
      seen.add(delivery.id);
      addDelivery(delta, delivery);
    },
    get rows() {
      return delta.cells.length;
    },
    build: () => (delta.cells.length === 0 ? undefined : finish(delta)),
  };
}

/** A delta that grows. */
interface Growing extends Contributions {
  readonly ruleIndex: Interner<RuleRef>;
  readonly batches: string[];
  /** By row of the cells, the batch's index. */
  readonly batch: Ints;
  /** Samples by format; they are read when it is known which ones to keep. */
  readonly candidates: Map<string, SampleCandidates>;
  work: Work;
}

function finish({ rules, values, paths, cells, batches, batch, candidates }: Growing): Delta {
  const choice = {
    cells,
    windows: windowsOfPaths({ rules, paths }),
    owners: batch.values,
  };
  const samples = Array.from(candidates.values(), (table) => table.gather(table.choose(choice)));
  return { rules, values, paths, cells, batches, batch: batch.values, samples };
}

function addDelivery(delta: Growing, { id, source, batches }: MatchedDelivery): void {
  const first = delta.cells.length;
  for (const { batch, matches } of batches) {
    const windowed = matches.filter(({ rule, rows }) => isStreamed(rule.condition) && rows.length > 0);
    if (windowed.length === 0) continue;
    if (delta.batches.at(-1) !== id) delta.batches.push(id);
    const reader = new BatchReader(batch, source, delta);
    const samples = candidatesOf(delta.candidates, batch.format.text);
    samples.addSource({ read: (...args) => reader.readSamples(...args) });
    for (const { rule, rows } of windowed) addMatches(delta, reader, samples, rule, rows, first);
  }
  while (delta.batch.length < delta.cells.length) delta.batch.push(delta.batches.length - 1);
}

/** Columns by position in a rule's matches, used again for the next rule. */
interface Work {
  readonly groups: Int32Array;
  readonly cells: Int32Array;
  readonly codes: Int32Array;
}

function workFor(matches: number): Work {
  return { groups: new Int32Array(matches), cells: new Int32Array(matches), codes: new Int32Array(matches) };
}

/** What the conditions have in common whose memory deltas feed. */
type Streamed = WindowCondition | AbsenceCondition;

function isStreamed(condition: Condition): condition is Streamed {
  return condition.kind === 'window' || condition.kind === 'absence';
}

/** Adds one rule's matches of a batch, column by column; cells before `since` are those of other deliveries. */
function addMatches(
  delta: Growing,
  reader: BatchReader,
  samples: SampleCandidates,
  rule: Rule,
  rows: Uint32Array,
  since: number,
): void {
  const { condition } = rule;
  if (!isStreamed(condition)) return;
  const measure = condition.kind === 'window' ? condition.when.measure : undefined;
  const { cells } = delta;
  if (rows.length > delta.work.groups.length) delta.work = workFor(rows.length * 2);
  const { groups, cells: at, codes } = delta.work;

  const ref = delta.ruleIndex.code({
    id: rule.id,
    key: rule.stateKey,
    minutes: windowMinutes(condition.seconds),
    samplesFrom: samplesFrom(condition),
  });
  groups.fill(pathOfRule(delta.paths, ref), 0, rows.length);
  for (const column of rule.by) {
    reader.readCodes(column, rows, codes);
    extendPaths(delta.paths, groups, codes, rows.length);
  }
  findCells(cells, groups, reader.batch.time, rows, since, at);

  // of what is absent nothing but when and where it was seen matters
  countRecords(cells, at, rows, measure && samples);
  widenTimes(cells, at, reader, rows);
  reader.readPlaces(rows, codes);
  addCodes(cells.places, at, codes, rows.length);
  if (measure === undefined) return;
  addTotals(cells.packets, at, reader.integers('packets'), rows);
  addTotals(cells.bytes, at, reader.integers('bytes'), rows);
  if ((measure.kind === 'sum' || measure.kind === 'rate') && measure.field !== undefined) {
    addTotals(cells.sum, at, reader.integers(measure.field), rows);
  }
  if (measure.kind === 'distinct') {
    reader.readCodes(measure.field, rows, codes);
    addCodes(cells.distinct, at, codes, rows.length);
  }
}

/** See {@link RuleRef.samplesFrom}. */
function samplesFrom(condition: Streamed): number {
  if (condition.kind === 'absence') return 1;
  const { seconds, when } = condition;
  const { measure, value } = when;
  switch (measure.kind) {
    case 'count':
    case 'distinct':
      return Math.max(1, Math.ceil(value / 2));
    case 'rate':
      return measure.field === undefined ? Math.max(1, Math.ceil((value * seconds) / 2)) : 1;
    case 'sum':
      return 1;
  }
}

function extendPaths(paths: Pairs, parents: Int32Array, codes: Int32Array, length: number): void {
  for (let i = 0; i < length; i++) parents[i] = paths.code(parents[i]!, codes[i]!);
}

function findCells(
  cells: Cells,
  groups: Int32Array,
  time: Float64Array,
  rows: Uint32Array,
  since: number,
  at: Int32Array,
): void {
  for (let i = 0; i < rows.length; i++) at[i] = cells.row(groups[i]!, Math.floor(time[rows[i]!]! / 60), since);
}

function countRecords({ count }: Cells, at: Int32Array, rows: Uint32Array, samples?: SampleCandidates): void {
  for (let i = 0; i < rows.length; i++) {
    const cell = at[i]!;
    count[cell]! += 1;
    if (count[cell]! <= SAMPLES) samples?.add(rows[i]!, cell);
  }
}

function addTotals(totals: Float64Array, at: Int32Array, values: Numbers | undefined, rows: Uint32Array): void {
  if (values === undefined) return;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (value > 0) totals[at[i]!]! += value;
  }
}

/** First start and last end; the event time where a record has none. */
function widenTimes({ keys, first, last }: Cells, at: Int32Array, reader: BatchReader, rows: Uint32Array): void {
  const { time } = reader.batch;
  const starts = reader.integers('start') ?? time;
  const ends = reader.integers('end') ?? time;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const cell = at[i]!;
    const minute = keys.second(cell) * 60;
    const start = (starts[row]! < 0 ? time[row]! : starts[row]!) - minute;
    const end = (ends[row]! < 0 ? time[row]! : ends[row]!) - minute;
    if (start < first[cell]!) first[cell] = start;
    if (end > last[cell]!) last[cell] = end;
  }
}

function addCodes(sets: CodeSets, at: Int32Array, codes: Int32Array, length: number): void {
  for (let i = 0; i < length; i++) sets.add(at[i]!, codes[i]!);
}
