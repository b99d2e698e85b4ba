/** The records that a rule looks at, as the first step of its query. */
import type { FlowTable } from '../flow/fields.ts';
import type { Expression } from '../rules/expression.ts';
import type { Measure, Rule } from '../rules/rule.ts';
import { tableOfRule } from '../rules/table.ts';
import { doubleLiteral } from './dialect.ts';
import { expressionSql, fieldSql, type SqlScope } from './expression-sql.ts';

/** What a rule's query is made for. */
export interface RuleSqlOptions {
  /** The owner's networks (CIDR). */
  readonly networks: readonly string[];
  /** Only crossings from this event time on, Unix seconds; for absence only those that became due since. */
  readonly since?: number | undefined;
  /** Only crossings before this event time, Unix seconds. */
  readonly until?: number | undefined;
  /** As of when absence is judged, Unix seconds; by default the newest record tells. */
  readonly judgeAt?: number | undefined;
}

/** Event times, Unix seconds, from `from` on and before `to`; undefined where there is no limit. */
export interface TimeSpan {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The views by the kind of flow log. */
export const VIEWS: Readonly<Record<FlowTable, string>> = { vpc: 'flows', tgw: 'tgw_flows' };

/** A record's event time: as when it was decoded, as `start` holds the delivery's time where it had neither. */
export const TIME = 'coalesce(start, "end")';

/** What a rule's expressions are read against. */
export function scopeOf(rule: Rule, networks: readonly string[]): SqlScope {
  return { table: tableOfRule(rule), networks };
}

/** The names of a rule's group in its query, in the order of `by`. */
export function groupColumns({ by }: Rule): readonly string[] {
  return by.map((column) => `by_${column}`);
}

/** A list for SELECT, GROUP BY or PARTITION BY. */
export function list(...parts: readonly (string | readonly string[])[]): string {
  return parts.flat().join(', ');
}

/** A SELECT, a line a clause; clauses that are undefined are left out. */
export function select(
  columns: readonly (string | readonly string[])[],
  from: string,
  ...clauses: readonly (string | undefined)[]
): string {
  const lines = [`SELECT ${list(...columns)}`, `FROM ${from}`, ...clauses.filter((clause) => clause !== undefined)];
  return lines.join('\n  ');
}

/** `WHERE …`; nothing where there is no condition. */
export function whereAll(...conditions: readonly (string | undefined)[]): string | undefined {
  const all = conditions.filter((condition) => condition !== undefined);
  return all.length === 0 ? undefined : `WHERE ${all.join('\n    AND ')}`;
}

/** `PARTITION BY …`, or nothing where there is nothing to part by. */
export function partition(columns: readonly string[]): string {
  return columns.length === 0 ? '' : `PARTITION BY ${columns.join(', ')} `;
}

/**
 * The matching records of a span of time: group, minute (its first second), first_seen, last_seen, packets, bytes, and
 * `measured`, the field of the rule's measure.
 *
 * @param where another expression than the rule's own
 */
export function matchedSql(rule: Rule, options: RuleSqlOptions, span: TimeSpan, where = rule.where): string {
  const scope = scopeOf(rule, options.networks);
  const field = measuredField(rule);
  const columns = [
    ...rule.by.map((column) => `${fieldSql(column, scope)} AS by_${column}`),
    `${TIME} - ${TIME} % 60 AS minute`,
    `${TIME} AS first_seen`,
    `coalesce("end", start) AS last_seen`,
    'packets',
    'bytes',
    ...(field === undefined ? [] : [`${fieldSql(field, scope)} AS measured`]),
  ];
  return select(columns, VIEWS[scope.table], whereAll(...matchConditions(rule, options.networks, span, where)));
}

/** What a record has to fulfil to match a rule; none of it is null where that would matter. */
export function matchConditions(
  rule: Rule,
  networks: readonly string[],
  span: TimeSpan,
  where: Expression,
): readonly string[] {
  const scope = scopeOf(rule, networks);
  const conditions = [...spanConditions(span), expressionSql(where, scope)];
  // a record for which the exception is unknown still matches
  if (rule.except !== undefined) conditions.push(`NOT coalesce(${expressionSql(rule.except, scope)}, false)`);
  return conditions;
}

/** How far behind its arrival's time a record's event time may run ahead, seconds: the lake's range ends there. */
const AHEAD = 86_400;

/**
 * Conditions for event times. Those on `day` and `arrived` leave folders unopened, those on `start` row groups: they take
 * in more than is asked for, never less.
 */
export function spanConditions({ from, to }: TimeSpan): readonly string[] {
  const conditions: string[] = [];
  if (from !== undefined) {
    const hour = new Date((from - AHEAD) * 1000).toISOString().slice(0, 13).replace('T', '-');
    conditions.push(
      `day >= DATE '${dayOf(from)}'`,
      `(arrived IS NULL OR arrived >= '${hour}')`,
      `(start >= ${from} OR start IS NULL)`,
      `${TIME} >= ${from}`,
    );
  }
  if (to !== undefined) {
    conditions.push(`day <= DATE '${dayOf(to)}'`, `(start < ${to} OR start IS NULL)`, `${TIME} < ${to}`);
  }
  return conditions;
}

function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10);
}

/** The measure of a rule that has one. */
export function measureOf({ condition }: Rule): Measure | undefined {
  if (condition.kind === 'window') return condition.when.measure;
  return condition.kind === 'baseline' ? condition.measure : undefined;
}

function measuredField(rule: Rule): string | undefined {
  const measure = measureOf(rule);
  return measure === undefined || measure.kind === 'count' ? undefined : measure.field;
}

/** The columns of what a group's records of one minute (or window) come to. */
export const TOTALS = [
  'count(*) AS records',
  'coalesce(sum(packets), 0) AS packets',
  'coalesce(sum(bytes), 0) AS bytes',
  'min(first_seen) AS first_seen',
  'max(last_seen) AS last_seen',
] as const;

/** The columns of a crossing beside group, minute, value and window. */
export const EVIDENCE = ['records', 'packets', 'bytes', 'first_seen', 'last_seen'] as const;

/** A total as the rule's measure: a double, divided by the window's seconds where it is a rate. */
export function measureSql(measure: Measure, total: string, seconds: number): string {
  const value = `CAST(${total} AS double)`;
  return measure.kind === 'rate' ? `${value} / ${doubleLiteral(seconds)}` : value;
}
