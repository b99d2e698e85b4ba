/** Sets of codes, one a row, as a column: nearly every one of them holds a single code. */
import { grown } from './pairs.ts';

/** A column of sets of codes ≥ 1. */
export class CodeSets {
  /** By row: 0 for nothing, one code as itself, and -1 - an index into `#many`. */
  #codes: Int32Array;
  /** As they were stored, or as sets once they grew. */
  readonly #many: (Int32Array | Set<number>)[];

  constructor(codes: Int32Array = new Int32Array(0), many: readonly Int32Array[] = []) {
    this.#codes = codes;
    this.#many = [...many];
  }

  /** The column as {@link CodeSets} takes it, to be stored; `rows` of it. */
  stored(rows: number): {
    readonly codes: Int32Array;
    readonly many: readonly Int32Array[];
  } {
    return {
      codes: this.#codes.subarray(0, rows),
      many: this.#many.map((set) => (set instanceof Set ? Int32Array.from(set) : set)),
    };
  }

  /** Makes room for more rows. */
  grow(): void {
    this.#codes = grown(this.#codes);
  }

  /** Adds a code to a row's set; 0 adds nothing. */
  add(row: number, code: number): void {
    const held = this.#codes[row]!;
    if (held === code || code === 0) return;
    if (held === 0) this.#codes[row] = code;
    else if (held > 0) this.#codes[row] = -this.#many.push(new Set([held, code]));
    else this.#setAt(-1 - held).add(code);
  }

  /** A row's codes, to walk over. */
  codesOf(row: number): Iterable<number> {
    const held = this.#codes[row]!;
    if (held < 0) return this.#many[-1 - held]!;
    return held === 0 ? [] : [held];
  }

  #setAt(index: number): Set<number> {
    const set = this.#many[index]!;
    if (set instanceof Set) return set;
    const fresh = new Set(set);
    this.#many[index] = fresh;
    return fresh;
  }
}
