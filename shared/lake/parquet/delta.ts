/**
 * Parquet's delta encoding of integers: times and counters that differ little from their neighbours.
 *
 * Source: Apache Parquet format, Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
 */
import type { ByteSink } from './bytes.ts';
import { packBits } from './hybrid.ts';

const BLOCK = 128;
const MINIBLOCK = 32;
const MINIBLOCKS = BLOCK / MINIBLOCK;

/** Values may be delta-coded when they span less than this: every difference of differences then fits 32 bits. */
export const DELTA_SPAN = 2 ** 30;

/** Appends the values, whole numbers from 0 on that span less than {@link DELTA_SPAN}. */
export function encodeDelta(sink: ByteSink, values: Int32Array | Float64Array): void {
  const count = values.length;
  sink.varint(BLOCK);
  sink.varint(MINIBLOCKS);
  sink.varint(count);
  sink.zigzag(values[0] ?? 0);
  const deltas = new Uint32Array(BLOCK);
  for (let from = 1; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    const least = leastDelta(values, from, size);
    sink.zigzag(least);
    deltas.fill(0);
    for (let i = 0; i < size; i++) deltas[i] = values[from + i]! - values[from + i - 1]! - least;
    const used = Math.ceil(size / MINIBLOCK);
    const widths = sink.length;
    for (let mini = 0; mini < MINIBLOCKS; mini++) sink.byte(mini < used ? width(deltas, mini * MINIBLOCK) : 0);
    for (let mini = 0; mini < used; mini++) {
      packBits(sink, deltas, mini * MINIBLOCK, (mini + 1) * MINIBLOCK, sink.bytes[widths + mini]!);
    }
  }
}

/** The bits a value takes when delta-coded, judged by a few blocks spread over the column. */
export function estimateDeltaBits(values: Int32Array | Float64Array): number {
  const blocks = Math.ceil((values.length - 1) / BLOCK);
  if (blocks <= 0) return 0;
  const step = Math.max(1, Math.floor(blocks / 16)) * BLOCK;
  const deltas = new Uint32Array(BLOCK);
  let bits = 0;
  let sampled = 0;
  for (let from = 1; from < values.length; from += step) {
    const size = Math.min(BLOCK, values.length - from);
    const least = leastDelta(values, from, size);
    deltas.fill(0);
    for (let i = 0; i < size; i++) deltas[i] = values[from + i]! - values[from + i - 1]! - least;
    for (let mini = 0; mini < size; mini += MINIBLOCK) bits += width(deltas, mini) * MINIBLOCK;
    sampled += size;
  }
  return bits / sampled;
}

function leastDelta(values: Int32Array | Float64Array, from: number, size: number): number {
  let least = DELTA_SPAN;
  for (let i = from; i < from + size; i++) {
    const delta = values[i]! - values[i - 1]!;
    if (delta < least) least = delta;
  }
  return least;
}

function width(deltas: Uint32Array, from: number): number {
  let all = 0;
  for (let i = from; i < from + MINIBLOCK; i++) all |= deltas[i]!;
  return 32 - Math.clz32(all);
}
