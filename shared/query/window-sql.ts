/**
 * Sliding windows as a query, exactly as they stream (see windows/slide.ts): records are counted by group and minute,
 * windows end at minutes that hold a match, and the strongest of each suppress period is left.
 */
import type { Measure, Rule, WindowCondition } from '../rules/rule.ts';
import { windowMinutes } from '../windows/minutes.ts';
import { EVIDENCE, isSince, measureSql, strongest, TOTALS } from './crossing-sql.ts';
import { doubleLiteral } from './dialect.ts';
import { groupColumns, matchedSql, spanBefore, type RuleSqlOptions, type TimeSpan } from './scan-sql.ts';
import { list, partition, select, whereAll, type Step } from './select.ts';

/** The steps whose last, `crossings`, holds every crossing of a rule with a window. */
export function windowSteps(rule: Rule, condition: WindowCondition, options: RuleSqlOptions): readonly Step[] {
  const length = windowMinutes(condition.seconds) * 60;
  const columns = [
    groupColumns(rule),
    'minute',
    `minute - ${length - 60} AS window_start`,
    'minute + 60 AS window_end',
    'value',
    EVIDENCE,
    strongest(rule, 'value DESC, minute'),
  ];
  return [
    ...endsSteps(rule, condition, options, spanBefore(options, length - 60)),
    ['crossings', select(columns, 'ends', whereAll(isSince(options)))],
  ];
}

/** Steps up to `ends`: every window that meets the threshold, by the minute it ends at. */
export function endsSteps(
  rule: Rule,
  { seconds, when }: WindowCondition,
  options: RuleSqlOptions,
  span: TimeSpan,
): readonly Step[] {
  const length = windowMinutes(seconds) * 60;
  const group = groupColumns(rule);
  const { measure } = when;
  const isDistinct = measure.kind === 'distinct';
  const total = isDistinct ? `sum(change) OVER (${partition(group)}ORDER BY minute)` : 'sum(amount) OVER span';
  const value = measureSql(measure, total, seconds);
  const key = [...group, 'minute', ...(isDistinct ? ['measured'] : [])];
  const cell = [...key, ...EVIDENCE, ...(isDistinct ? [] : ['amount'])];
  const bound = `sum(${isDistinct ? 'records' : 'amount'}) OVER (${partition(group).trimEnd()})`;
  const all = select([cell, `${measureSql(measure, bound, seconds)} AS bound`], 'cells');
  const crosses = `${when.operator} ${doubleLiteral(when.value)}`;
  return [
    ['matched', matchedSql(rule, options, span)],
    ['cells', select([key, TOTALS, isDistinct ? [] : [amount(measure)]], 'matched', `GROUP BY ${list(key)}`)],
    // noise is mostly groups that can't meet the threshold with all that they have: only the others are worth sorting
    [isDistinct ? 'busy' : 'minutes', select([cell], `(${all}) bounded`, `WHERE bound ${crosses}`)],
    ...(isDistinct ? distinctSteps(rule, length) : []),
    [
      'windows',
      select(
        [group, 'minute', 'records AS own', OVER_SPAN, `${value} AS value`],
        isDistinct ? 'changed' : 'minutes',
        `WINDOW span AS (${partition(group)}ORDER BY minute RANGE BETWEEN ${length - 60} PRECEDING AND CURRENT ROW)`,
      ),
    ],
    ['ends', select([group, 'minute', 'value', EVIDENCE], 'windows', whereAll('own > 0', `value ${crosses}`))],
  ];
}

/** What the minutes of a window come to. */
const OVER_SPAN = [
  'sum(records) OVER span AS records',
  'sum(packets) OVER span AS packets',
  'sum(bytes) OVER span AS bytes',
  'min(first_seen) OVER span AS first_seen',
  'max(last_seen) OVER span AS last_seen',
];

/** What a minute adds to a count, a sum or a rate. */
function amount(measure: Measure): string {
  const isSum = measure.kind === 'sum' || (measure.kind === 'rate' && measure.field !== undefined);
  return `${isSum ? 'coalesce(sum(measured), 0)' : 'count(*)'} AS amount`;
}

/**
 * How many different values a window holds, without comparing every window with every record: a value is one more from
 * the minute that holds it, and one less where it falls out of the window or the next minute that holds it takes over.
 * The sum of these changes is the number of values in the window.
 */
function distinctSteps(rule: Rule, length: number): readonly Step[] {
  const group = groupColumns(rule);
  const again = `lead(minute) OVER (${partition([...group, 'measured'])}ORDER BY minute) AS again`;
  const last = `CASE WHEN again < minute + ${length} THEN again ELSE minute + ${length} END AS minute`;
  const changes = [
    select([group, 'minute', EVIDENCE, '0 AS change'], 'minutes'),
    select([group, 'minute', NOTHING, '1 AS change'], 'seen'),
    select([group, last, NOTHING, '-1 AS change'], 'seen'),
  ];
  return [
    ['minutes', select([group, 'minute', ADDED_UP], 'busy', `GROUP BY ${list(group, 'minute')}`)],
    ['seen', select([group, 'minute', again], 'busy', 'WHERE measured IS NOT NULL')],
    ['changes', changes.join('\n  UNION ALL ')],
    [
      'changed',
      select([group, 'minute', ADDED_UP, 'sum(change) AS change'], 'changes', `GROUP BY ${list(group, 'minute')}`),
    ],
  ];
}

/** What several cells come to. */
const ADDED_UP = [
  'sum(records) AS records',
  'sum(packets) AS packets',
  'sum(bytes) AS bytes',
  'min(first_seen) AS first_seen',
  'max(last_seen) AS last_seen',
];

/** The evidence of a change, which has none. */
const NOTHING = [
  '0 AS records',
  '0 AS packets',
  '0 AS bytes',
  'CAST(NULL AS bigint) AS first_seen',
  'CAST(NULL AS bigint) AS last_seen',
];
