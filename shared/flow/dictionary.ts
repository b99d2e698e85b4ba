/** Texts to codes: the hash table behind dictionary-coded columns, keyed by bytes so that no text is made twice. */

/** What {@link DictionaryBuilder.intern} answers for a text its columns do not take. */
export const NOT_A_VALUE = -1;

const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/** By byte: 1 within a value. Space and control characters end one; quotes and backslashes are left to the slow way. */
export const IN_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 0x20 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

/**
 * Collects the distinct texts of one or several columns, numbering them from 1 in order of appearance (0 is null).
 * A text is checked once, when it is first seen.
 */
export class DictionaryBuilder {
  readonly texts: string[] = [''];
  readonly #accepts: (text: string) => boolean;
  /** Codes by hash, open addressing; 0 is a free slot. */
  #slots = new Uint32Array(32);
  #mask = 31;
  /** Copies of the texts' bytes, so that entries outlive the payload they came from. */
  #arena: Buffer = Buffer.alloc(512);
  #used = 0;
  /** By code: where its bytes begin (one more entry than there are codes), and their hash. */
  #starts = new Uint32Array(32);
  #hashes = new Uint32Array(32);

  /** `accepts` tells whether a text seen for the first time is a value of these columns. */
  constructor(accepts: (text: string) => boolean) {
    this.#accepts = accepts;
  }

  /** Where the text that {@link scan} took ends. */
  end = 0;

  /**
   * The code of the value that starts at `buffer[from]` and runs to the next byte that ends a value (see
   * {@link IN_VALUE}); {@link NOT_A_VALUE} where there is none or these columns don't take it. Sets {@link end}.
   * `guess` is a code that is likely (the column's last one), 0 for none.
   */
  scan(buffer: Uint8Array, from: number, guess: number): number {
    const inValue = IN_VALUE;
    let at = from;
    if (guess !== 0) {
      const arena = this.#arena;
      const starts = this.#starts;
      const stop = starts[guess + 1]!;
      let stored = starts[guess]!;
      while (stored < stop && buffer[at] === arena[stored]) {
        at++;
        stored++;
      }
      if (stored === stop && inValue[buffer[at]!] !== 1) {
        this.end = at;
        return guess;
      }
      at = from;
    }
    let hash = SEED;
    for (let byte = buffer[at]!; inValue[byte] === 1; byte = buffer[++at]!) hash = Math.imul(hash ^ byte, PRIME);
    this.end = at;
    return at === from ? NOT_A_VALUE : this.#find(spread(hash), buffer, from, at);
  }

  /** The code of a text given whole, or {@link NOT_A_VALUE}. */
  intern(text: string): number {
    const bytes = Buffer.from(text);
    let hash = SEED;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
    return this.#find(spread(hash), bytes, 0, bytes.length);
  }

  #find(hash: number, buffer: Uint8Array, from: number, to: number): number {
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.#slots[slot]!;
      if (code === 0) return this.#insert(slot, hash, buffer, from, to);
      if (this.#hashes[code] === hash && this.#equals(code, buffer, from, to)) return code;
    }
  }

  #equals(code: number, buffer: Uint8Array, from: number, to: number): boolean {
    const arena = this.#arena;
    let at = this.#starts[code]!;
    if (this.#starts[code + 1]! - at !== to - from) return false;
    for (let i = from; i < to; i++) if (buffer[i] !== arena[at++]) return false;
    return true;
  }

  #insert(slot: number, hash: number, buffer: Uint8Array, from: number, to: number): number {
    const end = this.#used + (to - from);
    if (end > this.#arena.length) this.#arena = grown(this.#arena, Buffer.alloc(Math.max(end, this.#arena.length * 2)));
    let all = 0;
    for (let i = from, at = this.#used; i < to; i++) all |= this.#arena[at++] = buffer[i]!;
    const text = this.#arena.toString(all < 0x80 ? 'latin1' : 'utf8', this.#used, end);
    if (!this.#accepts(text)) return NOT_A_VALUE;
    const code = this.texts.push(text) - 1;
    if (code + 1 >= this.#starts.length) {
      this.#starts = grown(this.#starts, new Uint32Array(this.#starts.length * 2));
      this.#hashes = grown(this.#hashes, new Uint32Array(this.#hashes.length * 2));
    }
    this.#starts[code] = this.#used;
    this.#starts[code + 1] = end;
    this.#used = end;
    this.#hashes[code] = hash;
    this.#slots[slot] = code;
    if (this.texts.length * 2 > this.#slots.length) this.#rehash();
    return code;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let code = 1; code < this.texts.length; code++) {
      let slot = this.#hashes[code]! & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = code;
    }
  }
}

/** FNV's low bits alone cluster for texts that differ at the end. */
function spread(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}

function grown<T extends Uint32Array | Buffer>(from: T, to: T): T {
  to.set(from);
  return to;
}
