/** Which fields of a flow log a rule needs, and since which version flow logs have them. */
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import type { Format } from '../flow/format.ts';
import type { Rule } from './rule.ts';
import { fieldsOf, type Expression } from './expression.ts';
import { fieldsOfRule, tableOfRule } from './table.ts';

/** What derived fields are worked out from; `direction` needs `flow_direction` only where addresses do not tell. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  direction: ['srcaddr', 'dstaddr'],
  initiator: ['srcport', 'dstport', 'protocol'],
  client: ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'],
  server: ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'],
  client_port: ['srcport', 'dstport', 'protocol'],
  server_port: ['srcport', 'dstport', 'protocol'],
};

/** What makes a derived field better where a format has it. */
const SHARPER: Readonly<Record<string, readonly string[]>> = {
  direction: ['flow_direction'],
  initiator: ['tcp_flags'],
  client: ['tcp_flags'],
  server: ['tcp_flags'],
  client_port: ['tcp_flags'],
  server_port: ['tcp_flags'],
};

/** A field that a rule needs, or that sharpens it. */
export interface FieldNeed {
  readonly column: string;
  /** The flow-log version that brought it; the default format is version 2. */
  readonly since: number;
}

/** The fields that a rule needs and those that make it better, in the order of AWS's table. */
export interface NeededFields {
  readonly needed: readonly FieldNeed[];
  readonly sharpening: readonly FieldNeed[];
  /** Fields that the rule names and that are worked out, not recorded. */
  readonly derived: readonly string[];
}

/** Which fields a rule needs. */
export function neededFields(rule: Rule): NeededFields {
  const named = [...fieldsOfRule(rule)];
  const optional = tableOfRule(rule) === 'tgw' ? new Set<string>() : optionalFields(rule, named);
  const recorded = (columns: readonly string[]): readonly string[] =>
    columns.flatMap((column) => SOURCES[column] ?? [column]);
  const needed = new Set(recorded(named.filter((column) => !optional.has(column))));
  const derived = named.filter((column) => SOURCES[column] !== undefined);
  const sharpening = new Set([
    ...rule.sharpenedBy,
    ...recorded([...optional]),
    ...derived.flatMap((column) => SHARPER[column] ?? []),
  ]);
  return {
    needed: inTableOrder(needed),
    sharpening: inTableOrder(sharpening).filter(({ column }) => !needed.has(column)),
    derived,
  };
}

/**
 * Fields beyond the default format without which a rule works all the same: they are only in its `except`, or in one
 * alternative of several.
 */
function optionalFields({ where, except, by, condition }: Rule, named: readonly string[]): ReadonlySet<string> {
  const sequel = condition.kind === 'window' ? condition.then?.where : undefined;
  const expressions = [where, except, sequel].filter((expression) => expression !== undefined);
  const looked = new Set(expressions.flatMap(fieldsOf));
  const counted = named.filter((column) => !looked.has(column));
  const needed = new Set([
    ...by,
    ...counted,
    ...indispensable(where),
    ...(sequel === undefined ? [] : indispensable(sequel)),
  ]);
  return new Set(named.filter((column) => isBeyondDefault(column) && !needed.has(column)));
}

/** Fields beyond the default format without which an expression is never true. */
function indispensable(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'presence':
      return [];
    case 'test':
      return isBeyondDefault(expression.field) ? [expression.field] : [];
    case 'not':
      return indispensable(expression.term);
    case 'and':
      return expression.terms.flatMap(indispensable);
    case 'or': {
      const [first = [], ...others] = expression.terms.map(indispensable);
      if ([first, ...others].every((fields) => fields.length > 0)) return [first, ...others].flat();
      return [];
    }
  }
}

function isBeyondDefault(column: string): boolean {
  return (FIELD_BY_COLUMN.get(column)?.since ?? 2) > 2;
}

/** The needed and the sharpening fields that a format does not have. */
export function missingFields(
  { needed, sharpening }: NeededFields,
  format: Format,
): { readonly needed: readonly string[]; readonly sharpening: readonly string[] } {
  const has = new Set(format.fields.map(({ column }) => column));
  const missing = (fields: readonly FieldNeed[]): readonly string[] =>
    fields.flatMap(({ column }) => (has.has(column) ? [] : column));
  return { needed: missing(needed), sharpening: missing(sharpening) };
}

function inTableOrder(columns: ReadonlySet<string>): readonly FieldNeed[] {
  return [...FIELD_BY_COLUMN.values()].flatMap(({ column, since }) => (columns.has(column) ? { column, since } : []));
}
