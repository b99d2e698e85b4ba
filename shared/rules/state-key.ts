/** The name under which a rule's window state is kept. */
import { createHash } from 'node:crypto';
import type { Expression, Operand } from './expression.ts';
import type { Rule } from './rule.ts';

/**
 * The rule's id and 16 hex digits of a SHA-256 over all that decides its state. Where something was written,
 * and how (`tcp` or `6`), does not count: only a rule that means something else starts afresh.
 */
export function stateKeyOf(rule: Omit<Rule, 'stateKey'>): string {
  const meaning = {
    where: meaningOf(rule.where),
    except: rule.except === undefined ? null : meaningOf(rule.except),
    by: rule.by,
    window: rule.window === undefined ? null : { ...rule.window, when: { ...rule.window.when, text: undefined } },
  };
  const hash = createHash('sha256').update(JSON.stringify(meaning)).digest('hex');
  return `${rule.id}-${hash.slice(0, 16)}`;
}

function meaningOf(expression: Expression): unknown {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return [expression.kind, ...expression.terms.map(meaningOf)];
    case 'not':
      return ['not', meaningOf(expression.term)];
    case 'test':
      return [expression.field, expression.operator, ...expression.operands.map(meaningOfOperand)];
  }
}

function meaningOfOperand(operand: Operand): unknown {
  switch (operand.kind) {
    case 'numbers':
      return [operand.low, operand.high];
    case 'addresses':
      return [String(operand.low), String(operand.high)];
    case 'text':
      return operand.text;
    case 'list':
      return operand.values.map(meaningOfOperand);
  }
}
