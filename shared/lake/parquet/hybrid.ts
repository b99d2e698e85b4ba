/**
 * Parquet's hybrid of runs and bit-packed values: dictionary indices and definition levels.
 *
 * Source: Apache Parquet format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
 */
import type { ByteSink } from './bytes.ts';

/** From this length on, a run of equal values is written as a run. */
const RUN = 24;

/** The bits that hold 0 … `largest`; at least one, because some readers stumble over a width of none. */
export function bitWidth(largest: number): number {
  return Math.max(1, 32 - Math.clz32(largest));
}

/** Appends the values, each below 2^`width`, as runs and bit-packed groups of eight. */
export function encodeHybrid(sink: ByteSink, values: Uint8Array | Uint32Array, width: number): void {
  const count = values.length;
  let literal = 0;
  let at = 0;
  while (at < count) {
    const value = values[at]!;
    let end = at + 1;
    while (end < count && values[end] === value) end++;
    // Bit-packed values come in eights: a run gives its first ones to fill up the group before it.
    const start = at + ((8 - ((at - literal) & 7)) & 7);
    if (end - start >= RUN) {
      packGroups(sink, values, literal, start, width);
      sink.varint((end - start) * 2);
      for (let bits = 0; bits < width; bits += 8) sink.byte(value >>> bits);
      literal = end;
    }
    at = end;
  }
  packGroups(sink, values, literal, count, width);
}

function packGroups(sink: ByteSink, values: Uint8Array | Uint32Array, from: number, to: number, width: number): void {
  if (from === to) return;
  const groups = Math.ceil((to - from) / 8);
  sink.varint(groups * 2 + 1);
  const start = sink.length;
  packBits(sink, values, from, to, width);
  const padding = start + groups * width - sink.length;
  sink.reserve(padding);
  sink.bytes.fill(0, sink.length, sink.length + padding);
  sink.length += padding;
}

/** Appends `values[from … to)`, `width` bits each (up to 32), least significant bit first; the last byte is zero-filled. */
export function packBits(
  sink: ByteSink,
  values: Uint8Array | Uint32Array,
  from: number,
  to: number,
  width: number,
): void {
  sink.reserve(Math.ceil(((to - from) * width) / 8) + 1);
  const bytes = sink.bytes;
  let at = sink.length;
  if (width === 8) {
    bytes.set(values.subarray(from, to), at);
    at += to - from;
  } else if (width <= 24) {
    // Up to 7 bits wait for the next value, so 24 more still fit a 32-bit integer.
    let waiting = 0;
    let bits = 0;
    for (let row = from; row < to; row++) {
      waiting |= values[row]! << bits;
      bits += width;
      while (bits >= 8) {
        bytes[at++] = waiting;
        waiting >>>= 8;
        bits -= 8;
      }
    }
    if (bits > 0) bytes[at++] = waiting;
  } else {
    let waiting = 0;
    let bits = 0;
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      for (let shift = 0; shift < width; shift += 16) {
        const part = Math.min(16, width - shift);
        waiting |= ((value >>> shift) & 0xffff) << bits;
        bits += part;
        while (bits >= 8) {
          bytes[at++] = waiting;
          waiting >>>= 8;
          bits -= 8;
        }
      }
    }
    if (bits > 0) bytes[at++] = waiting;
  }
  sink.length = at;
}
