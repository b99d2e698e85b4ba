/** What an expression means, written as plainly as possible: the judge of the compiled engine. */
import type { FieldValue } from '../../shared/flow/columns.ts';
import { valuesOf, type Expression, type Test, type Value } from '../../shared/rules/expression.ts';

/** Reads a field of a record, recorded or derived. */
export type Reader = (column: string) => FieldValue;

/** True, false, or null for unknown. */
export function evaluate(expression: Expression, read: Reader): boolean | null {
  switch (expression.kind) {
    case 'presence':
      return read(expression.field) !== null;
    case 'test':
      return evaluateTest(expression, read(expression.field));
    case 'not': {
      const term = evaluate(expression.term, read);
      return term === null ? null : !term;
    }
    case 'and':
    case 'or': {
      const terms = new Set(expression.terms.map((term) => evaluate(term, read)));
      const decisive = expression.kind === 'or';
      if (terms.has(decisive)) return decisive;
      return terms.has(null) ? null : !decisive;
    }
  }
}

/** A rule matches where `where` is true and `except` is not. */
export function matches(
  rule: { readonly where: Expression; readonly except: Expression | undefined },
  read: Reader,
): boolean {
  return evaluate(rule.where, read) === true && (rule.except === undefined || evaluate(rule.except, read) !== true);
}

function evaluateTest(test: Test, value: FieldValue): boolean | null {
  if (value === null) return null;
  const values = test.operands.flatMap(valuesOf);
  const within = values.some((operand) => holds(operand, value));
  switch (test.operator) {
    case '=':
    case 'in':
    case 'like':
    case 'has':
      return within;
    case '!=':
    case 'not in':
    case 'not like':
    case 'not has':
      return !within;
    case '<':
      return Number(value) < numberOf(values[0]!);
    case '<=':
      return Number(value) <= numberOf(values[0]!);
    case '>':
      return Number(value) > numberOf(values[0]!);
    case '>=':
      return Number(value) >= numberOf(values[0]!);
  }
}

function holds(operand: Value, value: string | number): boolean {
  switch (operand.kind) {
    case 'numbers':
      return Number(value) >= operand.low && Number(value) <= operand.high;
    case 'text':
      return value === operand.text;
    case 'pattern':
      return new RegExp(
        `^${operand.text
          .split('*')
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      ).test(String(value));
    case 'flags':
      return (Number(value) & operand.mask) === operand.mask;
    case 'addresses':
      return inNetwork(String(value), operand.text);
  }
}

/** From the texts alone, bit by bit. */
function inNetwork(address: string, network: string): boolean {
  const [base, prefix] = network.split('/') as [string, string | undefined];
  const [low, high] = base.split('-') as [string, string | undefined];
  if (high !== undefined)
    return bits(address).length === bits(low).length && bits(address) >= bits(low) && bits(address) <= bits(high);
  const length = prefix === undefined ? bits(base).length : Number(prefix);
  return bits(address).length === bits(base).length && bits(address).slice(0, length) === bits(base).slice(0, length);
}

function bits(address: string): string {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('');
  const [head, tail] = address.split('::').map((half) => half.split(':').filter((group) => group !== '')) as [
    string[],
    string[]?,
  ];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...(tail ?? [])]
    .map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

function numberOf(value: Value): number {
  if (value.kind !== 'numbers') throw new Error('order is for numbers');
  return value.low;
}
