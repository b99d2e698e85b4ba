/**
 * Sequences as a query: windows and matches of the sequel on one line of time, and for each of the latter the strongest
 * of the windows that ended shortly before. The event time is the sequel's minute (see windows/sequence.ts).
 */
import type { Rule, Sequel, WindowCondition } from '../rules/rule.ts';
import { windowMinutes } from '../windows/minutes.ts';
import { EVIDENCE, isSince, strongest } from './crossing-sql.ts';
import { groupColumns, matchedSql, spanBefore, type RuleSqlOptions } from './scan-sql.ts';
import { list, partition, select, whereAll, type Step } from './select.ts';
import { endsSteps } from './window-sql.ts';

/** The steps whose last, `crossings`, holds every sequence: of each suppress period the one with the strongest window. */
export function sequenceSteps(
  rule: Rule,
  condition: WindowCondition,
  sequel: Sequel,
  options: RuleSqlOptions,
): readonly Step[] {
  const group = groupColumns(rule);
  const length = windowMinutes(condition.seconds) * 60;
  const within = Math.ceil(sequel.within / 60) * 60;
  const own = ['own', 'own_packets', 'own_bytes', 'own_last'];
  const totals = [
    'count(*) AS own',
    'sum(packets) AS own_packets',
    'sum(bytes) AS own_bytes',
    'max(last_seen) AS own_last',
  ];
  const line = [
    select(
      [group, 'minute', 'minute AS ended', 'value', EVIDENCE, own.map((column) => `CAST(NULL AS bigint) AS ${column}`)],
      'ends',
    ),
    select([group, 'minute', 'NULL', 'NULL', EVIDENCE.map(() => 'NULL'), own], 'followed'),
  ];
  const strongestBefore = ['ended', ...EVIDENCE].map((column) => `max_by(${column}, value) OVER span AS ${column}`);
  const columns = [
    group,
    'minute',
    `ended - ${length - 60} AS window_start`,
    'minute + 60 AS window_end',
    'value',
    'records + own AS records',
    'packets + coalesce(own_packets, 0) AS packets',
    'bytes + coalesce(own_bytes, 0) AS bytes',
    'first_seen',
    'greatest(last_seen, own_last) AS last_seen',
    strongest(rule, 'value DESC, minute'),
  ];
  return [
    ...endsSteps(rule, condition, options, spanBefore(options, length - 60 + within)),
    ['following', matchedSql(rule, options, spanBefore(options, 0), sequel.where)],
    ['followed', select([group, 'minute', totals], 'following', `GROUP BY ${list(group, 'minute')}`)],
    ['line', line.join('\n  UNION ALL ')],
    [
      'pairs',
      select(
        [group, 'minute', own, 'max(value) OVER span AS value', strongestBefore],
        'line',
        `WINDOW span AS (${partition(group)}ORDER BY minute RANGE BETWEEN ${within} PRECEDING AND CURRENT ROW)`,
      ),
    ],
    ['crossings', select(columns, 'pairs', whereAll('own > 0', 'value IS NOT NULL', isSince(options)))],
  ];
}
