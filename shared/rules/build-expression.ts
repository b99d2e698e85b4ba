/** Small expressions put together by the program rather than read from a text. */
import type { Expression, Operand, Test, TestOperator } from './expression.ts';
import type { Span } from './diagnostics.ts';
import { PROTOCOL_NUMBERS } from './protocols.ts';

const NOWHERE: Span = { start: 0, end: 0 };

/** A test. */
export function test(field: string, operator: TestOperator, operands: readonly Operand[]): Test {
  return { kind: 'test', field, operator, operands, span: NOWHERE };
}

/** A test for a text. */
export function equals(field: string, text: string): Test {
  return test(field, '=', [{ kind: 'text', text }]);
}

/** Whether a field has no value. */
export function isNull(field: string): Expression {
  return { kind: 'not', term: { kind: 'presence', field, span: NOWHERE }, span: NOWHERE };
}

/** All of the terms; those that are undefined ask for nothing. Undefined where nothing is left to ask. */
export function allOf(...terms: readonly (Expression | undefined)[]): Expression | undefined {
  return join(
    'and',
    terms.filter((term) => term !== undefined),
  );
}

/** Any of the terms; undefined where there is none, and so nothing that could be true. */
export function anyOf(...terms: readonly Expression[]): Expression | undefined {
  return join('or', terms);
}

function join(kind: 'and' | 'or', terms: readonly Expression[]): Expression | undefined {
  const flat = terms.flatMap((term) => (term.kind === kind ? term.terms : [term]));
  return flat.length < 2 ? flat[0] : { kind, terms: flat, span: NOWHERE };
}

/** A protocol by its number, named as people write it. */
export function protocol(number: number): Operand {
  const name = [...PROTOCOL_NUMBERS].find(([, known]) => known === number)?.[0];
  return { kind: 'numbers', low: number, high: number, text: name ?? String(number) };
}
