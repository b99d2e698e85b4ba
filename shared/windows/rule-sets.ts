/** Which rules a record matched, as one number: a set stands for a smaller set and one more rule. */
import { NONE, Pairs } from './pairs.ts';

/** The set of no rule. */
export const NO_RULE = 0;

/** The sets of contributions without any row. */
export function startSets(): Pairs {
  const sets = new Pairs();
  sets.code(NONE, 0);
  return sets;
}

/** By set: the indices of its rules, in the order in which they were added. */
export function rulesOfSets(sets: Pairs): readonly (readonly number[])[] {
  const rules: (readonly number[])[] = [[]];
  // smaller sets come before the larger ones that begin with them
  for (let set = 1; set < sets.length; set++) rules.push([...rules[sets.first(set)]!, sets.second(set)]);
  return rules;
}
