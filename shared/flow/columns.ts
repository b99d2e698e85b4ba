/**
 * Records as columns: what the decoder fills and rules, windows and the lake's encoder read.
 * No object a record exists on the hot path; {@link recordAt} makes one for samples and for people.
 */
import type { Field, FlowTable } from './fields.ts';
import type { Format } from './format.ts';

/** The distinct texts of one or several columns; code 0 is null (`-`) and holds an empty text. */
export type Dictionary = readonly string[];

/** An integer column: one value a record, -1 where the record has none (`-`). Every field's integers are ≥ 0. */
export interface IntColumn {
  readonly kind: 'int';
  readonly values: Int32Array | Float64Array;
}

/**
 * A dictionary-coded column: one code a record into `dictionary`, 0 where the record has none (`-`).
 * All address columns of a batch share one dictionary, so that an address is classified once a batch;
 * the dictionary may hold texts that this column does not use.
 */
export interface TextColumn {
  readonly kind: 'text';
  readonly codes: Uint32Array;
  readonly dictionary: Dictionary;
  /** Of an address column: the dictionary's addresses as numbers. */
  readonly addresses?: AddressTable;
}

/** Addresses by code, parsed. */
export interface AddressTable {
  /** 4 or 6; 0 for code 0. */
  readonly families: Uint8Array;
  /** Four 32-bit words an address, most significant first; an IPv4 address is in the last. */
  readonly words: Uint32Array;
}

/** One field's values. */
export type Column = IntColumn | TextColumn;

/** Which end opened the connection, by code in {@link ColumnBatch.initiator}. */
export const INITIATORS = [null, 'src', 'dst'] as const;

/** Which way the record's traffic went, by code in {@link ColumnBatch.direction}. */
export const DIRECTIONS = [null, 'ingress', 'egress'] as const;

/** Records of one delivery that share a format, as columns of equal length. */
export interface ColumnBatch {
  readonly table: FlowTable;
  readonly format: Format;
  /** Number of records. */
  readonly length: number;
  /** By column name (`interface_id`); only the format's fields are there. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Event time, Unix seconds: `start`, else `end`, else CloudWatch's timestamp. Always known. */
  readonly time: Float64Array;
  /** Index into {@link INITIATORS}, one a record. */
  readonly initiator: Uint8Array;
  /** Index into {@link DIRECTIONS}, one a record. */
  readonly direction: Uint8Array;
}

/** Where a delivery's records come from; null where it is not known. */
export interface Source {
  /** The account that owns the flow log. */
  readonly account: string | null;
  readonly region: string | null;
  /** Log group or bucket. */
  readonly name: string | null;
}

/** A line that could not be read, kept whole. */
export interface Reject {
  readonly line: string;
  /** What is wrong, in words for a person. */
  readonly reason: string;
  /** File, or log group and stream. */
  readonly source: string;
  /** 1-based line number in a file, or position in a delivery. */
  readonly number: number;
}

/** One delivery, read: records as columns (one batch a format) and what could not be read. */
export interface DecodedDelivery {
  /** The delivery's identity, 32 hex digits, the same whenever it is delivered. */
  readonly id: string;
  readonly source: Source;
  readonly batches: readonly ColumnBatch[];
  readonly rejects: readonly Reject[];
}

/** A value as a person or JSON sees it. */
export type FieldValue = string | number | null;

/** One record as an object, keys in the format's order. */
export type FlowRecord = Readonly<Record<string, FieldValue>>;

/** A column's value for one record; null where the record or the format has none. */
export function valueAt(batch: ColumnBatch, column: string, row: number): FieldValue {
  const data = batch.columns.get(column);
  if (data === undefined) return null;
  if (data.kind === 'int') {
    const value = data.values[row]!;
    return value < 0 ? null : value;
  }
  const code = data.codes[row]!;
  return code === 0 ? null : data.dictionary[code]!;
}

/** One record as an object: AWS's names with `_`, in the format's order. */
export function recordAt(batch: ColumnBatch, row: number): FlowRecord {
  const record: Record<string, FieldValue> = {};
  for (const field of batch.format.fields) record[field.column] = valueAt(batch, field.column, row);
  return record;
}

/** True where the field is dictionary-coded. */
export function isText(field: Field): boolean {
  return field.type === 'string' || field.type === 'address';
}
