/**
 * The classes of a text field that rules hold against patterns. No table can list the texts that fit a pattern, so that
 * a text's class is worked out when it is first met: from the place it has if a rule names it, and from each pattern.
 */
import { BitSetPool, type Bits } from './bit-sets.ts';
import { compilePattern, type PatternTest } from './pattern.ts';

/** A pattern, and the clauses that a text loses by fitting it, or by not fitting it. */
export interface PatternDemand {
  readonly pattern: string;
  readonly lostByFitting: readonly number[];
  readonly lostByNotFitting: readonly number[];
}

/** What is known of texts before any is met. */
export interface TextOrigin {
  /** The clauses that texts satisfy patterns aside. */
  readonly named: ReadonlyMap<string, Bits>;
  /** The same of any other text. */
  readonly others: Bits;
  readonly ofNull: Bits;
  readonly demands: readonly PatternDemand[];
}

/** Texts that are remembered with their class, at most. */
const MAX_TEXTS = 65_536;

/** Beyond so many bytes of classes they are forgotten. */
const MAX_BYTES = 16 * 2 ** 20;

/** The classes met so far. */
export class TextClasses {
  /** By class: the clauses that its texts satisfy as far as the field goes; grows as texts are met. */
  readonly choices: Bits[] = [];
  /** What they were made from. */
  readonly origin: TextOrigin;
  readonly #demands: readonly (PatternDemand & { readonly fits: PatternTest })[];
  #pool = new BitSetPool();
  readonly #known = new Map<string, number>();

  /** `named` are the clauses that texts satisfy patterns aside, `others` those of any other text. */
  constructor(named: ReadonlyMap<string, Bits>, others: Bits, ofNull: Bits, demands: readonly PatternDemand[]) {
    this.origin = { named, others, ofNull, demands };
    this.#demands = demands.map((demand) => ({ ...demand, fits: compilePattern(demand.pattern) }));
    this.#intern(ofNull);
  }

  /** True where the classes have grown too many to be kept. */
  get isFull(): boolean {
    return this.choices.length * this.origin.ofNull.byteLength > MAX_BYTES;
  }

  /** Starts afresh; whoever kept a class's number must forget it too. */
  forget(): void {
    this.#pool = new BitSetPool();
    this.#known.clear();
    this.choices.length = 0;
    this.#intern(this.origin.ofNull);
  }

  /** The class of records without value. */
  get null(): number {
    return 0;
  }

  /** A text's class. */
  classOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const bits = (this.origin.named.get(text) ?? this.origin.others).slice();
    for (const { fits, lostByFitting, lostByNotFitting } of this.#demands) {
      for (const clause of fits(text) ? lostByFitting : lostByNotFitting) bits[clause >>> 5]! &= ~(1 << (clause & 31));
    }
    const found = this.#intern(bits);
    if (this.#known.size >= MAX_TEXTS) this.#known.clear();
    this.#known.set(text, found);
    return found;
  }

  #intern(bits: Bits): number {
    const number = this.#pool.intern(bits);
    if (number === this.choices.length) this.choices.push(this.#pool.bits(number));
    return number;
  }
}
