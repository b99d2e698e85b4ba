/** The distinct values of an integer column, and each record's index among them. */

/** Distinct values in order of appearance, and one index a record. */
export interface IntDictionary {
  readonly values: Float64Array;
  readonly indices: Uint32Array;
}

/** The column's dictionary; undefined when it would hold more than `most` values. `min` and `max` bound the values. */
export function buildIntDictionary(
  values: Int32Array | Float64Array,
  min: number,
  max: number,
  most: number,
): IntDictionary | undefined {
  return max - min < 4 * values.length + 1024 ? byTable(values, min, max, most) : byHash(values, most);
}

/** Narrow ranges: a table from value to index. */
function byTable(values: Int32Array | Float64Array, min: number, max: number, most: number): IntDictionary | undefined {
  const count = values.length;
  const table = new Uint32Array(max - min + 1);
  const indices = new Uint32Array(count);
  const distinct = new Float64Array(Math.min(count, most));
  let size = 0;
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    let index = table[value - min]!;
    if (index === 0) {
      if (size === most) return undefined;
      distinct[size] = value;
      index = ++size;
      table[value - min] = index;
    }
    indices[row] = index - 1;
  }
  return { values: distinct.subarray(0, size), indices };
}

/** Wide ranges: open addressing, at most half full. */
function byHash(values: Int32Array | Float64Array, most: number): IntDictionary | undefined {
  const count = values.length;
  const capacity = Math.min(count, most);
  const bits = Math.max(4, 33 - Math.clz32(capacity));
  const mask = 2 ** bits - 1;
  const slots = new Uint32Array(mask + 1);
  const indices = new Uint32Array(count);
  const distinct = new Float64Array(capacity);
  let size = 0;
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    let slot = Math.imul(value ^ (value / 4_294_967_296), 0x9e3779b1) >>> (32 - bits);
    let index = slots[slot]!;
    while (index !== 0 && distinct[index - 1] !== value) {
      slot = (slot + 1) & mask;
      index = slots[slot]!;
    }
    if (index === 0) {
      if (size === most) return undefined;
      distinct[size] = value;
      index = ++size;
      slots[slot] = index;
    }
    indices[row] = index - 1;
  }
  return { values: distinct.subarray(0, size), indices };
}
