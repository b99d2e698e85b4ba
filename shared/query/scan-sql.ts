/** The records that a rule looks at, as the first step of its query. */
import type { Expression } from '../rules/expression.ts';
import type { Condition, Measure, Rule } from '../rules/rule.ts';
import { tableOfRule } from '../rules/table.ts';
import { select, whereAll } from './select.ts';
import { expressionSql, fieldSql } from './expression-sql.ts';
import { VIEWS, type SqlScope } from './sql-scope.ts';

/** What a rule's expressions are read against, whichever its table. */
export type ScopeOptions = Pick<SqlScope, 'networks' | 'longList'>;

/** What a rule's query is made for. */
export interface RuleSqlOptions extends ScopeOptions {
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

/** A record's event time: as when it was decoded, as `start` holds the delivery's time where it had neither. */
export const TIME = 'coalesce(start, "end")';

/** What a rule's expressions are read against. */
export function scopeOf(rule: Rule, { networks, longList }: ScopeOptions): SqlScope {
  return { table: tableOfRule(rule), networks, longList };
}

/** The names of a rule's group in its query, in the order of `by`. */
export function groupColumns({ by }: Rule): readonly string[] {
  return by.map((column) => `by_${column}`);
}

/**
 * The matching records of a span of time: group, minute (its first second), first_seen, last_seen, packets, bytes, and
 * `measured`, the field of the rule's measure.
 *
 * @param where another expression than the rule's own
 */
export function matchedSql(rule: Rule, options: RuleSqlOptions, span: TimeSpan, where = rule.where): string {
  const scope = scopeOf(rule, options);
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
  return select(columns, VIEWS[scope.table], whereAll(...matchConditions(rule, options, span, where)));
}

/** What a record has to fulfil to match a rule; none of it is null where that would matter. */
export function matchConditions(
  rule: Rule,
  options: ScopeOptions,
  span: TimeSpan,
  where: Expression,
): readonly string[] {
  const among = spanConditions(span);
  const scope = { ...scopeOf(rule, options), among };
  const conditions = [...among, expressionSql(where, scope)];
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
    conditions.push(`day <= DATE '${dayOf(to - 1)}'`, `(start < ${to} OR start IS NULL)`, `${TIME} < ${to}`);
  }
  return conditions;
}

function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10);
}

/** The time asked for, and so many seconds before it. */
export function spanBefore({ since, until }: RuleSqlOptions, seconds: number): TimeSpan {
  return {
    from: since === undefined ? undefined : floorMinute(since) - seconds,
    to: until === undefined ? undefined : floorMinute(until + 59),
  };
}

/** The first second of a time's minute. */
export function floorMinute(time: number): number {
  return Math.floor(time / 60) * 60;
}

/** The field that a rule's measure needs. */
function measuredField({ condition }: Rule): string | undefined {
  const measure = measureOf(condition);
  return measure === undefined || measure.kind === 'count' ? undefined : measure.field;
}

function measureOf(condition: Condition): Measure | undefined {
  if (condition.kind === 'window') return condition.when.measure;
  return condition.kind === 'baseline' ? condition.measure : undefined;
}
