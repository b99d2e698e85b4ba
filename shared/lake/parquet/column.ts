/** A column's values within a row group, and how Parquet types them. */

/** How a column's values are stored: INT32, INT64, or UTF-8 BYTE_ARRAY. */
export type PhysicalType = 'int32' | 'int64' | 'string';

/** A column of the file; every one may hold nulls. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: PhysicalType;
}

/** One byte a record, 1 where it has a value and 0 where it is null; null where every record has one. */
export type Levels = Uint8Array | null;

/** Whole numbers from 0 up to 2^53-1, of the records that have one. */
export interface IntValues {
  readonly kind: 'int';
  readonly values: Int32Array | Float64Array;
  readonly levels: Levels;
}

/** Texts as indices into distinct texts that are all used, of the records that have one. */
export interface TextValues {
  readonly kind: 'text';
  readonly indices: Uint32Array;
  readonly texts: readonly string[];
  readonly levels: Levels;
}

/** One column of one row group. */
export type ColumnValues = IntValues | TextValues;
