/** Which rules a record matched, as one number: a set stands for a smaller set and one more rule. */
import { NONE, Pairs } from './pairs.ts';

/** The set of no rule. */
export const NO_RULE = 0;

/** Sets of rules by number. */
export class RuleSets {
  /** By set: the smaller one, and the rule that it has more; to be stored. */
  readonly pairs: Pairs;
  readonly #rules: (readonly number[])[] = [[]];

  /** Takes over stored pairs. */
  constructor(pairs = new Pairs()) {
    this.pairs = pairs;
    if (pairs.length === 0) pairs.code(NONE, 0);
  }

  /** How many sets there are. */
  get length(): number {
    return this.pairs.length;
  }

  /** The set with one more rule, given by its index. */
  with(set: number, rule: number): number {
    return this.pairs.code(set, rule);
  }

  /** The indices of a set's rules, in the order in which they were added. */
  rulesOf(set: number): readonly number[] {
    // smaller sets come before the larger ones that begin with them
    for (let next = this.#rules.length; next <= set; next++) {
      this.#rules.push([...this.#rules[this.pairs.first(next)]!, this.pairs.second(next)]);
    }
    return this.#rules[set]!;
  }
}
