/** Which encoding suits a column's values, and their pages' bodies under it. */
import { ByteSink } from './bytes.ts';
import type { ColumnValues, IntValues, PhysicalType } from './column.ts';
import { DELTA_SPAN, encodeDelta, estimateDeltaBits } from './delta.ts';
import { bitWidth, encodeHybrid } from './hybrid.ts';
import { buildIntDictionary } from './int-dictionary.ts';
import { encodeInts, encodeTexts, textBounds, type Bounds } from './plain.ts';

/** What a column chunk's pages hold, before compression. */
export interface EncodedValues {
  readonly encoding: 'plain' | 'delta' | 'dictionary';
  /** The dictionary page's body and number of values. */
  readonly dictionary?: { readonly body: Uint8Array; readonly size: number };
  /** The data page's values, without levels. */
  readonly body: Uint8Array;
  /** Undefined where every record is null. */
  readonly bounds?: Bounds;
}

/** Zstandard takes a dictionary of integers to about this part of its size; packed values hardly shrink. */
const DICTIONARY_SHRINKS_TO = 0.6;
/** … and plain 64-bit integers, most of whose bytes are zero, to about this part. */
const PLAIN_SHRINKS_TO = 0.5;

/** Encodes the values that are there; nulls are the levels' business. */
export function encodeValues(column: ColumnValues, type: PhysicalType): EncodedValues {
  if (column.kind === 'int') return encodeIntColumn(column, type === 'int32' ? 32 : 64);
  if (column.texts.length === 0) return { encoding: 'plain', body: new Uint8Array(0) };
  return {
    encoding: 'dictionary',
    dictionary: { body: encodeTexts(column.texts), size: column.texts.length },
    body: encodeIndices(column.indices, column.texts.length),
    bounds: textBounds(column.texts),
  };
}

function encodeIntColumn({ values }: IntValues, bits: 32 | 64): EncodedValues {
  const count = values.length;
  if (count === 0) return { encoding: 'plain', body: new Uint8Array(0) };
  let min = values[0]!;
  let max = min;
  for (let row = 1; row < count; row++) {
    const value = values[row]!;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  const bounds = { min: encodeInts(Float64Array.of(min), bits), max: encodeInts(Float64Array.of(max), bits) };

  const deltaBits = max - min < DELTA_SPAN ? estimateDeltaBits(values) : Infinity;
  const otherBits = Math.min(deltaBits, bits * PLAIN_SHRINKS_TO);
  const most = min === max ? 1 : Math.floor((count * otherBits) / (bits * DICTIONARY_SHRINKS_TO));
  const dictionary = most === 0 ? undefined : buildIntDictionary(values, min, max, most);
  if (dictionary !== undefined) {
    const size = dictionary.values.length;
    if (size === 1 || size * bits * DICTIONARY_SHRINKS_TO + count * bitWidth(size - 1) < count * otherBits) {
      const body = encodeIndices(dictionary.indices, size);
      return { encoding: 'dictionary', dictionary: { body: encodeInts(dictionary.values, bits), size }, body, bounds };
    }
  }
  if (deltaBits === Infinity) return { encoding: 'plain', body: encodeInts(values, bits), bounds };
  const sink = new ByteSink(Math.ceil((count * deltaBits) / 8) + 256);
  encodeDelta(sink, values);
  return { encoding: 'delta', body: sink.written(), bounds };
}

/** A dictionary-coded page's values: the width in one byte, then the indices. */
function encodeIndices(indices: Uint32Array, size: number): Uint8Array {
  const width = bitWidth(size - 1);
  const sink = new ByteSink(Math.ceil((indices.length * width) / 8) + 64);
  sink.byte(width);
  encodeHybrid(sink, indices, width);
  return sink.written();
}
