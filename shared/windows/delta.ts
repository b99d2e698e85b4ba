/** The delta: what one run of the archiver saw of rules with memory, kept apart by batch so that repeats can be told. */
import type { FieldValue } from '../flow/columns.ts';
import type { Arrivals } from './arrivals.ts';
import { lessRows, plusRows } from './delta-samples.ts';
import { stepsOf, unpackInts, unpackNumbers, valuesOfSteps } from './pack.ts';
import { Pairs } from './pairs.ts';
import type { RowColumns } from './rows.ts';
import type { RuleRef } from './rule-ref.ts';
import { RuleSets } from './rule-sets.ts';
import type { Samples } from './samples.ts';
import { decodeState, encodeState, type State, type StoredState, type Unreadable } from './state.ts';
import { readSamples, storedSamples } from './stored.ts';
import { kindsBelow, kindsOnTop, Values } from './values.ts';

const SCHEMA = 'sekisho.window-delta/3';

/** Contributions of many batches to any number of event hours. */
export interface Delta {
  readonly rules: RuleRef[];
  /** Sets of the rules that records matched. */
  readonly sets: RuleSets;
  /** Values of fields, of places, and texts of samples. */
  readonly values: Values;
  /** Places, see paths.ts. */
  readonly paths: Pairs;
  readonly batches: readonly string[];
  readonly rows: RowColumns;
  /** In order of their rows. */
  readonly samples: readonly Samples[];
  /** Of everything that came with it; undefined where nobody asks, or a former version wrote it. */
  readonly arrivals: Arrivals | undefined;
}

interface Head {
  readonly rules: RuleRef[];
  /** Values that are neither addresses nor small integers. */
  readonly values: readonly FieldValue[];
  readonly batches: readonly string[];
  /** Formats of the sample tables. */
  readonly formats: readonly string[];
  /** Fields that have columns of codes, and of totals. */
  readonly codes: readonly string[];
  readonly totals: readonly string[];
  readonly arrivals?: Arrivals | undefined;
}

/** A delta as bytes. */
export function encodeDelta(delta: Delta): Uint8Array {
  return encodeState(SCHEMA, storedDelta(delta));
}

/** A delta in the parts that are stored. Columns that mostly rise from row to row are stored as steps. */
function storedDelta({ rules, sets, values, paths, batches, rows, samples, arrivals }: Delta): State {
  const ints = (column: Int32Array): Int32Array => column.subarray(0, rows.length);
  const numbers = (column: Float64Array): Float64Array => column.subarray(0, rows.length);
  const head: Head = {
    rules,
    values: values.others,
    batches,
    formats: samples.map(({ format }) => format),
    codes: [...rows.codes.keys()],
    totals: [...rows.totals.keys()],
    arrivals,
  };
  return {
    head: { ...head },
    columns: {
      'set.parent': sets.pairs.firsts,
      'set.rule': sets.pairs.seconds,
      addresses: values.addresses,
      'path.parent': paths.firsts,
      'path.value': paths.seconds,
      'batch.steps': stepsOf(ints(rows.batch)),
      set: ints(rows.set),
      minute: ints(rows.minute),
      place: ints(rows.place),
      count: ints(rows.count),
      packets: numbers(rows.packets),
      bytes: numbers(rows.bytes),
      first: ints(rows.first),
      lasted: numbers(rows.last).map((last, row) => last - rows.first[row]!),
      ...Object.fromEntries(Array.from(rows.codes, ([field, column]) => [`codes.${field}`, kindsOnTop(ints(column))])),
      ...Object.fromEntries(Array.from(rows.totals, ([field, column]) => [`totals.${field}`, numbers(column)])),
      ...storedSamples(lessRows(samples, rows)),
    },
  };
}

/** Reads the bytes of {@link encodeDelta}. */
export function decodeDelta(bytes: Uint8Array): Delta | Unreadable {
  return decodeState(SCHEMA, bytes, readDelta);
}

function readDelta({ head, column }: StoredState): Delta {
  const { rules, values, batches, formats, codes, totals, arrivals } = head as unknown as Head;
  const ints = (name: string): Int32Array => unpackInts(column(name));
  const numbers = (name: string): Float64Array => unpackNumbers(column(name));
  const first = ints('first');
  const rows: RowColumns = {
    length: first.length,
    batch: valuesOfSteps(ints('batch.steps')),
    set: ints('set'),
    minute: ints('minute'),
    place: ints('place'),
    count: ints('count'),
    packets: numbers('packets'),
    bytes: numbers('bytes'),
    first,
    last: numbers('lasted').map((lasted, row) => first[row]! + lasted),
    codes: new Map(codes.map((field) => [field, kindsBelow(ints(`codes.${field}`))])),
    totals: new Map(totals.map((field) => [field, numbers(`totals.${field}`)])),
  };
  return {
    rules,
    sets: new RuleSets(new Pairs(ints('set.parent'), ints('set.rule'))),
    values: new Values(ints('addresses'), values),
    paths: new Pairs(ints('path.parent'), ints('path.value')),
    batches,
    rows,
    samples: plusRows(readSamples(formats, column), rows),
    arrivals,
  };
}
