/** Which kind of flow log a rule is about. */
import { FIELD_BY_COLUMN, type FlowTable } from '../flow/fields.ts';
import { fieldsOf } from './expression.ts';
import type { Condition, Measure, Rule } from './rule.ts';

/**
 * A rule that names a field only transit gateways have is about their records; any other rule is about those of network
 * interfaces, which log the same traffic: a rule that saw both would count it twice.
 */
export function tableOfRule(rule: Rule): FlowTable {
  return [...fieldsOfRule(rule)].some((field) => FIELD_BY_COLUMN.get(field)?.tables.includes('vpc') === false)
    ? 'tgw'
    : 'vpc';
}

/** Every column that a rule looks at, derived ones included. */
export function fieldsOfRule(rule: Rule): ReadonlySet<string> {
  return new Set([
    ...fieldsOf(rule.where),
    ...(rule.except === undefined ? [] : fieldsOf(rule.except)),
    ...rule.by,
    ...fieldsOfCondition(rule.condition),
  ]);
}

function fieldsOfCondition(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'match':
    case 'absence':
      return [];
    case 'window':
      return [
        ...fieldsOfMeasure(condition.when.measure),
        ...(condition.then === undefined ? [] : fieldsOf(condition.then.where)),
      ];
    case 'new':
      return [condition.field];
    case 'baseline':
      return fieldsOfMeasure(condition.measure);
  }
}

function fieldsOfMeasure(measure: Measure): readonly string[] {
  return measure.kind === 'count' || measure.field === undefined ? [] : [measure.field];
}
