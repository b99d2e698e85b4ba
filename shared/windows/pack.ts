/**
 * Columns of integers in as few bytes as they need: each value less the smallest one, all lowest bytes first, then all
 * second ones, and so on. Columns that hold one value need none at all, and what compresses well lies together.
 */

/** A column while it is worked with. */
export type Numbers = Int32Array | Float64Array;

/** How a column is packed. */
export interface Packing {
  /** Number of values. */
  readonly length: number;
  /** Bytes a value, 0 to 7; 8 for numbers as they are (IEEE 754), where the values lie too far apart. */
  readonly width: number;
  /** The smallest value. */
  readonly base: number;
}

/** A packed column. */
export interface Packed extends Packing {
  /** `length` × `width` bytes. */
  readonly bytes: Uint8Array;
}

/** The width of numbers as they are. */
const RAW = 8;
const WORD = 2 ** 32;

/** How the values would be packed best. */
export function planPacking(values: Numbers): Packing {
  const { length } = values;
  if (length === 0) return { length, width: 0, base: 0 };
  let low = values[0]!;
  let high = low;
  for (let row = 1; row < length; row++) {
    const value = values[row]!;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  const isExact = Number.isSafeInteger(low) && Number.isSafeInteger(high) && Number.isSafeInteger(high - low);
  return isExact ? { length, width: bytesFor(high - low), base: low } : { length, width: RAW, base: 0 };
}

function bytesFor(range: number): number {
  let width = 0;
  for (let left = range; left >= 1; left /= 256) width++;
  return width;
}

/** Packs values as planned into `length` × `width` bytes. */
export function packInto(bytes: Uint8Array, values: Numbers, { length, width, base }: Packing): void {
  if (width === RAW) {
    bytes.set(new Uint8Array(Float64Array.from(values).buffer));
    return;
  }
  for (let plane = 0; plane < Math.min(width, 4); plane++) {
    const from = plane * length;
    const shift = plane * 8;
    for (let row = 0; row < length; row++) bytes[from + row] = (values[row]! - base) >>> shift;
  }
  for (let plane = 4; plane < width; plane++) {
    const from = plane * length;
    const shift = (plane - 4) * 8;
    for (let row = 0; row < length; row++) bytes[from + row] = Math.floor((values[row]! - base) / WORD) >>> shift;
  }
}

/** Packs values. */
export function pack(values: Numbers): Packed {
  const packing = planPacking(values);
  const bytes = new Uint8Array(packing.length * packing.width);
  packInto(bytes, values, packing);
  return { ...packing, bytes };
}

/** One value of a packed column. */
export function packedAt({ length, width, base, bytes }: Packed, row: number): number {
  if (width === RAW) return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(row * RAW, true);
  let value = 0;
  for (let plane = width - 1; plane >= 0; plane--) value = value * 256 + bytes[plane * length + row]!;
  return base + value;
}

/** The column as 32-bit integers. */
export function unpackInts({ length, width, base, bytes }: Packed): Int32Array {
  if (width > 4) throw new Error(`a column of 32-bit integers has ${width} bytes a value`);
  const values = new Int32Array(length).fill(base);
  for (let plane = 0; plane < width; plane++) {
    const from = plane * length;
    const shift = plane * 8;
    for (let row = 0; row < length; row++) values[row]! += bytes[from + row]! << shift;
  }
  return values;
}

/** The column as numbers. */
export function unpackNumbers({ length, width, base, bytes }: Packed): Float64Array {
  if (width === RAW) return new Float64Array(bytes.slice().buffer);
  const values = new Float64Array(length).fill(base);
  for (let plane = 0; plane < width; plane++) {
    const from = plane * length;
    const factor = 256 ** plane;
    for (let row = 0; row < length; row++) values[row]! += bytes[from + row]! * factor;
  }
  return values;
}

/** The first value and the differences from each to the next: small, and much alike, where values mostly rise. */
export function stepsOf(values: Int32Array): Int32Array {
  const steps = new Int32Array(values.length);
  let previous = 0;
  for (let row = 0; row < values.length; row++) {
    steps[row] = values[row]! - previous;
    previous = values[row]!;
  }
  return steps;
}

/** The values that {@link stepsOf} had. */
export function valuesOfSteps(steps: Int32Array): Int32Array {
  const values = new Int32Array(steps.length);
  let value = 0;
  for (let row = 0; row < steps.length; row++) values[row] = value += steps[row]!;
  return values;
}
