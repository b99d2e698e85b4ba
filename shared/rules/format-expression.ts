/** A checked expression as text in the rule language again, with no more parentheses than it needs. */
import type { Expression, Operand, Test } from './expression.ts';

/** The expression as somebody would write it; reading it gives one that means the same. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
      return expression.terms.map((term) => grouped(term, term.kind === 'or')).join(' and ');
    case 'or':
      return expression.terms.map((term) => grouped(term, term.kind === 'and')).join(' or ');
    case 'not':
      return `not ${grouped(expression.term, expression.term.kind === 'and' || expression.term.kind === 'or')}`;
    case 'presence':
      return `has(${expression.field})`;
    case 'test':
      return formatTest(expression);
  }
}

function grouped(expression: Expression, needed: boolean): string {
  const text = formatExpression(expression);
  return needed ? `(${text})` : text;
}

function formatTest({ field, operator, operands }: Test): string {
  const values = operands.map(formatOperand);
  const takesSet = operator !== '=' && operator !== '!=' && !operator.startsWith('<') && !operator.startsWith('>');
  return `${field} ${operator} ${takesSet && values.length > 1 ? `(${values.join(', ')})` : values.join(', ')}`;
}

function formatOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'list':
      return `@${operand.name}`;
    case 'text':
    case 'pattern':
      return operand.text.includes("'") ? `"${operand.text}"` : `'${operand.text}'`;
    case 'numbers':
    case 'addresses':
    case 'flags':
      return operand.text;
  }
}
