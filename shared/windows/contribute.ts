/** From the matches of a delivery to rows: the writing side of a delta. */
import type { ColumnBatch, Source } from '../flow/columns.ts';
import type { Rule } from '../rules/rule.ts';
import type { Arrivals } from './arrivals.ts';
import { BatchReader } from './batch-reader.ts';
import { internRules } from './contributions.ts';
import type { Delta } from './delta.ts';
import type { Interner } from './dictionary.ts';
import { Ints } from './ints.ts';
import type { Numbers } from './pack.ts';
import { grown, Pairs } from './pairs.ts';
import { startPaths } from './paths.ts';
import { Rows } from './rows.ts';
import { refOf, type RuleRef } from './rule-ref.ts';
import { NO_RULE, RuleSets } from './rule-sets.ts';
import { candidatesOf, type SampleCandidates } from './sample-candidates.ts';
import { Sampler } from './sampler.ts';
import { Values } from './values.ts';

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
  /** Adds the delivery's matches of rules whose memory streams; a delivery that was added already changes nothing. */
  add(delivery: MatchedDelivery): void;
  /** Number of rows so far. */
  readonly rows: number;
  /** The delta; undefined where no such rule matched anything, and nothing is to be said of what arrived. */
  build(arrivals?: Arrivals): Delta | undefined;
}

/** Starts a delta. */
export function startDelta(): DeltaBuilder {
  const rules: RuleRef[] = [];
  const delta: Growing = {
    rules,
    ruleIndex: internRules(rules),
    sets: new RuleSets(),
    values: new Values(),
    paths: startPaths(),
    batches: [],
    rows: new Rows(),
    keys: new Pairs(),
    rowOfKey: new Int32Array(0),
    sampler: new Sampler(),
    candidates: new Map(),
  };
  const seen = new Set<string>();
  return {
    add(delivery) {
      if (seen.has(delivery.id)) return;
      seen.add(delivery.id);
      addDelivery(delta, delivery);
    },
    get rows() {
      return delta.rows.length;
    },
    build(arrivals) {
      const { sets, values, paths, batches, rows, candidates } = delta;
      if (rows.length === 0 && arrivals === undefined) return undefined;
      const samples = Array.from(candidates.values(), (table) => table.gatherAll());
      return { rules, sets, values, paths, batches, rows, samples, arrivals };
    },
  };
}

/** A delta that grows. */
interface Growing extends Omit<Delta, 'samples' | 'arrivals'> {
  readonly rules: RuleRef[];
  readonly ruleIndex: Interner<RuleRef>;
  readonly batches: string[];
  readonly rows: Rows;
  /** What tells rows apart, as paths: set, minute, place, and the values of the set's fields. */
  readonly keys: Pairs;
  /** By the last number of such a path: the row + 1. */
  rowOfKey: Int32Array;
  readonly sampler: Sampler;
  /** Samples by format; they are read when the delta is built. */
  readonly candidates: Map<string, SampleCandidates>;
}

function addDelivery(delta: Growing, { id, source, batches }: MatchedDelivery): void {
  const since = delta.keys.length;
  delta.sampler.startDelivery(id);
  for (const { batch, matches } of batches) {
    const matched = setsOf(delta, batch.length, matches);
    if (matched.rows.length === 0) continue;
    if (delta.batches.at(-1) !== id) delta.batches.push(id);
    const reader = new BatchReader(batch, source, delta);
    const at = findRows(delta, reader, matched, since);
    addCounts(delta, reader, matched, at);
    const samples = candidatesOf(delta.candidates, batch.format.text);
    samples.addSource({ read: (...args) => reader.readSamples(...args) });
    delta.sampler.choose(delta, { batch, ...matched, at }, samples);
  }
}

/** Records of a batch that matched anything, and by position the set of rules that they matched. */
interface Matched {
  readonly rows: Uint32Array;
  readonly sets: Int32Array;
}

function setsOf(delta: Growing, length: number, matches: readonly Matches[]): Matched {
  const setOf = new Int32Array(length);
  let count = 0;
  for (const { rule, rows } of matches) {
    const ref = refOf(rule);
    if (ref === undefined || rows.length === 0) continue;
    const index = delta.ruleIndex.code(ref);
    for (const row of rows) {
      if (setOf[row] === NO_RULE) count++;
      setOf[row] = delta.sets.with(setOf[row]!, index);
    }
  }
  const rows = new Uint32Array(count);
  const sets = new Int32Array(count);
  for (let row = 0, at = 0; row < length; row++) {
    if (setOf[row] === NO_RULE) continue;
    rows[at] = row;
    sets[at++] = setOf[row]!;
  }
  return { rows, sets };
}

