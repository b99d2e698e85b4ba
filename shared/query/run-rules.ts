/**
 * Scheduled rules: what looks back for longer than window state does is asked of the lake, now and then. A run may be
 * repeated, interrupted and joined by others: an alert's id is the same whoever raises it, and a cursor is only a hint
 * where to begin.
 */
import type { Alert } from '../alerts/alert.ts';
import { alertOfCrossing } from '../alerts/build.ts';
import { createAlerts } from '../alerts/create.ts';
import { alertKey } from '../alerts/layout.ts';
import type { AlertMemory } from '../alerts/memory.ts';
import { recallQuieting } from '../alerts/recall.ts';
import { LATENESS } from '../flow/lateness.ts';
import type { AlertSink, Clock, ObjectStore, QueryEngine } from '../ports.ts';
import { memoryOf, type Condition, type Rule } from '../rules/rule.ts';
import { tableOfRule } from '../rules/table.ts';
import { alertQueries } from './alert-queries.ts';
import { findCrossings, withEvidence } from './find-crossings.ts';
import { newestEndSql } from './memory-sql.ts';
import { moveCursor, readCursor } from './rule-cursor.ts';
import { TIME } from './scan-sql.ts';
import { VIEWS } from './sql-scope.ts';

/** What a run works with. */
export interface RuleRunOptions {
  readonly engine: QueryEngine;
  readonly store: ObjectStore;
  readonly sink?: AlertSink<Alert> | undefined;
  readonly clock: Clock;
  /** All rules in use: some may quiet the one that is run. */
  readonly rules: readonly Rule[];
  /** The owner's networks (CIDR). */
  readonly networks: readonly string[];
  /** Where to begin, Unix seconds; by default where the rule's last run ended, less what may be late. */
  readonly since?: number | undefined;
  /**
   * How long ago an event may be that a run looks for by itself, seconds, so that neither a rule that is new nor records
   * that are old make it read all that the lake has ever held; by default there is no limit.
   */
  readonly horizon?: number | undefined;
  readonly seen: AlertMemory;
}

/** What a run of one rule did. */
export interface RuleRun {
  readonly rule: Rule;
  /** Event time from which on was looked, Unix seconds; undefined for all. */
  readonly since: number | undefined;
  /** New alerts. */
  readonly created: readonly Alert[];
  /** How many alerts were there already. */
  readonly known: number;
}

/** The rules that a run is for, those first that quiet others; with `all` those that stream as well. */
export function scheduledRules(rules: readonly Rule[], all: boolean): readonly Rule[] {
  const wanted = rules.filter(({ condition }) => all || memoryOf(condition) === 'query');
  return wanted.toSorted((a, b) => Number(b.quiets.length > 0) - Number(a.quiets.length > 0));
}

/** Crossings whose evidence is asked for at once. */
const CHUNK = 200;

/** Runs one rule over the lake and creates the alerts that are not there yet. */
export async function runRule(rule: Rule, options: RuleRunOptions): Promise<RuleRun> {
  const { engine, store, sink, clock, networks, rules, seen } = options;
  const started = Math.floor(clock.now().getTime() / 1000);
  const cursor = await readCursor(store, rule);
  const view = VIEWS[tableOfRule(rule)];
  const horizon = options.horizon === undefined ? undefined : started - options.horizon;
  const news = cursor === undefined ? undefined : await reachOfNews(engine, view, cursor);
  const usual = horizon === undefined || news === undefined ? (news ?? horizon) : Math.max(news, horizon);
  const since = options.since ?? usual;
  const judgeAt = rule.condition.kind === 'absence' ? await judgementTime(engine, view, started, horizon) : undefined;
  const until = isComparing(rule.condition) ? started - LATENESS : undefined;

  const queriesOf = alertQueries(networks);
  const crossings = await findCrossings(engine, rule, { networks, since, until, judgeAt });
  const created: Alert[] = [];
  let known = 0;
  for (let at = 0; at < crossings.length; at += CHUNK) {
    const chunk = crossings.slice(at, at + CHUNK);
    const exists = await Promise.all(
      chunk.map(async (crossing) => (await store.get(alertKey(alertOfCrossing(crossing, queriesOf)))) !== undefined),
    );
    const fresh = chunk.filter((_, index) => !exists[index]);
    const shown = await withEvidence(engine, rule, networks, fresh);
    const alerts = shown.map((crossing) => alertOfCrossing(crossing, queriesOf));
    const quieters = rules.filter(({ quiets }) => quiets.includes(rule.id));
    const reach = Math.max(...quieters.map(({ suppress }) => suppress));
    if (quieters.length > 0) await recallQuieting(alerts, reach, store, seen);
    const result = await createAlerts(alerts, { store, sink, seen });
    created.push(...result.created);
    known += chunk.length - result.created.length;
  }
  // a run that began later than it had to leaves what is before to the next one
  if (usual === undefined || since === undefined || since <= usual)
    await moveCursor(store, rule, until ?? judgeAt ?? started);
  return { rule, since, created, known };
}

/**
 * Whether a condition compares with what was before, so that a late record could undo what it found: it looks at times
 * before which nothing is missing. The minute or window itself may go on, as what was found in it only grows.
 */
export function isComparing({ kind }: Condition): boolean {
  return kind === 'new' || kind === 'baseline';
}

/** How late a record may come and still be looked at with its time: the lateness limit, seconds. */
const LATENESS_LIMIT = 86_400;

/** How far the cursor's clock and the hour of an object's folder may differ, seconds. */
const HOUR = 3600;

/**
 * Where to begin so that nothing is missed that came since the last run: the lateness limit before it, or at the oldest
 * of the records that came since, as when old files are read.
 */
async function reachOfNews(engine: QueryEngine, view: string, until: number): Promise<number> {
  const hour = new Date((until - HOUR) * 1000).toISOString().slice(0, 13).replace('T', '-');
  const { rows } = await engine.query(`SELECT min(${TIME}) AS oldest FROM ${view} WHERE arrived >= '${hour}'`);
  return Math.min(until - LATENESS_LIMIT, Number(rows[0]?.[0] ?? until));
}

/** What is absent is so as of the newest record: a lake that nobody reads into any more does not fall silent. */
async function judgementTime(
  engine: QueryEngine,
  view: string,
  now: number,
  horizon: number | undefined,
): Promise<number> {
  const { rows } = await engine.query(newestEndSql(view, horizon));
  return Math.min(now, Number(rows[0]?.[0] ?? 0));
}
