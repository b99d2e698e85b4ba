/**
 * Values one after the other, as dictionary pages hold them, and the bounds for statistics.
 *
 * Source: Apache Parquet format, Encodings.md, "Plain (PLAIN = 0)".
 */
import { Buffer } from 'node:buffer';
import { ByteSink } from './bytes.ts';

/** A column's smallest and largest value as statistics hold them: plain-encoded, texts without a length. */
export interface Bounds {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** The integers as little-endian 32- or 64-bit values. */
export function encodeInts(values: Int32Array | Float64Array, bits: 32 | 64): Uint8Array {
  const words = new Uint32Array((values.length * bits) / 32);
  if (bits === 32) {
    for (let i = 0; i < values.length; i++) words[i] = values[i]!;
  } else {
    for (let i = 0; i < values.length; i++) {
      // What is stored into a Uint32Array is taken modulo 2^32, its fraction dropped.
      words[2 * i] = values[i]!;
      words[2 * i + 1] = values[i]! / 4_294_967_296;
    }
  }
  // Typed arrays have the machine's byte order, which is little-endian wherever Node 24 runs but on s390x.
  return new Uint8Array(words.buffer);
}

/** The texts as UTF-8, each after its length in bytes. */
export function encodeTexts(texts: readonly string[]): Uint8Array {
  const sink = new ByteSink(16 * texts.length);
  for (const text of texts) {
    sink.reserve(4 + 3 * text.length);
    const bytes = sink.bytes;
    const start = sink.length + 4;
    let at = start;
    let ascii = true;
    for (let i = 0; i < text.length && ascii; i++) {
      const unit = text.charCodeAt(i);
      ascii = unit < 128;
      bytes[at++] = unit;
    }
    if (!ascii) at = start + encoder.encodeInto(text, bytes.subarray(start)).written;
    sink.uint32(at - start);
    sink.length = at;
  }
  return sink.written();
}

/** The smallest and the largest text by their UTF-8 bytes. `texts` is not empty. */
export function textBounds(texts: readonly string[]): Bounds {
  let min = texts[0]!;
  let max = min;
  for (const text of texts) {
    // UTF-16's order differs from UTF-8's only where surrogates are.
    if (SURROGATE.test(text)) return byteBounds(texts);
    if (text < min) min = text;
    if (text > max) max = text;
  }
  return { min: Buffer.from(min), max: Buffer.from(max) };
}

function byteBounds(texts: readonly string[]): Bounds {
  const bytes = texts.map((text) => Buffer.from(text)).toSorted((a, b) => a.compare(b));
  return { min: bytes[0]!, max: bytes.at(-1)! };
}

const SURROGATE = /[\ud800-\udfff]/;
const encoder = new TextEncoder();
