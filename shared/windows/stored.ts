/** Contributions as they are stored: a head and columns, and back. */
import type { FieldValue } from '../flow/columns.ts';
import { Cells } from './cells.ts';
import { CodeSets } from './code-sets.ts';
import type { Contributions } from './contributions.ts';
import { stepsOf, unpackInts, unpackNumbers, valuesOfSteps, type Numbers, type Packed } from './pack.ts';
import { Pairs } from './pairs.ts';
import type { RuleRef } from './rule-ref.ts';
import { fieldsOf, type Samples } from './samples.ts';
import type { State, StoredState } from './state.ts';
import { Values } from './values.ts';

interface Head {
  readonly rules: RuleRef[];
  /** Values that are neither addresses nor small integers. */
  readonly values: readonly FieldValue[];
  /** Formats of the sample tables. */
  readonly formats: readonly string[];
}

/** Contributions in the parts that are stored. Columns that mostly rise from row to row are stored as steps. */
export function storedContributions({ rules, values, paths, cells, samples }: Contributions): State {
  const rows = cells.length;
  const head: Head = {
    rules,
    values: values.others,
    formats: samples.map(({ format }) => format),
  };
  const { firsts: group, seconds: minute } = cells.keys;
  return {
    head: { ...head },
    columns: {
      addresses: values.addresses,
      'path.parent': paths.firsts,
      'path.value.steps': stepsOf(paths.seconds),
      'group.steps': stepsOf(group),
      minute,
      count: cells.count.subarray(0, rows),
      packets: cells.packets.subarray(0, rows),
      bytes: cells.bytes.subarray(0, rows),
      first: cells.first.subarray(0, rows),
      last: cells.last.subarray(0, rows),
      sum: cells.sum.subarray(0, rows),
      ...storedSets('distinct', cells.distinct, rows),
      ...storedSets('places', cells.places, rows),
      ...storedSamples(samples),
    },
  };
}

function storedSets(name: string, sets: CodeSets, rows: number): State['columns'] {
  const { codes, many } = sets.stored(rows);
  const sizes = Int32Array.from(many, (set) => set.length);
  const members = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const set of many) {
    members.set(set, at);
    at += set.length;
  }
  return {
    [name]: codes,
    [`${name}.sizes`]: sizes,
    [`${name}.members`]: members,
  };
}

/** Tables of samples as columns; their formats belong into the head. */
export function storedSamples(samples: readonly Samples[]): State['columns'] {
  const stored: Record<string, Numbers | Packed> = {};
  for (const [table, { cell, columns }] of samples.entries()) {
    stored[`samples.${table}.cell.steps`] = stepsOf(cell);
    for (const [field, column] of columns.entries()) stored[`samples.${table}.${field}`] = column;
  }
  return stored;
}

/** Tables of samples from what was stored of them. */
export function readSamples(formats: readonly string[], column: StoredState['column']): readonly Samples[] {
  return formats.map((format, table) => ({
    format,
    cell: valuesOfSteps(unpackInts(column(`samples.${table}.cell.steps`))),
    columns: fieldsOf(format).map((_, field) => column(`samples.${table}.${field}`)),
  }));
}

/** Contributions from what was stored of them. */
export function readContributions({ head, column }: StoredState): Contributions {
  const { rules, values, formats } = head as unknown as Head;
  const ints = (name: string): Int32Array => unpackInts(column(name));
  const numbers = (name: string): Float64Array => unpackNumbers(column(name));
  const steps = (name: string): Int32Array => valuesOfSteps(ints(`${name}.steps`));
  return {
    rules,
    values: new Values(ints('addresses'), values),
    paths: new Pairs(ints('path.parent'), steps('path.value')),
    cells: new Cells({
      group: steps('group'),
      minute: ints('minute'),
      count: ints('count'),
      packets: numbers('packets'),
      bytes: numbers('bytes'),
      first: ints('first'),
      last: numbers('last'),
      sum: numbers('sum'),
      distinct: readSets('distinct', ints),
      places: readSets('places', ints),
    }),
    samples: readSamples(formats, column),
  };
}

function readSets(name: string, ints: (name: string) => Int32Array): CodeSets {
  const members = ints(`${name}.members`);
  let at = 0;
  const many = Array.from(ints(`${name}.sizes`), (size) => members.subarray(at, (at += size)));
  return new CodeSets(ints(name), many);
}
