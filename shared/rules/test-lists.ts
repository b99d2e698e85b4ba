/** Lists that a test fills for itself, so that it can show what a rule does with them while they are empty by default. */
import { testsOf, type Expression, type Operand, type Test } from './expression.ts';
import { resolveList } from './lists.ts';
import type { Condition, Rule } from './rule.ts';
import type { Mapping, ShapeReader } from './shape.ts';
import { findField } from './value.ts';

/** Entries by the list's name, without the `@`. */
export type TestLists = Readonly<Record<string, readonly string[]>>;

/** The rule with these entries in the lists that it names, in place of those that it was loaded with. */
export function withLists(rule: Rule, lists: TestLists): Rule {
  const replace = (expression: Expression): Expression => replaceLists(expression, lists);
  return {
    ...rule,
    where: replace(rule.where),
    except: rule.except && replace(rule.except),
    condition: replaceInCondition(rule.condition, replace),
  };
}

/** Reads a test's `lists`; reported are names that the rule's expressions do not have, and entries that do not fit there. */
export function readTestLists(reader: ShapeReader, test: Mapping, expressions: readonly Expression[]): TestLists {
  const section = test.entries.get('lists');
  const mapping = section && reader.mapping(section.value, '`lists`', undefined, section.keySpan);
  const held = expressions.flatMap(testsOf).filter((test) => test.kind === 'test');
  const lists: Record<string, readonly string[]> = {};
  for (const { key, keySpan, value } of mapping?.entries.values() ?? []) {
    const tests = held.filter(({ operands }) => operands.some((operand) => isList(operand, key)));
    if (tests.length === 0) reader.report('E501', keySpan, `the rule does not name a list \`@${key}\``);
    const entries = reader.texts(value, `the list \`${key}\``, keySpan)?.map(({ text }) => text) ?? [];
    const problem = tests.map(({ field }) => resolveList({ name: key, entries }, findField(field)!)).find(isProblem);
    if (problem === undefined) lists[key] = entries;
    else reader.report('E502', reader.spanOf(value, keySpan), problem.message, problem.hint);
  }
  return lists;
}

function replaceInCondition(condition: Condition, replace: (expression: Expression) => Expression): Condition {
  if (condition.kind !== 'window' || condition.then === undefined) return condition;
  return { ...condition, then: { ...condition.then, where: replace(condition.then.where) } };
}

function replaceLists(expression: Expression, lists: TestLists): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, terms: expression.terms.map((term) => replaceLists(term, lists)) };
    case 'not':
      return { ...expression, term: replaceLists(expression.term, lists) };
    case 'test':
      return {
        ...expression,
        operands: expression.operands.map((operand) => replaceOperand(expression, operand, lists)),
      };
    case 'presence':
      return expression;
  }
}

function replaceOperand({ field, operator }: Test, operand: Operand, lists: TestLists): Operand {
  const entries = operand.kind === 'list' ? lists[operand.name] : undefined;
  if (operand.kind !== 'list' || entries === undefined) return operand;
  const values = resolveList({ name: operand.name, entries }, findField(field)!);
  if (isProblem(values)) throw new Error(`a test's list has not been checked: ${values.message}`);
  const arePatterns = operator === 'like' || operator === 'not like';
  return {
    ...operand,
    values: values.map((value) => (arePatterns && value.kind === 'text' ? { ...value, kind: 'pattern' } : value)),
  };
}

function isList(operand: Operand, name: string): boolean {
  return operand.kind === 'list' && operand.name === name;
}

function isProblem<Problem extends object>(values: readonly unknown[] | Problem): values is Problem {
  return 'kind' in values;
}
