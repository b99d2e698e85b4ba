/** All rules that the schedule is for, one after the other: what goes wrong with one keeps no other from running. */
import type { QueryEngine, QueryResult } from './ports.ts';
import type { RuleRun, RuleRunOptions } from './query/run-rules.ts';
import { runRule, scheduledRules } from './query/run-rules.ts';
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
  for (const rule of scheduledRules(options.rules, false)) {
    try {
      runs.push(await runRule(rule, { ...options, engine, horizon: HORIZON }));
    } catch (error) {
      failed.push({ rule, error });
    }
  }
  return { runs, failed };
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
