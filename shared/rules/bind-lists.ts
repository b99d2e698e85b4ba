/** Rules that were checked while lists they name could not be read: they get the lists' entries where they run. */
import { clausesOf, MAX_CLAUSES } from './clauses.ts';
import type { Expression, ListOperand, Operand, Test, Value } from './expression.ts';
import { misfitsOf, resolveList, type NamedList } from './lists.ts';
import type { Condition, Rule } from './rule.ts';
import { findField } from './value.ts';
import { TextLine } from './value-set.ts';

/** What a list held when it was read. */
export type ListEntries = ReadonlyMap<string, readonly string[]>;

/** Rules with their lists. */
export interface BoundRules {
  /** Those whose lists have not changed are the very ones that were given. */
  readonly rules: readonly Rule[];
  /** Entries that can't be held against a field that names their list, each kind told once. */
  readonly problems: readonly string[];
  /** Why the entries can't be used at all: a list fits a field in nothing, or makes a rule too large. */
  readonly refused: string | undefined;
}

/** Gives every operand that names one of the lists the list's entries, as values of its field; its rule stays the same rule. */
export function bindLists(rules: readonly Rule[], entries: ListEntries): BoundRules {
  const lists = new Map<string, NamedList>();
  for (const [name, texts] of entries) lists.set(name, { name, entries: texts, outside: true });
  const binder = new Binder(lists);
  const bound = rules.map((rule) => binder.rule(rule));
  const large = bound.find((rule, index) => rule !== rules[index] && isTooLarge(rule));
  const refused = large && `the rule \`${large.id}\` becomes more than ${MAX_CLAUSES} alternatives with its list`;
  return { rules: bound, problems: [...binder.problems], refused: binder.refused ?? refused };
}

function isTooLarge({ where, except, condition }: Rule): boolean {
  const then = condition.kind === 'window' ? condition.then?.where : undefined;
  const line = new TextLine();
  return [where, except, then].some((part) => part !== undefined && clausesOf(part, line) === undefined);
}

class Binder {
  readonly problems = new Set<string>();
  refused: string | undefined;
  readonly #lists: ReadonlyMap<string, NamedList>;
  /** By list, then by what its values are: who names a list the same way shares it. */
  readonly #operands = new Map<string, ListOperand>();

  constructor(lists: ReadonlyMap<string, NamedList>) {
    this.#lists = lists;
  }

  rule(rule: Rule): Rule {
    const where = this.#expression(rule.where);
    const except = rule.except && this.#expression(rule.except);
    const condition = this.#condition(rule.condition);
    const isSame = where === rule.where && except === rule.except && condition === rule.condition;
    return isSame ? rule : { ...rule, where, except, condition };
  }

  #condition(condition: Condition): Condition {
    if (condition.kind !== 'window' || condition.then === undefined) return condition;
    const where = this.#expression(condition.then.where);
    return where === condition.then.where ? condition : { ...condition, then: { ...condition.then, where } };
  }

  #expression(expression: Expression): Expression {
    switch (expression.kind) {
      case 'and':
      case 'or': {
        const terms = expression.terms.map((term) => this.#expression(term));
        return terms.every((term, index) => term === expression.terms[index]) ? expression : { ...expression, terms };
      }
      case 'not': {
        const term = this.#expression(expression.term);
        return term === expression.term ? expression : { ...expression, term };
      }
      case 'test': {
        const operands = expression.operands.map((operand) => this.#operand(expression, operand));
        const isSame = operands.every((operand, index) => operand === expression.operands[index]);
        return isSame ? expression : { ...expression, operands };
      }
      case 'presence':
        return expression;
    }
  }

  #operand({ field, operator }: Test, operand: Operand): Operand {
    const list = operand.kind === 'list' && operand.outside === true ? this.#lists.get(operand.name) : undefined;
    if (operand.kind !== 'list' || list === undefined) return operand;
    const asPatterns = operator === 'like' || operator === 'not like';
    const key = `${asPatterns} ${field} ${list.name}`;
    const known = this.#operands.get(key);
    if (known !== undefined) return known;
    const values = this.#values(list, field);
    const bound = { ...operand, values: asPatterns ? values.map(asPattern) : values };
    this.#operands.set(key, bound);
    return bound;
  }

  #values(list: NamedList, column: string): readonly Value[] {
    const field = findField(column)!;
    const values = resolveList(list, field);
    if ('kind' in values) {
      this.refused ??= `\`@${list.name}\` can't be held against \`${column}\`: ${values.message}`;
      return [];
    }
    const misfits = misfitsOf(list, field);
    if (misfits.length > 0) {
      const more = misfits.length > 1 ? ` and ${misfits.length - 1} more` : '';
      const what = `\`${misfits[0]}\`${more}`;
      this.problems.add(`of \`@${list.name}\`, ${what} can't be held against \`${column}\`: left out`);
    }
    return values;
  }
}

function asPattern(value: Value): Value {
  return value.kind === 'text' ? { kind: 'pattern', text: value.text } : value;
}
