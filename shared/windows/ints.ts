/** A list of integers that grows, in four bytes each. */
import { grown } from './pairs.ts';

/** A growing list of 32-bit integers. */
export class Ints {
  #values = new Int32Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The integers so far; not to be kept while the list grows. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#values = grown(this.#values);
    this.#values[this.#length++] = value;
  }
}
