/** Conditions that look back for longer than windows: absence, a value that is new, and what is more than usual. */
import { AGGREGATION } from '../flow/lateness.ts';
import {
  ENOUGH_WINDOWS,
  type AbsenceCondition,
  type BaselineCondition,
  type Measure,
  type NewCondition,
  type Rule,
} from '../rules/rule.ts';
import { tableOfRule } from '../rules/table.ts';
import { dueAt } from '../windows/absence.ts';
import { windowMinutes } from '../windows/minutes.ts';
import { doubleLiteral } from './dialect.ts';
import { EVIDENCE, isSince, measureSql, strongest, TOTALS } from './crossing-sql.ts';
import {
  floorMinute,
  groupColumns,
  matchedSql,
  spanBefore,
  spanConditions,
  TIME,
  type RuleSqlOptions,
} from './scan-sql.ts';
import { VIEWS } from './sql-scope.ts';
import { list, partition, select, whereAll, type Step } from './select.ts';

/** The steps whose last, `crossings`, holds the minutes after which a group was absent, of those that are due. */
export function absenceSteps(rule: Rule, { seconds }: AbsenceCondition, options: RuleSqlOptions): readonly Step[] {
  const group = groupColumns(rule);
  const length = windowMinutes(seconds) * 60;
  // what becomes due now was seen last that long ago
  const delay = dueAt(0, seconds);
  const from = options.since === undefined ? undefined : floorMinute(options.since - delay);
  const view = VIEWS[tableOfRule(rule)];
  const now = options.judgeAt === undefined ? `(${newestEndSql(view)})` : `${Math.floor(options.judgeAt)}`;
  const columns = [
    group,
    'minute',
    'minute + 60 AS window_start',
    `minute + ${60 + length} AS window_end`,
    '0E0 AS value',
    EVIDENCE,
    strongest(rule, 'minute'),
  ];
  const again = `lead(minute) OVER (${partition(group)}ORDER BY minute) AS again`;
  const isDue = `minute + ${delay} <= ${now}`;
  const until = options.until === undefined ? undefined : `minute < ${Math.ceil(options.until)}`;
  return [
    ['matched', matchedSql(rule, options, { from, to: undefined })],
    minuteStep(rule),
    ['gaps', select([group, 'minute', EVIDENCE, again], 'minutes')],
    ['crossings', select(columns, 'gaps', whereAll(`(again IS NULL OR again > minute + ${length})`, isDue, until))],
  ];
}

/** The longest aggregation interval, and the minute it may be off: an `end` that is later is not believed. */
const LONGEST = AGGREGATION + 60;

/**
 * How far the records of a view reach, in Unix seconds: what is absent is so as of then.
 *
 * @param from event time of the oldest records that are looked at; by default all are
 */
export function newestEndSql(view: string, from?: number): string {
  const latest = `${TIME} + ${LONGEST}`;
  const end = `CASE WHEN "end" > ${latest} THEN ${latest} WHEN "end" > ${TIME} THEN "end" ELSE ${TIME} END`;
  return select([`max(${end}) AS newest`], view, whereAll(...spanConditions({ from, to: undefined })));
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
  const frame = `RANGE BETWEEN ${length + learning} PRECEDING AND ${learning} PRECEDING`;
  const columns = [
    group,
    'minute',
    'minute AS window_start',
    'minute + 60 AS window_end',
    'CAST(records AS double) AS value',
    EVIDENCE,
    strongest(rule, 'minute'),
  ];
  const isNew = `(before IS NULL OR before < minute - ${length})`;
  return [
    ['matched', matchedSql(rule, options, spanBefore(options, length + learning))],
    minuteStep(rule, `WHERE by_${field} IS NOT NULL`),
    [
      'history',
      select(
        [
          group,
          'minute',
          EVIDENCE,
          `lag(minute) OVER (${partition(group)}ORDER BY minute) AS before`,
          `count(*) OVER (${partition(owner)}ORDER BY minute ${frame}) AS known`,
        ],
        'minutes',
      ),
    ],
    ['crossings', select(columns, 'history', whereAll('known > 0', isNew, isSince(options)))],
  ];
}

/** Records by group and minute. */
function minuteStep(rule: Rule, where?: string): Step {
  const columns = [groupColumns(rule), 'minute'];
  return ['minutes', select([...columns, TOTALS], 'matched', where, `GROUP BY ${list(...columns)}`)];
}

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
  const start = `minute - minute % ${seconds}`;
  const value = `${measureSql(measure, totalOf(measure), seconds)} AS value`;
  const columns = [
    group,
    'minute',
    'minute AS window_start',
    `minute + ${seconds} AS window_end`,
    'value',
    'usual',
    EVIDENCE,
    strongest(rule, 'value DESC, minute'),
  ];
  const isUnusual = [`value > ${doubleLiteral(factor)} * usual`, `value >= ${doubleLiteral(atLeast)}`];
  return [
    ['matched', matchedSql(rule, options, span)],
    ['windows', select([group, `${start} AS minute`, value, TOTALS], 'matched', `GROUP BY ${list(group, start)}`)],
    [
      'history',
      select(
        [group, 'minute', 'value', EVIDENCE, 'avg(value) OVER earlier AS usual', 'count(*) OVER earlier AS known'],
        'windows',
        `WINDOW earlier AS (${partition(group)}ORDER BY minute RANGE BETWEEN ${over} PRECEDING AND ${seconds} PRECEDING)`,
      ),
    ],
    [
      'crossings',
      select(
        columns,
        'history',
        whereAll(`known >= ${ENOUGH_WINDOWS}`, ...isUnusual, from === undefined ? undefined : `minute >= ${from}`),
      ),
    ],
  ];
}

function totalOf(measure: Measure): string {
  if (measure.kind === 'distinct') return 'count(DISTINCT measured)';
  return measure.kind === 'count' || measure.field === undefined ? 'count(*)' : 'coalesce(sum(measured), 0)';
}
