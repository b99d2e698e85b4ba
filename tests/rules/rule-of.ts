/** Rules for tests, of nothing but their conditions. */
import { checkExpression } from '../../shared/rules/check.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import { builtInLists, type NamedList } from '../../shared/rules/lists.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { LISTS } from './arbitraries.ts';

/** The lists of random expressions. */
export const lists: ReadonlyMap<string, NamedList> = new Map([
  ...builtInLists(),
  ...Object.entries(LISTS).map(([name, entries]): [string, NamedList] => [name, { name, entries }]),
]);

/** A checked expression; it may be one that a rule is refused for because it never matches. */
function expressionOf(text: string): Expression {
  const { expression, findings } = checkExpression(text, lists);
  if (expression === undefined) throw new Error(`${text}: ${findings[0]?.message}`);
  return expression;
}

/** A rule that alerts on every match. */
export function ruleOf(id: string, where: string, except?: string): Rule {
  return {
    id,
    title: id,
    description: '',
    severity: 'low',
    tags: [],
    where: expressionOf(where),
    except: except === undefined ? undefined : expressionOf(except),
    by: ['interface_id'],
    condition: { kind: 'match' },
    falsePositives: undefined,
    sharpenedBy: [],
    quiets: [],
    suppress: 3600,
    runbook: undefined,
    stateKey: id,
  };
}
