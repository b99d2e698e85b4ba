/** Sets of clauses as numbers: equal sets have one id, and the common part of two sets is worked out once. */

/** The id of the set without any clause. */
export const NONE = 0;

/** Beyond this many bytes the sets met in traffic are forgotten; those of the fields' classes stay. */
const MAX_BYTES = 32 * 2 ** 20;

/**
 * Interned bit sets with memoised intersections. Real traffic meets few combinations again and again,
 * so that a record costs one look-up a field, however many rules there are.
 */
export class ClauseSets {
  readonly #words: number;
  #bits: Uint32Array;
  #count = 0;
  /** Ids by content, open addressing; -1 is a free slot. */
  #slots = new Int32Array(1024).fill(-1);
  /** Memoised pairs: left id, right id, their common part; -1 is a free slot. */
  #pairs = new Int32Array(3 * 4096).fill(-1);
  #pairMask = 4095;
  #pairCount = 0;
  #kept = 0;
  readonly #scratch: Uint32Array;

  /** For sets over `clauses` clauses; id 0 is the empty set. */
  constructor(clauses: number) {
    this.#words = Math.max(1, Math.ceil(clauses / 32));
    this.#bits = new Uint32Array(this.#words * 64);
    this.#scratch = new Uint32Array(this.#words);
    this.intern(this.#scratch);
  }

  /** Words in a set's bits. */
  get words(): number {
    return this.#words;
  }

  /** Number of sets known. */
  get count(): number {
    return this.#count;
  }

  /** The id of a set given by its bits. */
  intern(bits: Uint32Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(bits) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === -1) return this.#insert(slot, bits);
      if (this.#equals(id, bits)) return id;
    }
  }

  /** The id of what two sets have in common. */
  and(left: number, right: number): number {
    if (left === right) return left;
    const pairs = this.#pairs;
    const mask = this.#pairMask;
    for (let slot = hashPair(left, right) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      if (pairs[at] === left && pairs[at + 1] === right) return pairs[at + 2]!;
      if (pairs[at] === -1) return this.#intersect(left, right);
    }
  }

  /** The clauses of a set, ascending. */
  members(id: number): number[] {
    const clauses: number[] = [];
    for (let word = 0; word < this.#words; word++) {
      for (let bits = this.#bits[id * this.#words + word]!; bits !== 0; bits &= bits - 1) {
        clauses.push(word * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
    return clauses;
  }

  /** Keeps the sets known so far for good: ids given out up to now stay valid. */
  keep(): void {
    this.#kept = this.#count;
  }

  /** Forgets what was met in traffic if it has grown too large. Ids given out since {@link keep} are void after it. */
  trim(): void {
    if (this.#bits.byteLength + this.#pairs.byteLength <= MAX_BYTES || this.#count === this.#kept) return;
    this.#count = this.#kept;
    this.#bits = this.#bits.slice(0, this.#words * Math.max(64, this.#kept));
    this.#pairs = new Int32Array(3 * 4096).fill(-1);
    this.#pairMask = 4095;
    this.#pairCount = 0;
    this.#rehash(1024);
  }

  #intersect(left: number, right: number): number {
    const scratch = this.#scratch;
    for (let word = 0; word < this.#words; word++) {
      scratch[word] = this.#bits[left * this.#words + word]! & this.#bits[right * this.#words + word]!;
    }
    const common = this.intern(scratch);
    if (++this.#pairCount * 2 > this.#pairMask) this.#growPairs();
    this.#addPair(left, right, common);
    return common;
  }

  #addPair(left: number, right: number, common: number): void {
    let slot = hashPair(left, right) & this.#pairMask;
    while (this.#pairs[slot * 3] !== -1) slot = (slot + 1) & this.#pairMask;
    this.#pairs[slot * 3] = left;
    this.#pairs[slot * 3 + 1] = right;
    this.#pairs[slot * 3 + 2] = common;
  }

  #growPairs(): void {
    const old = this.#pairs;
    this.#pairs = new Int32Array(old.length * 2).fill(-1);
    this.#pairMask = this.#pairMask * 2 + 1;
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== -1) this.#addPair(old[at]!, old[at + 1]!, old[at + 2]!);
    }
  }

  #insert(slot: number, bits: Uint32Array): number {
    const id = this.#count++;
    if (this.#count * this.#words > this.#bits.length) {
      const grown = new Uint32Array(this.#bits.length * 2);
      grown.set(this.#bits);
      this.#bits = grown;
    }
    this.#bits.set(bits, id * this.#words);
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return id;
  }

  #rehash(atLeast: number): void {
    let size = atLeast;
    while (size < this.#count * 2) size *= 2;
    this.#slots = new Int32Array(size).fill(-1);
    for (let id = 0; id < this.#count; id++) {
      let slot = hashOf(this.#bits.subarray(id * this.#words, (id + 1) * this.#words)) & (size - 1);
      while (this.#slots[slot] !== -1) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = id;
    }
  }

  #equals(id: number, bits: Uint32Array): boolean {
    const start = id * this.#words;
    for (let word = 0; word < this.#words; word++) if (this.#bits[start + word] !== bits[word]) return false;
    return true;
  }
}

function hashOf(bits: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bits.length; i++) hash = Math.imul(hash ^ bits[i]!, 0x9e3779b1) ^ (hash >>> 15);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hashPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) >>> 0;
}
