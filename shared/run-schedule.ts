/** All rules that the schedule is for, one after the other: what goes wrong with one keeps no other from running. */
import { createHash } from 'node:crypto';
import { LATENESS } from './flow/lateness.ts';
import type { ObjectStore, QueryEngine, QueryResult } from './ports.ts';
import { readCursor } from './query/rule-cursor.ts';
import type { RuleRun, RuleRunOptions } from './query/run-rules.ts';
import { isComparing, runRule, scheduledRules } from './query/run-rules.ts';
import type { Rule } from './rules/rule.ts';

/** A rule that could not be run. */
export interface FailedRule {
  readonly rule: Rule;
  readonly error: unknown;
}

/** What a scheduled run did. */
export interface ScheduledRun {
  readonly runs: readonly RuleRun[];
  /** They are run again the next time, from where they ended last. */
  readonly failed: readonly FailedRule[];
}

/**
 * How long ago an event may be that a scheduled run looks for: longer than functions, their schedule or Athena are ever
 * out of order. What is older, as when old objects are read, is for whoever asks for it: `sekisho rules run`.
 */
const HORIZON = 7 * 86_400;

/** Runs every rule whose memory is too long for windows. */
export async function runSchedule(options: Omit<RuleRunOptions, 'since' | 'horizon'>): Promise<ScheduledRun> {
  const runs: RuleRun[] = [];
  const failed: FailedRule[] = [];
  const engine = askingOnce(options.engine);
  const rules = await overdueFirst(scheduledRules(options.rules, false), options.store, options.clock.now());
  for (const rule of rules) {
    try {
      runs.push(await runRule(rule, { ...options, engine, horizon: HORIZON }));
    } catch (error) {
      failed.push({ rule, error });
    }
  }
  return { runs, failed };
}

/** Seconds by which rules of one run may lie apart: longer than a run, shorter than the time to the next one. */
const ONE_RUN = 1800;

/**
 * The same rules, but first those that the last run did not come to, or could not run: else the ones at the end would
 * never be run where time is too short for all. They are in another order each time, so that one that always takes up all
 * of the time does not always begin.
 */
async function overdueFirst(rules: readonly Rule[], store: ObjectStore, now: Date): Promise<readonly Rule[]> {
  const times = new Map<Rule, number>();
  for (const rule of rules) {
    const cursor = await readCursor(store, rule);
    times.set(rule, (cursor ?? Number.NEGATIVE_INFINITY) + (isComparing(rule.condition) ? LATENESS : 0));
  }
  const newest = Math.max(...times.values());
  const overdue = rules.filter((rule) => newest - times.get(rule)! > ONE_RUN);
  const place = ({ id }: Rule): string => createHash('sha256').update(`${now.toISOString()} ${id}`).digest('hex');
  return [
    ...overdue.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)),
    ...rules.filter((rule) => !overdue.includes(rule)),
  ];
}

/**
 * The same engine, which answers a question that it has answered before from memory: most rules begin by asking which
 * records have come since, and each query costs requests and bytes.
 */
function askingOnce(engine: QueryEngine): QueryEngine {
  const answers = new Map<string, QueryResult>();
  return {
    async query(sql, lists = []) {
      if (lists.length > 0) return engine.query(sql, lists);
      const known = answers.get(sql) ?? (await engine.query(sql));
      answers.set(sql, known);
      return known;
    },
    close: () => engine.close(),
  };
}
