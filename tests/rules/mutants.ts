/** Rules with one thing changed: what a good test of a rule must notice. */
import { formatExpression } from '../../shared/rules/format-expression.ts';
import type { Expression, Operand, Test } from '../../shared/rules/expression.ts';
import { STREAMED_SECONDS, type Condition, type Rule, type WindowCondition } from '../../shared/rules/rule.ts';

/** A rule and what was changed of it. */
export interface Mutant {
  readonly rule: Rule;
  readonly change: string;
}

/** A part of a rule, changed; undefined where nothing is left of it. */
interface Changed<Part> {
  readonly part: Part | undefined;
  readonly change: string;
}

/**
 * Every rule that has one term less in `where`, `except` or `then`, one entry less in a set, one field less in `by`, or
 * a bound, threshold or time that is one more or less. Each has an id of its own.
 */
export function mutantsOf(rule: Rule): readonly Mutant[] {
  const { except, condition } = rule;
  const changes: (readonly [Partial<Rule>, string])[] = [
    ...changesOf(rule.where).flatMap(({ part, change }) =>
      // a rule without `where` is none
      part === undefined ? [] : ([[{ where: part }, `where ${change}`]] as const),
    ),
    ...(except ? changesOf(except) : []).map(({ part, change }) => [{ except: part }, `except ${change}`] as const),
    ...rule.by.map((field) => [{ by: byWithout(rule.by, field) }, `by without ${field}`] as const),
    ...(condition.kind === 'window' ? changesOfWindow(condition) : []).map(
      ({ part, change }) => [{ condition: part! }, change] as const,
    ),
  ];
  return changes.map(([parts, change], index) => {
    const id = `${rule.id}-${index}`;
    return { rule: { ...rule, ...parts, id, stateKey: id }, change };
  });
}

function changesOf(expression: Expression): readonly Changed<Expression>[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.flatMap((term, index) =>
        [...(isGroup(term) ? [without(term)] : []), ...changesOf(term)].map(({ part, change }) => {
          const terms = expression.terms.toSpliced(index, 1, ...(part === undefined ? [] : [part]));
          return { part: { ...expression, terms }, change };
        }),
      );
    case 'not':
    case 'presence':
      return [without(expression)];
    case 'test':
      return [without(expression), ...changesOfOperands(expression)];
  }
}

function without(expression: Expression): Changed<Expression> {
  return { part: undefined, change: `without \`${formatExpression(expression)}\`` };
}

function isGroup({ kind }: Expression): boolean {
  return kind === 'and' || kind === 'or';
}

function changesOfOperands(test: Test): readonly Changed<Expression>[] {
  const named = (operands: readonly Operand[], change: string): Changed<Expression> => ({
    part: { ...test, operands },
    change: `${change} of \`${formatExpression(test)}\``,
  });
  return test.operands.flatMap((operand, index) => [
    ...(test.operands.length > 1 ? [named(test.operands.toSpliced(index, 1), `without \`${nameOf(operand)}\``)] : []),
    ...(isBound(test, operand)
      ? boundsAround(operand).map((bound) => named(test.operands.with(index, bound), `with \`${nameOf(bound)}\``))
      : []),
  ]);
}

/** Whether a value has others below or above it that count the other way: a range's, or what a number is compared with. */
function isBound({ operator }: Test, operand: Operand): operand is NumbersOperand {
  return operand.kind === 'numbers' && (operand.low < operand.high || ['<', '<=', '>', '>='].includes(operator));
}

type NumbersOperand = Extract<Operand, { kind: 'numbers' }>;

function boundsAround({ low, high }: NumbersOperand): readonly Operand[] {
  const bounds =
    low === high
      ? [
          [low - 1, low - 1],
          [low + 1, low + 1],
        ]
      : [
          [low - 1, high],
          [low + 1, high],
          [low, high - 1],
          [low, high + 1],
        ];
  return bounds.map(([from, to]) => ({
    kind: 'numbers',
    low: from!,
    high: to!,
    text: from === to ? `${from}` : `${from}-${to}`,
  }));
}

function nameOf(operand: Operand): string {
  return operand.kind === 'list' ? `@${operand.name}` : operand.text;
}

function byWithout(by: readonly string[], field: string): readonly string[] {
  const rest = by.filter((each) => each !== field);
  return rest.length > 0 ? rest : ['account_id'];
}

function changesOfWindow(condition: WindowCondition): readonly Changed<Condition>[] {
  const { seconds, when, then } = condition;
  // of a rate the least that changes it is one more or less in the whole window
  const step = when.measure.kind === 'rate' ? 1 / seconds : 1;
  const changes: Changed<Condition>[] = [
    ...[-step, step].map((by) => ({
      part: { ...condition, when: { ...when, value: when.value + by } },
      change: `threshold ${when.value + by}`,
    })),
    // longer windows are not streamed, so that nothing would be compared with anything
    ...[-60, 60]
      .map((by) => seconds + by)
      .filter((each) => each <= STREAMED_SECONDS)
      .map((each) => ({ part: { ...condition, seconds: each }, change: `window of ${each / 60}m` })),
  ];
  if (then === undefined) return changes;
  return [
    ...changes,
    ...[-60, 60].map((by) => ({
      part: { ...condition, then: { ...then, within: then.within + by } },
      change: `within ${(then.within + by) / 60}m`,
    })),
    ...changesOf(then.where).flatMap(({ part, change }) =>
      part === undefined ? [] : [{ part: { ...condition, then: { ...then, where: part } }, change: `then ${change}` }],
    ),
  ];
}
