/** What a rule would have raised on a lake's records: the same alerts, by the same query, as when it runs. */
import { alertId, periodStart } from '../alerts/identity.ts';
import type { FieldValue } from '../flow/columns.ts';
import type { FlowTable } from '../flow/fields.ts';
import type { QueryEngine, ResultValue } from '../ports.ts';
import { lowerThreshold } from '../rules/lower-threshold.ts';
import type { Rule, Threshold } from '../rules/rule.ts';
import { doubleLiteral } from './dialect.ts';
import { overlapsOf, type Overlap } from './overlaps.ts';
import { planRuleSql } from './rule-sql.ts';
import { groupColumns, TIME } from './scan-sql.ts';
import { list } from './select.ts';
import { VIEWS } from './sql-scope.ts';
import { suggestThresholds, type Peak, type Tuning } from './tuning.ts';

/** Which records are looked at; times are Unix seconds. */
export interface BacktestOptions {
  readonly networks: readonly string[];
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** One alert that would have been raised; times are Unix seconds. */
export interface BacktestAlert {
  readonly id: string;
  readonly group: readonly FieldValue[];
  /** The event time. */
  readonly time: number;
  /** The suppress period's beginning. */
  readonly period: number;
  readonly value: number;
  /** What was usual, for a baseline. */
  readonly usual: number | undefined;
  readonly records: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** The records that were looked at. */
export interface LookedAt {
  /** The time from the first to the last, Unix seconds; undefined where there is none. */
  readonly span: { readonly from: number; readonly to: number } | undefined;
  readonly records: number;
}

/** What a rule would have raised. */
export interface Backtest extends LookedAt {
  readonly rule: Rule;
  /** By time. */
  readonly alerts: readonly BacktestAlert[];
  /** Alerts that do not go on with one of the period before. */
  readonly incidents: number;
  /** Every day of the span, in order; `day` as `2026-11-17`. */
  readonly days: readonly { readonly day: string; readonly alerts: number }[];
  /** Groups by how often they alerted, then by what they measured, each with its strongest. */
  readonly groups: readonly {
    readonly group: readonly FieldValue[];
    readonly alerts: number;
    readonly value: number;
  }[];
  /** Of rules with a threshold. */
  readonly tuning: Tuning | undefined;
  /** Other rules' alerts of the lake about the same groups and times. */
  readonly overlaps: readonly Overlap[];
}

/** Runs a rule over a lake's records, of which `looked` tells; nothing is written. */
export async function backtest(
  rule: Rule,
  engine: QueryEngine,
  options: BacktestOptions,
  { span, records }: LookedAt,
): Promise<Backtest> {
  const { condition } = rule;
  const threshold = condition.kind === 'window' ? condition.when : undefined;
  const { sql, lists } = planRuleSql(lowerThreshold(rule), options);
  await engine.query(`CREATE OR REPLACE TEMP TABLE measured AS ${sql}`, lists);
  const meets = threshold === undefined ? '' : `WHERE value ${threshold.operator} ${doubleLiteral(threshold.value)}`;
  const { rows } = await engine.query(
    `SELECT ${list('minute', 'value', 'usual', 'records', 'first_seen', 'last_seen', groupColumns(rule))} ` +
      `FROM measured ${meets} ORDER BY ${list('minute', groupColumns(rule))}`,
  );
  const alerts = rows.map((row) => alertOf(rule, row));
  const days = span === undefined ? [] : daysOf(span, alerts);
  return {
    rule,
    span,
    records,
    alerts,
    incidents: countIncidents(rule, alerts),
    days,
    groups: groupsOf(alerts),
    tuning: threshold && suggestThresholds(await peaksOf(engine, threshold), threshold, Math.max(1, days.length)),
    overlaps: await overlapsOf(rule, alerts, engine),
  };
}

/** What records of a kind of flow log a lake holds for a time. */
export async function lookAt(
  table: FlowTable,
  engine: QueryEngine,
  { since, until }: Pick<BacktestOptions, 'since' | 'until'>,
): Promise<LookedAt> {
  const limits = [
    ...(since === undefined ? [] : [`${TIME} >= ${since}`]),
    ...(until === undefined ? [] : [`${TIME} < ${until}`]),
  ];
  const where = limits.length === 0 ? '' : ` WHERE ${limits.join(' AND ')}`;
  const { rows } = await engine.query(`SELECT min(${TIME}), max(${TIME}), count(*) FROM ${VIEWS[table]}${where}`);
  const [from, to, records] = rows[0]!.map((value) => (value === null ? undefined : Number(value)));
  return { span: from === undefined || to === undefined ? undefined : { from, to }, records: records ?? 0 };
}

function alertOf(rule: Rule, row: readonly ResultValue[]): BacktestAlert {
  const [time = 0, value = 0, usual, records = 0, firstSeen = 0, lastSeen = 0] = row
    .slice(0, 6)
    .map((each) => (each === null ? undefined : Number(each)));
  const group = row
    .slice(6)
    .map((each): FieldValue => (typeof each === 'bigint' ? Number(each) : (each as FieldValue)));
  const period = periodStart(rule, time);
  return { id: alertId(rule, group, period), group, time, period, value, usual, records, firstSeen, lastSeen };
}

function countIncidents({ suppress }: Rule, alerts: readonly BacktestAlert[]): number {
  const key = ({ group, period }: Pick<BacktestAlert, 'group' | 'period'>): string => JSON.stringify([period, group]);
  const known = new Set(alerts.map(key));
  return alerts.filter(({ group, period }) => !known.has(key({ group, period: period - suppress }))).length;
}

const DAY = 86_400;

function daysOf({ from, to }: { from: number; to: number }, alerts: readonly BacktestAlert[]): Backtest['days'] {
  const counts = new Map<number, number>();
  const dayOf = (time: number): number => Math.floor(time / DAY);
  const times = alerts.map(({ time }) => dayOf(time));
  const first = times.reduce((a, b) => Math.min(a, b), dayOf(from));
  const last = times.reduce((a, b) => Math.max(a, b), dayOf(to));
  for (let day = first; day <= last; day++) counts.set(day, 0);
  for (const day of times) counts.set(day, counts.get(day)! + 1);
  return Array.from(counts, ([day, alerts]) => ({
    day: new Date(day * DAY * 1000).toISOString().slice(0, 10),
    alerts,
  }));
}

function groupsOf(alerts: readonly BacktestAlert[]): Backtest['groups'] {
  const byGroup = Map.groupBy(alerts, ({ group }) => JSON.stringify(group));
  return Array.from(byGroup.values(), (all) => ({
    group: all[0]!.group,
    alerts: all.length,
    value: all.reduce((most, { value }) => Math.max(most, value), 0),
  })).toSorted((a, b) => b.alerts - a.alerts || b.value - a.value);
}

/**
 * What was measured, as value and number. Values above a thousand are cut to three digits, to the side on which every
 * round threshold stays where it is, and the present one too.
 */
async function peaksOf(engine: QueryEngine, { value, operator }: Threshold): Promise<readonly Peak[]> {
  const unit = 'pow(10, floor(log10(value)) - 2)';
  const cut = `CASE WHEN value < 1000 THEN value ELSE ${operator === '>' ? 'ceil' : 'floor'}(value / ${unit}) * ${unit} END`;
  const meets = (number: string): string => `${number} ${operator} ${doubleLiteral(value)}`;
  const { rows } = await engine.query(
    `SELECT CASE WHEN (${meets('value')}) = (${meets('cut')}) THEN cut ELSE value END AS peak, count(*) ` +
      `FROM (SELECT value, ${cut} AS cut FROM measured) GROUP BY peak`,
  );
  return rows.map(([peak, count]) => ({ value: Number(peak), count: Number(count) }));
}
