/** Pairs of integers and their numbers: the hash table behind values, groups and their minutes. */

/** What {@link Pairs.find} answers for a pair without a number. */
export const NONE = -1;

/**
 * Pairs of 32-bit integers, numbered from 0 in order of appearance. The numbers' pairs are two columns; the table that
 * finds a pair's number is made when it is first needed.
 */
export class Pairs {
  #length: number;
  #firsts: Int32Array;
  #seconds: Int32Array;
  /** Numbers + 1 by hash, open addressing; 0 is a free slot. */
  #slots = new Int32Array(0);

  /** Takes over two columns of equal length, by number. */
  constructor(firsts: Int32Array = new Int32Array(0), seconds: Int32Array = new Int32Array(0)) {
    this.#length = firsts.length;
    this.#firsts = firsts;
    this.#seconds = seconds;
  }

  /** How many numbers there are. */
  get length(): number {
    return this.#length;
  }

  /** The first integers, by number. */
  get firsts(): Int32Array {
    return this.#firsts.subarray(0, this.#length);
  }

  /** The second integers, by number. */
  get seconds(): Int32Array {
    return this.#seconds.subarray(0, this.#length);
  }

  /** The first integer of a number's pair. */
  first(number: number): number {
    return this.#firsts[number]!;
  }

  /** The second integer of a number's pair. */
  second(number: number): number {
    return this.#seconds[number]!;
  }

  /** The pair's number, a new one where it has none yet or only one below `since`. */
  code(first: number, second: number, since = 0): number {
    // at least half of the slots stay free, so that every search ends soon
    if ((this.#length + 1) * 2 > this.#slots.length) this.#makeSlots(Math.max(ROOM, this.#length * 2) * 2);
    const slot = this.#slotOf(first, second);
    const known = this.#slots[slot]! - 1;
    if (known >= since) return known;
    const number = this.#append(first, second);
    this.#slots[slot] = number + 1;
    return number;
  }

  /** The pair's number, {@link NONE} where it has none. */
  find(first: number, second: number): number {
    if (this.#slots.length === 0) this.#makeSlots((this.#length + 1) * 2);
    return this.#slots[this.#slotOf(first, second)]! - 1;
  }

  /** The slot that holds the pair's number, or the free one where it belongs. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    const mask = slots.length - 1;
    let slot = hash(first, second) & mask;
    for (;;) {
      const number = slots[slot]! - 1;
      if (number < 0 || (firsts[number] === first && seconds[number] === second)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #append(first: number, second: number): number {
    const number = this.#length++;
    if (number === this.#firsts.length) {
      this.#firsts = grown(this.#firsts);
      this.#seconds = grown(this.#seconds);
    }
    this.#firsts[number] = first;
    this.#seconds[number] = second;
    return number;
  }

  #makeSlots(atLeast: number): void {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(atLeast)));
    // in order, so that of several numbers of one pair the last one stays
    for (let number = 0; number < this.#length; number++) {
      this.#slots[this.#slotOf(this.#firsts[number]!, this.#seconds[number]!)] = number + 1;
    }
  }
}

function hash(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** Rows that a column has room for at least: growing from nothing costs more than what stays unused. */
const ROOM = 1024;

/** A copy of a column with room for more, zeros at its end. */
export function grown<T extends Int32Array | Float64Array>(column: T): T {
  const copy = new (column.constructor as new (length: number) => T)(Math.max(ROOM, column.length * 2));
  copy.set(column);
  return copy;
}
