/**
 * Texts to codes: the hash table behind dictionary-coded columns. It works on the payload's bytes, four at a time,
 * so that a text is made only once, when it is first seen.
 */

import type { AddressTableBuilder } from './address.ts';
import type { AddressTable } from './columns.ts';

/** What {@link DictionaryBuilder.scan} answers for a text its columns do not take. */
export const NOT_A_VALUE = -1;

/** By byte: 1 within a value. Space and control characters end one; quotes and backslashes are left to the slow way. */
export const IN_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 0x20 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

const SEED = 0x811c9dc5 | 0;
const PRIME = 0x9e3779b1 | 0;
/** By number of bytes: a mask that keeps so many of a little-endian word's first bytes. */
const FIRST_BYTES = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1);

/** Tells whether the text at `bytes[from, to)`, seen for the first time, is a value of the columns. */
export type Acceptance = (bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * Collects the distinct texts of one or several columns, numbering them from 1 in order of appearance (0 is null).
 * A text is checked once, when it is first seen.
 */
export class DictionaryBuilder {
  readonly #addresses: AddressTableBuilder | undefined;
  readonly #accepts: Acceptance;
  /** Codes given so far, 0 included. */
  #count = 1;
  /** Whether any text is more than ASCII. */
  #isWide = false;
  /** Codes by hash, open addressing; 0 is a free slot. */
  #slots = new Uint32Array(32);
  #mask = 31;
  /** The texts' bytes as little-endian words, each text filled up with zeros to a whole word. */
  #arena = new Int32Array(128);
  #used = 0;
  /** By code: its first word in the arena, its length in bytes, its hash. */
  #starts = new Uint32Array(32);
  #lengths = new Uint32Array(32);
  #hashes = new Int32Array(32);

  /** `addresses`, where the texts are addresses, keeps them as numbers beside the texts; it read them in `accepts`. */
  constructor(accepts: Acceptance, addresses?: AddressTableBuilder) {
    this.#accepts = accepts;
    this.#addresses = addresses;
  }

  /** The texts by code; all are made at once, which costs a fraction of making each when it is met. */
  texts(): string[] {
    const bytes = Buffer.from(this.#arena.buffer, 0, this.#used * 4);
    const all = this.#isWide ? undefined : bytes.toString('latin1');
    const texts = [''];
    for (let code = 1; code < this.#count; code++) {
      const from = this.#starts[code]! * 4;
      const to = from + this.#lengths[code]!;
      texts.push(all === undefined ? bytes.toString('utf8', from, to) : all.slice(from, to));
    }
    return texts;
  }

  /** Forgets all texts, keeping the memory. */
  clear(): void {
    this.#slots.fill(0);
    this.#count = 1;
    this.#used = 0;
    this.#isWide = false;
  }

  /** The addresses by code, where the texts are addresses. */
  addressTable(): AddressTable | undefined {
    return this.#addresses?.table(this.#count);
  }

  /** Where the text that {@link scan} took ends. */
  end = 0;

  /**
   * The code of the value that starts at `from` and runs to the next byte `terminator`; {@link NOT_A_VALUE} where these
   * columns don't take it, or the data ends too close behind it to be read in words. Sets {@link end}.
   * `view` is over `bytes`.
   */
  scan(bytes: Uint8Array, view: DataView, from: number, terminator: number): number {
    const limit = view.byteLength - 4;
    const pattern = Math.imul(terminator, 0x01010101);
    let hash = SEED;
    let at = from;
    for (;;) {
      if (at > limit) return NOT_A_VALUE;
      const word = view.getInt32(at, true);
      const difference = word ^ pattern;
      // the lowest bit set marks the first byte that is the terminator
      const found = ((difference - 0x01010101) | 0) & ~difference & 0x80808080;
      if (found === 0) {
        hash = mix(hash, word);
        at += 4;
        continue;
      }
      const rest = (31 - Math.clz32(found & -found)) >> 3;
      if (rest > 0) hash = mix(hash, word & FIRST_BYTES[rest]!);
      at += rest;
      break;
    }
    this.end = at;
    if (at === from) return NOT_A_VALUE;
    const code = this.#find(hash, view, from, at - from);
    if (code !== 0) return code;
    return this.#accepts(bytes, from, at) ? this.#insert(hash, bytes, view, from, at - from) : NOT_A_VALUE;
  }

  /** The code of a text that is known to be a value of these columns. */
  intern(text: string): number {
    const length = Buffer.byteLength(text);
    const bytes = Buffer.alloc(length + 4);
    bytes.write(text);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let hash = SEED;
    for (let at = 0; at < length; at += 4) hash = mix(hash, view.getInt32(at, true));
    const code = this.#find(hash, view, 0, length);
    if (code !== 0) return code;
    this.#addresses?.read(bytes, 0, length);
    return this.#insert(hash, bytes, view, 0, length);
  }

  /** The code of a text met before, 0 where it is new. */
  #find(hash: number, view: DataView, from: number, length: number): number {
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.#slots[slot]!;
      if (code === 0) return 0;
      if (this.#hashes[code] === hash && this.#lengths[code] === length && this.#equals(code, view, from, length)) {
        return code;
      }
    }
  }

  #equals(code: number, view: DataView, from: number, length: number): boolean {
    const arena = this.#arena;
    const end = from + length;
    let stored = this.#starts[code]!;
    let at = from;
    for (; at + 4 <= end; at += 4) if (view.getInt32(at, true) !== arena[stored++]) return false;
    return at === end || (view.getInt32(at, true) & FIRST_BYTES[end - at]!) === arena[stored];
  }

  #insert(hash: number, bytes: Uint8Array, view: DataView, from: number, length: number): number {
    for (let at = from; at < from + length; at++) if (bytes[at]! >= 0x80) this.#isWide = true;
    const code = this.#count++;
    this.#addresses?.add(code);
    if (code === this.#starts.length) {
      const capacity = code * 2;
      this.#starts = grown(this.#starts, new Uint32Array(capacity));
      this.#lengths = grown(this.#lengths, new Uint32Array(capacity));
      this.#hashes = grown(this.#hashes, new Int32Array(capacity));
    }
    const words = (length + 3) >> 2;
    if (this.#used + words > this.#arena.length) {
      this.#arena = grown(this.#arena, new Int32Array(Math.max(this.#used + words, this.#arena.length * 2)));
    }
    for (let word = 0; word < words; word++) {
      const kept = Math.min(4, length - word * 4);
      this.#arena[this.#used + word] = view.getInt32(from + word * 4, true) & FIRST_BYTES[kept]!;
    }
    this.#starts[code] = this.#used;
    this.#lengths[code] = length;
    this.#hashes[code] = hash;
    this.#used += words;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    else this.#place(code);
    return code;
  }

  #place(code: number): void {
    let slot = this.#hashes[code]! & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = code;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let code = 1; code < this.#count; code++) this.#place(code);
  }
}

/** Whether every byte may stand in a value; quotes, backslashes and control characters are left to the slow way. */
export function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (IN_VALUE[bytes[at]!] !== 1) return false;
  return true;
}

/** One step of the hash; the shift brings the differences of high bytes down to the bits that choose a slot. */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, PRIME);
  return product ^ (product >>> 15);
}

function grown<T extends Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
