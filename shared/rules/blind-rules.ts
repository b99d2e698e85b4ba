/** Rules that no record of some formats can match, because the formats lack fields that the rules look at. */
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import type { Format } from '../flow/format.ts';
import { fieldsOf, type Expression } from './expression.ts';
import type { Condition, Rule } from './rule.ts';
import { fieldsMeasured, tableOfRule } from './table.ts';

/** A rule that no record can match, and why. */
export interface BlindRule {
  readonly rule: Rule;
  /** The columns that it lacks; where each of several would do, these are one text (`srcport or tcp_flags`). */
  readonly lacks: readonly string[];
  /** Whether a field of AWS's default format is among them: somebody has left it out. */
  readonly lacksDefault: boolean;
}

/** Rules that match in none of the formats; of a kind of flow log that has no format here nothing is said. */
export function findBlindRules(rules: readonly Rule[], formats: readonly Format[]): readonly BlindRule[] {
  const columnsOf = ({ fields }: Format): readonly string[] => fields.map(({ column }) => column);
  return rules.flatMap((rule) => {
    const known = formats.filter(({ table }) => table === tableOfRule(rule)).map(columnsOf);
    /** Whether it would match if the formats had these columns as well. */
    const wouldMatch = (added: readonly string[]): boolean =>
      known.some((columns) => canMatch(rule, new Set([...columns, ...added])));
    if (known.length === 0 || wouldMatch([])) return [];
    const missing = recordedFields(rule).filter((column) => !known.every((columns) => columns.includes(column)));
    const needed = missing.filter((column) => !wouldMatch(missing.filter((other) => other !== column)));
    const [lacks, blamed] = needed.length > 0 ? [needed, needed] : [[missing.join(' or ')], missing];
    return { rule, lacks, lacksDefault: blamed.some(isOfDefault) };
  });
}

/** VPC flow logs have version 2 by default, those of transit gateways everything. */
function isOfDefault(column: string): boolean {
  const field = FIELD_BY_COLUMN.get(column);
  return field !== undefined && (field.since === 2 || !field.tables.includes('vpc'));
}

/**
 * Whether some record with these columns may match a rule. `except` does not count, as it keeps nothing out where it is
 * unknown, nor does `by`, as null is a group.
 */
function canMatch({ where, condition }: Rule, columns: ReadonlySet<string>): boolean {
  const then = sequelOf(condition);
  return (
    canBe(where, true, columns) &&
    // null is never new, never counts as distinct, and adds nothing
    fieldsMeasured(condition).every((field) => hasField(field, columns)) &&
    (then === undefined || canBe(then, true, columns))
  );
}

/** Whether an expression can be true (or false) of a record: a test on a field without value is neither. */
function canBe(expression: Expression, value: boolean, columns: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'test':
      return hasField(expression.field, columns);
    case 'presence':
      return !value || hasField(expression.field, columns);
    case 'not':
      return canBe(expression.term, !value, columns);
    case 'and':
    case 'or': {
      const terms = expression.terms.map((term) => canBe(term, value, columns));
      return (expression.kind === 'and') === value ? terms.every(Boolean) : terms.some(Boolean);
    }
  }
}

function sequelOf(condition: Condition): Expression | undefined {
  return condition.kind === 'window' ? condition.then?.where : undefined;
}

/** Without one of these a derived field has no value in any record; see direction.ts. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  direction: ['srcaddr', 'dstaddr'],
  initiator: ['srcport', 'dstport'],
  client: ['srcaddr', 'dstaddr', 'srcport', 'dstport'],
  server: ['srcaddr', 'dstaddr', 'srcport', 'dstport'],
  client_port: ['srcport', 'dstport'],
  server_port: ['srcport', 'dstport'],
};

function hasField(field: string, columns: ReadonlySet<string>): boolean {
  if (field === 'direction' && columns.has('flow_direction')) return true;
  return (SOURCES[field] ?? [field]).every((column) => columns.has(column));
}

/** The columns that a rule's matches depend on. */
function recordedFields({ where, condition }: Rule): readonly string[] {
  const then = sequelOf(condition);
  const fields = [...fieldsOf(where), ...fieldsMeasured(condition), ...(then === undefined ? [] : fieldsOf(then))];
  return [...new Set(fields.flatMap((field) => SOURCES[field] ?? [field]))];
}
