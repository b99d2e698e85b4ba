/** Which kind of flow log a rule is about. */
import { FIELD_BY_COLUMN, type FlowTable } from '../flow/fields.ts';
import { fieldsOf, type Expression } from './expression.ts';
import type { Condition, Measure } from './rule.ts';

/**
 * A rule that names a field only transit gateways have is about their records; any other rule is about those of network
 * interfaces, which log the same traffic: a rule that saw both would count it twice.
 */
export function tableOfRule(rule: RuleFields): FlowTable {
  return [...fieldsOfRule(rule)].some((field) => isMissingIn(field, 'vpc')) ? 'tgw' : 'vpc';
}

/** Whether no record of a kind of flow log has a field. */
export function isMissingIn(column: string, table: FlowTable): boolean {
  return FIELD_BY_COLUMN.get(column)?.tables.includes(table) === false;
}

/** The parts of a rule that name the fields it looks at; a rule that is still being read may lack its `where`. */
export interface RuleFields {
  readonly where: Expression | undefined;
  readonly except: Expression | undefined;
  readonly by: readonly string[];
  readonly condition: Condition;
}

/** Every column that a rule looks at, derived ones included. */
export function fieldsOfRule(rule: RuleFields): ReadonlySet<string> {
  return new Set([
    ...[rule.where, rule.except].flatMap((each) => (each === undefined ? [] : fieldsOf(each))),
    ...rule.by,
    ...fieldsOfCondition(rule.condition),
  ]);
}

function fieldsOfCondition(condition: Condition): readonly string[] {
  const then = condition.kind === 'window' ? condition.then : undefined;
  return [...fieldsMeasured(condition), ...(then === undefined ? [] : fieldsOf(then.where))];
}

/** The column that a condition counts, adds up or finds new values of. */
export function fieldsMeasured(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'match':
    case 'absence':
      return [];
    case 'window':
      return fieldsOfMeasure(condition.when.measure);
    case 'new':
      return [condition.field];
    case 'baseline':
      return fieldsOfMeasure(condition.measure);
  }
}

function fieldsOfMeasure(measure: Measure): readonly string[] {
  return measure.kind === 'count' || measure.field === undefined ? [] : [measure.field];
}
