/** The name under which a rule's window state is kept. */
import { createHash } from 'node:crypto';
import type { Expression, Operand } from './expression.ts';
import type { Condition, Rule } from './rule.ts';

/**
 * The rule's id and 16 hex digits of a SHA-256 over all that decides its state. Where something was written,
 * and how (`tcp` or `6`), does not count: only a rule that means something else starts afresh.
 */
export function stateKeyOf(rule: Omit<Rule, 'stateKey'>): string {
  const meaning = {
    where: meaningOf(rule.where),
    except: rule.except === undefined ? null : meaningOf(rule.except),
    by: rule.by,
    condition: meaningOfCondition(rule.condition),
  };
  const hash = createHash('sha256').update(JSON.stringify(meaning)).digest('hex');
  return `${rule.id}-${hash.slice(0, 16)}`;
}

/** A text that conditions share which mean the same. */
export function conditionKeyOf(condition: Condition): string {
  return JSON.stringify(meaningOfCondition(condition));
}

function meaningOfCondition(condition: Condition): unknown {
  switch (condition.kind) {
    case 'match':
      return null;
    case 'window': {
      const { seconds, when, then } = condition;
      const sequel = then === undefined ? null : [meaningOf(then.where), then.within];
      return ['window', seconds, when.measure, when.operator, when.value, sequel];
    }
    case 'absence':
    case 'new':
    case 'baseline':
      return { ...condition, text: undefined };
  }
}

function meaningOf(expression: Expression): unknown {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return [expression.kind, ...expression.terms.map(meaningOf)];
    case 'not':
      return ['not', meaningOf(expression.term)];
    case 'presence':
      return ['has', expression.field];
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
    case 'pattern':
      return operand.text;
    case 'flags':
      return operand.mask;
    case 'list':
      // a refreshed list leaves the rule what it is
      return operand.outside === true ? { list: operand.name } : operand.values.map(meaningOfOperand);
  }
}
