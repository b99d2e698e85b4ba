/** Sample records, kept as columns until somebody reads them. */
import { isText, type FieldValue, type FlowRecord } from '../flow/columns.ts';
import { FIELD_BY_NAME, type Field } from '../flow/fields.ts';
import { packedAt, type Packed } from './pack.ts';
import type { Values } from './values.ts';

/** How many sample records an alert shows, and a group keeps for each stretch of its window's length. */
export const SAMPLES = 5;

/** Sample records of one format; one row is one record. */
export interface Samples {
  /** The format's text. */
  readonly format: string;
  /** The row of an hour's cells, or of a delta's rows, in which the record counts. */
  readonly cell: Int32Array;
  /** One column a field, in the format's order: integers as they are (-1 for none), texts as codes of values. */
  readonly columns: readonly Packed[];
}

/** One sample as a record, as `recordAt` would have shown it. */
export function sampleRecord(samples: Samples, row: number, values: Values): FlowRecord {
  const record: Record<string, FieldValue> = {};
  for (const [index, field] of fieldsOf(samples.format).entries()) {
    const value = packedAt(samples.columns[index]!, row);
    if (isText(field)) record[field.column] = values.at(value);
    else record[field.column] = value < 0 ? null : value;
  }
  return record;
}

const known = new Map<string, readonly Field[]>();

/** The fields of a format's samples, in order. */
export function fieldsOf(format: string): readonly Field[] {
  let fields = known.get(format);
  if (fields === undefined) {
    fields = format.split(' ').flatMap((name) => FIELD_BY_NAME.get(name) ?? []);
    known.set(format, fields);
  }
  return fields;
}
