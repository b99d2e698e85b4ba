/** From the numbers of some contributions' dictionaries to those of others'. */
import { internRules, type Contributions } from './contributions.ts';
import { NONE } from './pairs.ts';
import { PLACES } from './paths.ts';

/** Turns numbers into numbers; the answer is {@link NONE} where the other side has none. */
export interface Translator {
  /** The index of a rule. */
  rule(this: void, index: number): number;
  /** The code of a value. */
  value(this: void, code: number): number;
  path(this: void, path: number): number;
}

const UNASKED = -2;

/** What the numbers refer to. */
type Dictionaries = Pick<Contributions, 'rules' | 'values' | 'paths'>;

/**
 * Makes a translator; what `to` does not know yet is added if it `grows`.
 *
 * @param keyOf the key under which `to` has a rule, by its key in `from`: the same, unless another rule's groups are sought
 */
export function translator(
  from: Dictionaries,
  to: Dictionaries,
  grows: boolean,
  keyOf: (key: string) => string = (key) => key,
): Translator {
  const value = from.values.translateTo(to.values, grows);
  const rules = internRules(to.rules);
  const rule = (index: number): number => {
    const ref = { ...from.rules[index]!, key: keyOf(from.rules[index]!.key) };
    return grows ? rules.code(ref) : (rules.find(ref) ?? NONE);
  };
  const known = new Int32Array(from.paths.length).fill(UNASKED);
  known[PLACES] = PLACES;
  const path = (number: number): number => {
    if (known[number] === UNASKED) {
      const parent = from.paths.first(number);
      const last = from.paths.second(number);
      const begins = parent < 0;
      const first = begins ? parent : path(parent);
      const second = begins ? rule(last) : value(last);
      known[number] = grows ? to.paths.code(first, second) : to.paths.find(first, second);
    }
    return known[number]!;
  };
  return { rule, value, path };
}
