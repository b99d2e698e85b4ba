/** What every kind of crossing is made of in a rule's query. */
import type { Measure, Rule } from '../rules/rule.ts';
import { doubleLiteral } from './dialect.ts';
import { floorMinute, groupColumns, type RuleSqlOptions } from './scan-sql.ts';
import { list } from './select.ts';

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

/** A rank within the suppress period, 1 for the crossing that alerts. */
export function strongest(rule: Rule, order: string): string {
  const period = `minute - minute % ${rule.suppress}`;
  return `row_number() OVER (PARTITION BY ${list(groupColumns(rule), period)} ORDER BY ${order}) AS strength`;
}

/** Only what happened in the time asked for: what came before is there for the windows to reach into. */
export function isSince({ since }: RuleSqlOptions): string | undefined {
  return since === undefined ? undefined : `minute >= ${floorMinute(since)}`;
}
