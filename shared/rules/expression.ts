/** A checked expression: fields are known, lists are resolved, values have their field's type. */
import type { Span } from './diagnostics.ts';
import type { ComparisonOperator } from './lex.ts';

/** A value, or a range of values with both ends included; `text` is how it was written. */
export type Value =
  | { readonly kind: 'numbers'; readonly low: number; readonly high: number; readonly text: string }
  /** Places on the address line, see address.ts: an address, a network, or a range of addresses. */
  | { readonly kind: 'addresses'; readonly low: bigint; readonly high: bigint; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Of `like`: a text in which each `*` stands for any characters, or none. */
  | { readonly kind: 'pattern'; readonly text: string }
  /** Of `has`: TCP flags that must all be set. */
  | { readonly kind: 'flags'; readonly mask: number; readonly text: string };

/** What stands to the right of an operator. */
export type Operand = Value | ListOperand;

/** A named list, resolved for the field of its test. */
export interface ListOperand {
  readonly kind: 'list';
  readonly name: string;
  readonly values: readonly Value[];
  /** True for a list kept elsewhere, see {@link NamedList} in lists.ts: it counts by its name, its values change. */
  readonly outside?: boolean;
}

/** How a test relates its field to its operands. */
export type TestOperator = ComparisonOperator | 'in' | 'not in' | 'like' | 'not like' | 'has' | 'not has';

/**
 * One field held against one value, or against any number of them, of which one has to fit, for `in`, `like` and `has`
 * and their negations.
 */
export interface Test {
  readonly kind: 'test';
  /** A record's or a derived field's column name. */
  readonly field: string;
  readonly operator: TestOperator;
  readonly operands: readonly Operand[];
  readonly span: Span;
}

/** Whether a field has a value: true or false, never unknown. */
export interface Presence {
  readonly kind: 'presence';
  readonly field: string;
  readonly span: Span;
}

/**
 * A condition on a record: true, false, or unknown. A test on a field without value (`-`) is unknown,
 * and so is its negation; `and` and `or` go by three-valued logic, as in SQL. Only true matches.
 */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'not'; readonly term: Expression; readonly span: Span }
  | Test
  | Presence;

/** An operand's values: a list's, or the value itself. */
export function valuesOf(operand: Operand): readonly Value[] {
  return operand.kind === 'list' ? operand.values : [operand];
}

/** The tests of an expression, left to right. */
export function testsOf(expression: Expression): readonly (Test | Presence)[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.flatMap(testsOf);
    case 'not':
      return testsOf(expression.term);
    case 'test':
    case 'presence':
      return [expression];
  }
}

/** What stands to the right of each test of an expression, left to right. */
export function operandsOf(expression: Expression): readonly Operand[] {
  return testsOf(expression).flatMap((test) => (test.kind === 'test' ? test.operands : []));
}

/** The field of each test of an expression, with repetitions. */
export function fieldsOf(expression: Expression): readonly string[] {
  return testsOf(expression).map(({ field }) => field);
}

/** Whether an expression names a list that will change without the rule: one kept elsewhere, or without entries yet. */
export function namesOpenList(expression: Expression): boolean {
  return listsOf(expression).some(({ outside, values }) => outside === true || values.length === 0);
}

/** Whether an expression names a list. */
export function namesList(expression: Expression): boolean {
  return listsOf(expression).length > 0;
}

function listsOf(expression: Expression): readonly ListOperand[] {
  return operandsOf(expression).filter((operand) => operand.kind === 'list');
}