/** By position: the row of the delta in which a record counts, made where it is the first; keys before `since` are other deliveries'. */
function findRows(delta: Growing, reader: BatchReader, { rows, sets }: Matched, since: number): Int32Array {
  const { keys } = delta;
  const { time } = reader.batch;
  const places = new Int32Array(rows.length);
  reader.readPlaces(rows, places);
  const keyOf = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const start = keys.code(-1 - sets[i]!, Math.floor(time[rows[i]!]! / 60), since);
    keyOf[i] = keys.code(start, places[i]!);
  }
  const columns = fieldsOf(delta, sets).map(({ field, uses }) => {
    const used = new Uint32Array(rows.length);
    let count = 0;
    for (let i = 0; i < rows.length; i++) if (uses[sets[i]!] === 1) used[count++] = rows[i]!;
    const read = new Int32Array(count);
    reader.readCodes(field, used.subarray(0, count), read);
    // where no rule looks at the field there stands the value before, which costs nothing to store
    const codes = new Int32Array(rows.length);
    for (let i = 0, next = 0; i < rows.length; i++) {
      const isUsed = uses[sets[i]!] === 1;
      codes[i] = isUsed ? read[next++]! : (codes[i - 1] ?? 0);
      if (isUsed) keyOf[i] = keys.code(keyOf[i]!, codes[i]!);
    }
    return { field, codes };
  });
  while (delta.rowOfKey.length < keys.length) delta.rowOfKey = grown(delta.rowOfKey);
  const at = new Int32Array(rows.length);
  /** Positions of records that are the first of their row. */
  const started = new Ints();
  for (let i = 0; i < rows.length; i++) {
    let row = delta.rowOfKey[keyOf[i]!]! - 1;
    if (row < 0) {
      const minute = Math.floor(time[rows[i]!]! / 60);
      row = delta.rows.add({ batch: delta.batches.length - 1, set: sets[i]!, minute, place: places[i]! });
      delta.rowOfKey[keyOf[i]!] = row + 1;
      started.push(i);
    }
    at[i] = row;
  }
  for (const { field, codes } of columns) {
    const into = delta.rows.codesOf(field);
    for (const i of started.values) into[at[i]!] = codes[i]!;
  }
  return at;
}

/** The fields that the rules of some sets look at, and by set whether one of them does. */
function fieldsOf({ sets, rules }: Growing, used: Int32Array): readonly { field: string; uses: Uint8Array }[] {
  const fields = new Map<string, Uint8Array>();
  for (const set of new Set(used)) {
    for (const rule of sets.rulesOf(set)) {
      const { by, distinct } = rules[rule]!;
      for (const field of distinct === undefined ? by : [...by, distinct]) {
        const uses = fields.get(field) ?? new Uint8Array(sets.length);
        uses[set] = 1;
        fields.set(field, uses);
      }
    }
  }
  return Array.from(fields, ([field, uses]) => ({ field, uses }));
}

function addCounts({ rows: into, rules }: Growing, reader: BatchReader, { rows }: Matched, at: Int32Array): void {
  const summed = new Set(['packets', 'bytes', ...rules.flatMap(({ sum }) => sum ?? [])]);
  for (const field of summed) addTotals(into.totalsOf(field), at, reader.integers(field), rows);
  for (const row of at) into.count[row]! += 1;
  widenTimes(into, at, reader, rows);
}

function addTotals(totals: Float64Array, at: Int32Array, values: Numbers | undefined, rows: Uint32Array): void {
  if (values === undefined) return;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (value > 0) totals[at[i]!]! += value;
  }
}

/** First start and last end; the event time where a record has none. */
function widenTimes({ minute, first, last }: Rows, at: Int32Array, reader: BatchReader, rows: Uint32Array): void {
  const { time } = reader.batch;
  const starts = reader.integers('start') ?? time;
  const ends = reader.integers('end') ?? time;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const own = at[i]!;
    const begin = minute[own]! * 60;
    const start = (starts[row]! < 0 ? time[row]! : starts[row]!) - begin;
    const end = (ends[row]! < 0 ? time[row]! : ends[row]!) - begin;
    if (start < first[own]!) first[own] = start;
    if (end > last[own]!) last[own] = end;
  }
}
