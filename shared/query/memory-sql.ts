/** Conditions that look back for longer than windows: absence, a value that is new, and what is more than usual. */
import type { AbsenceCondition, BaselineCondition, NewCondition, Rule } from '../rules/rule.ts';
import { dueAt } from '../windows/absence.ts';
import { windowMinutes } from '../windows/minutes.ts';
import { doubleLiteral } from './dialect.ts';
import {
  EVIDENCE,
  groupColumns,
  list,
  matchedSql,
  measureSql,
  partition,
  TIME,
  TOTALS,
  VIEWS,
  scopeOf,
  type RuleSqlOptions,
} from './scan-sql.ts';
import { floorMinute, since, spanBefore, strongest, type Step } from './window-sql.ts';

/** The steps whose last, `crossings`, holds the minutes after which a group was absent, of those that are due. */
export function absenceSteps(rule: Rule, { seconds }: AbsenceCondition, options: RuleSqlOptions): readonly Step[] {
  const group = groupColumns(rule);
  const length = windowMinutes(seconds) * 60;
  // what becomes due now was seen last that long ago
  const delay = dueAt(0, seconds);
  const from = options.since === undefined ? undefined : floorMinute(options.since - delay);
  const view = VIEWS[scopeOf(rule, options.networks).table];
  const now =
    options.judgeAt === undefined
      ? `(SELECT max(coalesce("end", ${TIME})) FROM ${view})`
      : `${Math.floor(options.judgeAt)}`;
  const until = options.until === undefined ? '' : ` AND minute < ${Math.ceil(options.until)}`;
  return [
    ['matched', matchedSql(rule, options, { from, to: undefined })],
    ['minutes', `SELECT ${list(group, 'minute', TOTALS)} FROM matched GROUP BY ${list(group, 'minute')}`],
    [
      'gaps',
      `SELECT ${list(group, 'minute', EVIDENCE)}, lead(minute) OVER (${partition(group)}ORDER BY minute) AS again FROM minutes`,
    ],
    [
      'crossings',
      `SELECT ${list(group, 'minute')}, minute + 60 AS window_start, minute + ${60 + length} AS window_end, 0E0 AS value, ` +
        `${list(EVIDENCE)}, ${strongest(rule, 'minute')} FROM gaps ` +
        `WHERE (again IS NULL OR again > minute + ${length}) AND minute + ${delay} <= ${now}${until}`,
    ],
  ];
}

/** How long a group is watched before a value of it can be new: at most a day, seconds. */
const LEARNING = 86_400;

/**
 * The steps whose last, `crossings`, holds the minutes in which a group had a value that it did not have in the time
 * before, if it was there in that time at all: one that has only just appeared is still being learned.
 */
export function newSteps(rule: Rule, { field, over }: NewCondition, options: RuleSqlOptions): readonly Step[] {
  const group = groupColumns(rule);
  const owner = group.filter((column) => column !== `by_${field}`);
  const length = windowMinutes(over) * 60;
  const learning = Math.min(length, LEARNING);
  const known = `${partition(owner)}ORDER BY minute RANGE BETWEEN ${length + learning} PRECEDING AND ${learning} PRECEDING`;
  return [
    ['matched', matchedSql(rule, options, spanBefore(options, length + learning))],
    [
      'minutes',
      `SELECT ${list(group, 'minute', TOTALS)} FROM matched WHERE by_${field} IS NOT NULL GROUP BY ${list(group, 'minute')}`,
    ],
    [
      'history',
      `SELECT ${list(group, 'minute', EVIDENCE)}, lag(minute) OVER (${partition(group)}ORDER BY minute) AS before, ` +
        `count(*) OVER (${known}) AS known FROM minutes`,
    ],
    [
      'crossings',
      `SELECT ${list(group, 'minute')}, minute AS window_start, minute + 60 AS window_end, CAST(records AS double) AS value, ` +
        `${list(EVIDENCE)}, ${strongest(rule, 'minute')} FROM history ` +
        `WHERE known > 0 AND (before IS NULL OR before < minute - ${length})${since(options).replace(' WHERE', ' AND')}`,
    ],
  ];
}

/** With fewer windows than this nobody knows what is usual. */
const ENOUGH_WINDOWS = 8;

/**
 * The steps whose last, `crossings`, holds the windows that measured so many times what the group's windows with
 * traffic did on average in the time before. Windows tumble, aligned to the epoch; the event time is a window's
 * beginning, so that it is the same however much of the window has passed.
 */
export function baselineSteps(
  rule: Rule,
  { seconds, measure, factor, over, atLeast }: BaselineCondition,
  options: RuleSqlOptions,
): readonly Step[] {
  const group = groupColumns(rule);
  const from = options.since === undefined ? undefined : Math.floor(options.since / seconds) * seconds;
  const to = options.until === undefined ? undefined : Math.ceil(options.until / seconds) * seconds;
  const span = { from: from === undefined ? undefined : from - Math.ceil(over / seconds) * seconds, to };
  const isSum = measure.kind === 'sum' || (measure.kind === 'rate' && measure.field !== undefined);
  const start = `minute - minute % ${seconds}`;
  const total =
    measure.kind === 'distinct' ? 'count(DISTINCT measured)' : isSum ? 'coalesce(sum(measured), 0)' : 'count(*)';
  return [
    ['matched', matchedSql(rule, options, span)],
    [
      'windows',
      `SELECT ${list(group, `${start} AS minute`, `${measureSql(measure, total, seconds)} AS value`, TOTALS)} ` +
        `FROM matched GROUP BY ${list(group, start)}`,
    ],
    [
      'history',
      `SELECT ${list(group, 'minute', 'value', EVIDENCE)}, avg(value) OVER earlier AS usual, count(*) OVER earlier AS known FROM windows ` +
        `WINDOW earlier AS (${partition(group)}ORDER BY minute RANGE BETWEEN ${over} PRECEDING AND ${seconds} PRECEDING)`,
    ],
    [
      'crossings',
      `SELECT ${list(group, 'minute')}, minute AS window_start, minute + ${seconds} AS window_end, value, usual, ${list(EVIDENCE)}, ` +
        `${strongest(rule, 'value DESC, minute')} FROM history ` +
        `WHERE known >= ${ENOUGH_WINDOWS} AND value > ${doubleLiteral(factor)} * usual AND value >= ${doubleLiteral(atLeast)}` +
        (from === undefined ? '' : ` AND minute >= ${from}`),
    ],
  ];
}
