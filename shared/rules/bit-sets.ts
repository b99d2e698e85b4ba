/** Sets of clauses as bits, and a pool that gives equal sets one number. */

/** Bits of a set: clause `c` is bit `c & 31` of word `c >>> 5`. */
export type Bits = Uint32Array;

/** Clauses from one number up to, not including, another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The set of so many clauses, all of them. */
export function allBits(clauses: number): Bits {
  const bits = new Uint32Array(Math.ceil(clauses / 32)).fill(0xffff_ffff);
  if (clauses % 32 !== 0) bits[bits.length - 1] = 2 ** (clauses % 32) - 1;
  return bits;
}

/** Puts a clause into a set. */
export function setBit(bits: Bits, clause: number): void {
  bits[clause >>> 5]! |= 1 << (clause & 31);
}

/** The clauses of a set, ascending. */
export function membersOf(bits: Bits): number[] {
  const clauses: number[] = [];
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) clauses.push(word * 32 + 31 - Math.clz32(rest & -rest));
  }
  return clauses;
}

/** True where two sets have a clause in common. */
export function meet(a: Bits, b: Bits): boolean {
  for (let word = 0; word < a.length; word++) if ((a[word]! & b[word]!) !== 0) return true;
  return false;
}

/** What two sets have in common, written to `out`. */
export function intersect(a: Bits, b: Bits, out: Bits): void {
  for (let word = 0; word < a.length; word++) out[word] = a[word]! & b[word]!;
}

/** Whether a set has a clause of a stretch, those of another set left out. */
export function hasAny(bits: Bits, { from, to }: Stretch, without?: Bits): boolean {
  for (let clause = from; clause < to; clause = (clause | 31) + 1) {
    const word = clause >>> 5;
    const rest = bits[word]! & ~(without?.[word] ?? 0);
    if ((rest & maskOf(clause, to)) !== 0) return true;
  }
  return false;
}

/** Takes the clauses of a stretch out of a set. */
export function clearAll(bits: Bits, { from, to }: Stretch): void {
  for (let clause = from; clause < to; clause = (clause | 31) + 1) bits[clause >>> 5]! &= ~maskOf(clause, to);
}

/** The bits of a clause and those that follow in its word, up to `to`. */
function maskOf(clause: number, to: number): number {
  const end = Math.min(32, to - (clause & ~31));
  return (end === 32 ? -1 : (1 << end) - 1) & (-1 << (clause & 31));
}

/** Number of clauses in a set. */
export function sizeOf(bits: Bits): number {
  let size = 0;
  for (let word = 0; word < bits.length; word++) size += countOf(bits[word]!);
  return size;
}

/** Bits set in a word, counted side by side in ever wider fields of it (Warren, Hacker's Delight, 5-1). */
function countOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Distinct sets, numbered in order of appearance. */
export class BitSetPool {
  readonly #sets: Bits[] = [];
  /** Numbers by content, open addressing; -1 is a free slot. */
  #slots = new Int32Array(64).fill(-1);

  /** Number of distinct sets. */
  get size(): number {
    return this.#sets.length;
  }

  /** A set's bits; not to be changed. */
  bits(number: number): Bits {
    return this.#sets[number]!;
  }

  /** A set's number; its bits are copied if it is new. */
  intern(bits: Bits): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(bits) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]!;
      if (number === -1) {
        this.#slots[slot] = this.#sets.length;
        this.#sets.push(bits.slice());
        if (this.#sets.length * 2 > this.#slots.length) this.#grow();
        return this.#sets.length - 1;
      }
      if (isEqual(this.#sets[number]!, bits)) return number;
    }
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (const [number, bits] of this.#sets.entries()) {
      let slot = hashOf(bits) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

function isEqual(a: Bits, b: Bits): boolean {
  for (let word = 0; word < a.length; word++) if (a[word] !== b[word]) return false;
  return true;
}

function hashOf(bits: Bits): number {
  let hash = 0x811c9dc5;
  for (let word = 0; word < bits.length; word++) hash = Math.imul(hash ^ bits[word]!, 0x9e3779b1) ^ (hash >>> 15);
  return (hash ^ (hash >>> 16)) >>> 0;
}
