/**
 * A column chunk: one column of one row group, as a dictionary page and one data page.
 *
 * Source: Apache Parquet format, parquet.thrift (PageHeader, ColumnMetaData) and README.md, "Data Pages".
 */
import { ByteSink } from './bytes.ts';
import type { ColumnValues, Levels, ParquetColumn } from './column.ts';
import { encodeValues } from './encoding.ts';
import { encodeHybrid } from './hybrid.ts';
import type { Bounds } from './plain.ts';
import { encodeThrift, i32, struct } from './thrift.ts';
import { compressPage } from './zstd.ts';

/** Encodings by parquet.thrift's numbers. */
export const ENCODING = { plain: 0, rle: 3, delta: 5, dictionary: 8 } as const;

/** Kinds of pages by parquet.thrift's numbers. */
export const PAGE = { data: 0, dictionary: 2 } as const;

/** Below this, compressing costs more time than its bytes are worth. */
const WORTH_COMPRESSING = 64;

/** A chunk's bytes, and what the footer says about them. */
export interface EncodedChunk {
  /** Headers and bodies in file order. */
  readonly parts: readonly Uint8Array[];
  readonly encoding: 'plain' | 'delta' | 'dictionary';
  readonly compressed: boolean;
  /** Bytes of the dictionary page with its header; 0 without one. */
  readonly dictionarySize: number;
  /** Bytes of all parts. */
  readonly size: number;
  /** The same before compression. */
  readonly uncompressedSize: number;
  readonly nulls: number;
  readonly bounds?: Bounds;
}

/** Encodes one column of a row group of `rows` records. */
export function encodeChunk(column: ParquetColumn, values: ColumnValues, rows: number): EncodedChunk {
  const encoded = encodeValues(values, column.type);
  const data = withLevels(values.levels, rows, encoded.body);
  const bodies = encoded.dictionary === undefined ? [data] : [encoded.dictionary.body, data];
  const { stored, compressed } = compressWherePaid(bodies);
  const headers = bodies.map((body, index) => {
    const isData = index === bodies.length - 1;
    return encodeThrift({
      1: i32(isData ? PAGE.data : PAGE.dictionary),
      2: i32(body.length),
      3: i32(stored[index]!.length),
      5: isData
        ? struct({ 1: i32(rows), 2: i32(ENCODING[encoded.encoding]), 3: i32(ENCODING.rle), 4: i32(ENCODING.rle) })
        : undefined,
      7: isData ? undefined : struct({ 1: i32(encoded.dictionary?.size ?? 0), 2: i32(ENCODING.plain) }),
    });
  });
  const headersSize = total(headers);
  const present = values.kind === 'int' ? values.values.length : values.indices.length;
  return {
    parts: headers.flatMap((header, index) => [header, stored[index]!]),
    encoding: encoded.encoding,
    compressed,
    dictionarySize: bodies.length === 1 ? 0 : headers[0]!.length + stored[0]!.length,
    size: headersSize + total(stored),
    uncompressedSize: headersSize + total(bodies),
    nulls: rows - present,
    ...(encoded.bounds === undefined ? {} : { bounds: encoded.bounds }),
  };
}

/** A data page's body: the definition levels after their length, then the values. */
function withLevels(levels: Levels, rows: number, values: Uint8Array): Uint8Array {
  const sink = new ByteSink(values.length + 64);
  sink.uint32(0);
  if (levels === null) {
    sink.varint(rows * 2);
    sink.byte(1);
  } else {
    encodeHybrid(sink, levels, 1);
  }
  new DataView(sink.bytes.buffer).setUint32(0, sink.length - 4, true);
  sink.append(values);
  return sink.written();
}

/** The bodies as Zstandard frames where that saves a twentieth, else as they are: a chunk has one codec. */
function compressWherePaid(bodies: readonly Uint8Array[]): { stored: readonly Uint8Array[]; compressed: boolean } {
  const size = total(bodies);
  if (size < WORTH_COMPRESSING) return { stored: bodies, compressed: false };
  const frames = bodies.map(compressPage);
  return total(frames) < 0.95 * size ? { stored: frames, compressed: true } : { stored: bodies, compressed: false };
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
