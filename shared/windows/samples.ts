/** Sample records, kept as columns until somebody reads them. */
import type { ColumnBatch, Dictionary, FieldValue, FlowRecord } from '../flow/columns.ts';
import { FIELD_BY_NAME, type Field } from '../flow/fields.ts';
import { ruleOfGroup, type Contributions, type Samples } from './contributions.ts';

/** How many sample records an alert shows, and a group keeps for each stretch of its window's length. */
export const SAMPLES = 5;

/** An empty sample table of a format. */
export function noSamples(format: string): Samples {
  return { format, group: [], minute: [], columns: fieldsOf(format).map(() => []) };
}

/**
 * Makes a function that adds rows of `batch` to `samples`, a table of the batch's format.
 *
 * @param code the code of a text of the batch, by dictionary and the batch's own code
 */
export function sampler(
  samples: Samples,
  batch: ColumnBatch,
  code: (dictionary: Dictionary, code: number) => number,
): (group: number, minute: number, row: number) => void {
  const columns = batch.format.fields.map((field) => batch.columns.get(field.column));
  return (group, minute, row) => {
    samples.group.push(group);
    samples.minute.push(minute);
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const target = samples.columns[index]!;
      if (column === undefined) target.push(isInt(batch.format.fields[index]!) ? -1 : 0);
      else if (column.kind === 'int') target.push(column.values[row]!);
      else target.push(code(column.dictionary, column.codes[row]!));
    }
  };
}

/** Copies one row between tables of the same format; `code` translates the codes of texts. */
export function copySample(from: Samples, row: number, to: Samples, code: (code: number) => number): void {
  for (const [index, field] of fieldsOf(from.format).entries()) {
    const value = from.columns[index]![row]!;
    to.columns[index]!.push(isInt(field) ? value : code(value));
  }
}

/** One sample as a record, as `recordAt` would have shown it. */
export function sampleRecord(samples: Samples, row: number, values: readonly FieldValue[]): FlowRecord {
  const record: Record<string, FieldValue> = {};
  for (const [index, field] of fieldsOf(samples.format).entries()) {
    const value = samples.columns[index]![row]!;
    if (isInt(field)) record[field.column] = value < 0 ? null : value;
    else record[field.column] = values[value]!;
  }
  return record;
}

/**
 * The rows to keep, in order of group and minute: the earliest {@link SAMPLES} of each group in each stretch of
 * its window's length. A window then always holds one of them: it ends within a stretch, at a minute with a match,
 * and that stretch's earliest record is no later.
 *
 * @param owner what else tells rows apart, before the group (a delta's batch)
 */
export function rowsToKeep(
  samples: Samples,
  stretchOf: (group: number) => number,
  owner: readonly number[] | undefined,
): Uint32Array {
  const { group, minute } = samples;
  const order = Uint32Array.from(group, (_, row) => row).sort(
    (a, b) =>
      (owner === undefined ? 0 : owner[a]! - owner[b]!) || group[a]! - group[b]! || minute[a]! - minute[b]! || a - b,
  );
  let kept = 0;
  let previous = -1;
  let inStretch = 0;
  for (const row of order) {
    const length = stretchOf(group[row]!);
    const same =
      previous >= 0 &&
      group[previous] === group[row] &&
      owner?.[previous] === owner?.[row] &&
      Math.floor(minute[previous]! / length) === Math.floor(minute[row]! / length);
    inStretch = same ? inStretch + 1 : 1;
    previous = row;
    if (inStretch <= SAMPLES) order[kept++] = row;
  }
  return order.subarray(0, kept);
}

/** A table of the chosen rows, in their order. */
export function pickSamples(samples: Samples, rows: Uint32Array): Samples {
  const pick = (column: readonly number[]): number[] => Array.from(rows, (row) => column[row]!);
  return {
    format: samples.format,
    group: pick(samples.group),
    minute: pick(samples.minute),
    columns: samples.columns.map(pick),
  };
}

/** The length of a group's window in minutes, for {@link rowsToKeep}. */
export function stretches({ rules, groups }: Contributions): (group: number) => number {
  const lengths = Uint32Array.from(groups, (group) => rules[ruleOfGroup(group)]!.minutes);
  return (group) => lengths[group]!;
}

const known = new Map<string, readonly Field[]>();

function fieldsOf(format: string): readonly Field[] {
  let fields = known.get(format);
  if (fields === undefined) {
    fields = format.split(' ').flatMap((name) => FIELD_BY_NAME.get(name) ?? []);
    known.set(format, fields);
  }
  return fields;
}

function isInt(field: Field): boolean {
  return field.type === 'int32' || field.type === 'int64';
}
