/**
 * A whole Parquet file in memory: magic number, column chunks row group by row group, footer.
 *
 * Source: Apache Parquet format, parquet.thrift (FileMetaData) and README.md, "File format".
 */
import { encodeChunk, ENCODING, PAGE, type EncodedChunk } from './chunk.ts';
import type { ColumnValues, ParquetColumn } from './column.ts';
import { binary, encodeThrift, i32, i64, list, struct, text, type Thrift } from './thrift.ts';

/** Records of a file that are encoded together. */
interface RowGroup {
  readonly rows: number;
  /** A column's values, made when they are asked for, once, so that one column at a time takes memory. */
  values(column: ParquetColumn): ColumnValues;
}

/** What a file holds. */
export interface ParquetFile {
  readonly columns: readonly ParquetColumn[];
  readonly rowGroups: readonly RowGroup[];
  /** Key-value metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string;
}

const MAGIC = new TextEncoder().encode('PAR1');
const TYPE = { int32: 1, int64: 2, string: 6 } as const;
const OPTIONAL = 1;
const UTF8 = 0;
const CODEC = { none: 0, zstd: 6 } as const;

/** The file's bytes. */
export function encodeParquet(file: ParquetFile): Uint8Array {
  const parts: Uint8Array[] = [MAGIC];
  let offset = MAGIC.length;
  const groups: Thrift[] = [];
  for (const group of file.rowGroups) {
    const start = offset;
    const chunks: Thrift[] = [];
    let uncompressed = 0;
    for (const column of file.columns) {
      const chunk = encodeChunk(column, group.values(column), group.rows);
      chunks.push(struct({ 2: i64(offset), 3: columnMetadata(column, chunk, group.rows, offset) }));
      parts.push(...chunk.parts);
      offset += chunk.size;
      uncompressed += chunk.uncompressedSize;
    }
    groups.push(
      struct({ 1: list(chunks), 2: i64(uncompressed), 3: i64(group.rows), 5: i64(start), 6: i64(offset - start) }),
    );
  }
  const footer = encodeFooter(file, groups);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  return concat([...parts, footer, length, MAGIC]);
}

function encodeFooter(file: ParquetFile, groups: readonly Thrift[]): Uint8Array {
  const rows = file.rowGroups.reduce((sum, group) => sum + group.rows, 0);
  const root = struct({ 4: text('schema'), 5: i32(file.columns.length) });
  const pairs = Object.entries(file.metadata).map(([key, value]) => struct({ 1: text(key), 2: text(value) }));
  return encodeThrift({
    1: i32(2),
    2: list([root, ...file.columns.map(schemaElement)]),
    3: i64(rows),
    4: list(groups),
    5: list(pairs),
    6: text(file.createdBy),
    // Without an order by type readers ignore the bounds.
    7: list(file.columns.map(() => struct({ 1: struct({}) }))),
  });
}

function schemaElement(column: ParquetColumn): Thrift {
  const isText = column.type === 'string';
  return struct({
    1: i32(TYPE[column.type]),
    3: i32(OPTIONAL),
    4: text(column.name),
    6: isText ? i32(UTF8) : undefined,
    10: isText ? struct({ 1: struct({}) }) : undefined,
  });
}

function columnMetadata(column: ParquetColumn, chunk: EncodedChunk, rows: number, offset: number): Thrift {
  const hasDictionary = chunk.dictionarySize > 0;
  const encoding = ENCODING[chunk.encoding];
  const encodings = new Set(hasDictionary ? [ENCODING.plain, ENCODING.rle, encoding] : [ENCODING.rle, encoding]);
  const pageCount = (page: number, of: number) => struct({ 1: i32(page), 2: i32(of), 3: i32(1) });
  return struct({
    1: i32(TYPE[column.type]),
    2: list([...encodings].map(i32)),
    3: list([text(column.name)]),
    4: i32(chunk.compressed ? CODEC.zstd : CODEC.none),
    5: i64(rows),
    6: i64(chunk.uncompressedSize),
    7: i64(chunk.size),
    9: i64(offset + chunk.dictionarySize),
    11: hasDictionary ? i64(offset) : undefined,
    12: struct({
      3: i64(chunk.nulls),
      5: chunk.bounds && binary(chunk.bounds.max),
      6: chunk.bounds && binary(chunk.bounds.min),
    }),
    // Engines prune by a dictionary only where this says that every page uses it.
    13: list([...(hasDictionary ? [pageCount(PAGE.dictionary, ENCODING.plain)] : []), pageCount(PAGE.data, encoding)]),
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
