/** Which kind of flow log a rule is about. */
import { FIELD_BY_COLUMN, type FlowTable } from '../flow/fields.ts';
import type { Expression } from './expression.ts';
import type { Rule } from './rule.ts';

/**
 * A rule that names a field only transit gateways have is about their records; any other rule is about those of network
 * interfaces, which log the same traffic: a rule that saw both would count it twice.
 */
export function tableOfRule(rule: Rule): FlowTable {
  const measure = rule.window?.when.measure;
  const fields = [
    ...fieldsOf(rule.where),
    ...(rule.except === undefined ? [] : fieldsOf(rule.except)),
    ...rule.by,
    ...(measure === undefined || measure.kind === 'count' ? [] : [measure.field]),
  ];
  return fields.some((field) => FIELD_BY_COLUMN.get(field)?.tables.includes('vpc') === false) ? 'tgw' : 'vpc';
}

function fieldsOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(expression.term);
    case 'test':
      return [expression.field];
  }
}
