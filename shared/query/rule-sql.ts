/**
 * A rule as one query over the lake: a row for each alert that it raises, with the same event times as when it streams,
 * so that the alerts' ids are the same. One text for Athena and DuckDB.
 */
import type { QueryList } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { absenceSteps, baselineSteps, newSteps } from './memory-sql.ts';
import { EVIDENCE, TOTALS } from './crossing-sql.ts';
import { longListsOf } from './long-lists.ts';
import { groupColumns, matchedSql, type RuleSqlOptions } from './scan-sql.ts';
import { list, select, type Step } from './select.ts';
import { sequenceSteps } from './sequence-sql.ts';
import { windowSteps } from './window-sql.ts';

export type { RuleSqlOptions } from './scan-sql.ts';

/** A rule's query, and the lists that the relation `lists` has to hold while it runs (see long-lists.ts). */
export interface RulePlan {
  readonly sql: string;
  readonly lists: readonly QueryList[];
}

/**
 * The query of a rule. Its columns: the group (`by_srcaddr`, …, in the order of `by`), `minute` (the event time),
 * `window_start`, `window_end`, `value` (what was measured), `usual` (of baselines, else null), `records`, `packets`,
 * `bytes`, `first_seen`, `last_seen`; times in Unix seconds. One row for each group and suppress period.
 */
export function planRuleSql(rule: Rule, options: RuleSqlOptions): RulePlan {
  const usual = rule.condition.kind === 'baseline' ? 'usual' : 'CAST(NULL AS double) AS usual';
  const totals = ['records', 'packets', 'bytes'].map((column) => `CAST(${column} AS bigint) AS ${column}`);
  const columns = [groupColumns(rule), 'minute', 'window_start', 'window_end', 'value', usual, totals];
  const steps = stepsOf(rule, options).map(([name, text]) => `${name} AS (\n  ${text}\n)`);
  const last = [...columns, 'first_seen', 'last_seen'];
  const order = `ORDER BY ${list('minute', groupColumns(rule))}`;
  const sql = `WITH ${steps.join(',\n')}\n${select(last, 'crossings', 'WHERE strength = 1', order)}`;
  return { sql, lists: listsOfRule(rule, options.longList) };
}

/** The lists that a rule's queries ask for in the relation `lists`. */
export function listsOfRule({ where, except, condition }: Rule, longList?: number): readonly QueryList[] {
  const sequel = condition.kind === 'window' ? condition.then?.where : undefined;
  return longListsOf(
    [where, except, sequel].filter((each) => each !== undefined),
    longList,
  );
}

function stepsOf(rule: Rule, options: RuleSqlOptions): readonly Step[] {
  const { condition } = rule;
  switch (condition.kind) {
    case 'match':
      return matchSteps(rule, options);
    case 'window':
      if (condition.then !== undefined) return sequenceSteps(rule, condition, condition.then, options);
      return windowSteps(rule, condition, options);
    case 'absence':
      return absenceSteps(rule, condition, options);
    case 'new':
      return newSteps(rule, condition, options);
    case 'baseline':
      return baselineSteps(rule, condition, options);
  }
}

/** Every match alerts: all of a suppress period are one. */
function matchSteps(rule: Rule, options: RuleSqlOptions): readonly Step[] {
  const group = groupColumns(rule);
  const period = `first_seen - first_seen % ${rule.suppress}`;
  const columns = [
    group,
    'first_seen AS minute',
    'first_seen AS window_start',
    'last_seen AS window_end',
    'CAST(records AS double) AS value',
    EVIDENCE,
    '1 AS strength',
  ];
  return [
    ['matched', matchedSql(rule, options, { from: options.since, to: options.until })],
    ['periods', select([group, TOTALS], 'matched', `GROUP BY ${list(group, period)}`)],
    ['crossings', select(columns, 'periods')],
  ];
}
