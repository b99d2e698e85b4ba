/** The rule that somebody named. */
import type { Rule } from '../../shared/rules/rule.ts';
import { suggest } from '../../shared/suggest.ts';
import { UsageError } from '../exit.ts';

/** The rule with an id; says which was probably meant where there is none. */
export function findRule(rules: readonly Rule[], id: string): Rule {
  const rule = rules.find((each) => each.id === id);
  if (rule !== undefined) return rule;
  const near =
    suggest(
      id,
      rules.map((each) => each.id),
    ) ?? rules.find((each) => each.id.includes(id))?.id;
  const hint = near === undefined ? '`sekisho rules list` shows them all' : `did you mean \`${near}\`?`;
  throw new UsageError([`there is no rule \`${id}\`: ${hint}`]);
}
