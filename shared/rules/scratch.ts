/** Arrays that every batch needs anew and none keeps: made once, so that evaluating allocates next to nothing. */

/** Working space for one batch at a time; what is in it after a batch means nothing. */
export class Scratch {
  #states = new Int32Array(0);
  #rows = new Uint32Array(0);
  #choices = new Uint32Array(0);
  #known = new Uint32Array(0);
  #ranges = new Int32Array(0);

  /** By row: its state. */
  states(length: number): Int32Array {
    if (this.#states.length < length) this.#states = new Int32Array(length);
    return this.#states.subarray(0, length);
  }

  /** Row numbers. */
  rows(length: number): Uint32Array {
    if (this.#rows.length < length) this.#rows = new Uint32Array(length);
    return this.#rows.subarray(0, length);
  }

  /** Classes of values, in step with the row numbers. */
  choices(length: number): Uint32Array {
    if (this.#choices.length < length) this.#choices = new Uint32Array(length);
    return this.#choices.subarray(0, length);
  }

  /** By dictionary code: the class of a text. */
  known(length: number): Uint32Array {
    if (this.#known.length < length) this.#known = new Uint32Array(length);
    return this.#known.subarray(0, length);
  }

  /** By dictionary code: the range of an address. */
  ranges(length: number): Int32Array {
    if (this.#ranges.length < length) this.#ranges = new Int32Array(length);
    return this.#ranges.subarray(0, length);
  }
}
