/** `sekisho rules backtest`: what rules would have raised on a lake's records. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { isoTime } from '../../shared/alerts/span.ts';
import type { FlowTable } from '../../shared/flow/fields.ts';
import { backtest, lookAt, type Backtest, type LookedAt } from '../../shared/query/backtest.ts';
import type { Tuning } from '../../shared/query/tuning.ts';
import { PRIVATE_NETWORKS } from '../../shared/rules/built-in-lists.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { tableOfRule } from '../../shared/rules/table.ts';
import { CommandFailure, EXIT, UsageError } from '../exit.ts';
import { openLake } from '../lake.ts';
import { painter, widthOf, writeOut } from '../output.ts';
import { startSteps } from '../progress.ts';
import { readCheckedRules } from '../read-rules.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { formatBacktest } from './backtest-text.ts';
import { findRule } from './find-rule.ts';
import { readMoment } from './moment.ts';
import { subcommand, type Done } from './subcommand.ts';

interface BacktestOptions extends CommonOptions {
  readonly lake: string;
  readonly since?: string;
  readonly until?: string;
}

const EXAMPLES = `\
  sekisho rules backtest port-scan               what it would have raised
  sekisho rules backtest port-scan --since 30d   in the last thirty days
  sekisho rules backtest new-rule.yml            before a rule is installed
  sekisho rules backtest telnet my-rules/        one rule of a folder
  sekisho rules backtest port-scan --json | jq '.rules[].tuning.lines'

Nothing is written. The alerts are those that ingest raises of the same records;
\`a day\` is the average from the first to the last day of records. Change \`when\`
in a copy of the rule to the threshold that suits you.`;

/** The command. */
export function backtestCommand(done: Done): Command {
  return subcommand('backtest', 'say what rules would have raised on a lake, and which threshold suits', EXAMPLES)
    .argument('<id-or-path...>', 'ids of rules; rule files or folders; or both: ids among them')
    .option('--lake <dir>', 'the lake', 'sekisho-lake')
    .option('--since <time>', 'from this time on, ISO 8601, or so long back: `30d` (default: all)')
    .option('--until <time>', 'up to this time, ISO 8601, or so long back (default: all)')
    .action(async (targets: string[], options: BacktestOptions) => done(await run(targets, options)));
}

async function run(targets: readonly string[], options: BacktestOptions): Promise<number> {
  const settings = await readSettings(options);
  const since = readMoment('--since', options.since, settings);
  const until = readMoment('--until', options.until, settings);
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError(['--since is not before --until: no record lies between them']);
  const rules = await readTargets(targets, options, settings);
  const networks = settings.config.networks ?? PRIVATE_NETWORKS;
  const { engine } = await openLake(options.lake);
  const results: Backtest[] = [];
  const looked = new Map<FlowTable, LookedAt>();
  const progress = startSteps(rules.length, 'running');
  try {
    for (const rule of rules) {
      progress.next(rule.id);
      const table = tableOfRule(rule);
      const records = looked.get(table) ?? (await lookAt(table, engine, { since, until }));
      looked.set(table, records);
      results.push(await backtest(rule, engine, { networks, since, until }, records).catch(failure(rule)));
    }
  } finally {
    progress.stop();
    await engine.close();
  }
  if (options.json === true) {
    await writeOut(`${JSON.stringify({ rules: results.map(asJson) }, null, 2)}\n`);
  } else {
    const layout = { width: widthOf(process.stdout), paint: painter(process.stdout) };
    await writeOut(results.map((result) => formatBacktest(result, layout)).join('\n'));
  }
  return EXIT.done;
}

function failure(rule: Rule): (error: unknown) => never {
  return (error) => {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new CommandFailure([`\`${rule.id}\` could not be run over the lake: ${reason}`]);
  };
}

/** The rules with the ids that are named, of the files that are named or else of the installed ones; without ids all of the files. */
async function readTargets(
  targets: readonly string[],
  { lake }: BacktestOptions,
  settings: Settings,
): Promise<readonly Rule[]> {
  const isPath = (target: string): boolean => /[/\\]|\.ya?ml$/.test(target) || existsSync(target);
  const paths = targets.filter(isPath);
  const ids = new Set(targets.filter((target) => !isPath(target)));
  const { rules } = await readCheckedRules(settings, paths, lake);
  if (ids.size > 0) return Array.from(ids, (id) => findRule(rules, id));
  if (rules.length === 0)
    throw new UsageError([`there is no rule in ${paths.map((path) => `\`${path}\``).join(', ')}`]);
  return rules;
}

function tuningAsJson(tuning: Tuning): unknown {
  const { lines, measured, quantiles, largestBelow, smallestAlerting, sameAlerts, oneADay } = tuning;
  return {
    lines: lines.map(({ threshold, alerts, perDay, isPresent }) => {
      return { threshold, alerts, per_day: perDay, is_present: isPresent };
    }),
    measured,
    quantiles,
    largest_below: largestBelow ?? null,
    smallest_alerting: smallestAlerting ?? null,
    same_alerts: sameAlerts ?? null,
    one_a_day: oneADay ?? null,
  };
}

function asJson({ rule, span, records, alerts, incidents, days, groups, tuning, overlaps }: Backtest): unknown {
  const named = (group: Backtest['alerts'][number]['group']): Record<string, unknown> =>
    Object.fromEntries(rule.by.map((column, index) => [column, group[index] ?? null]));
  return {
    id: rule.id,
    from: span === undefined ? null : isoTime(span.from),
    to: span === undefined ? null : isoTime(span.to),
    records,
    alerts: alerts.length,
    incidents,
    days,
    groups: groups.map(({ group, ...rest }) => ({ group: named(group), ...rest })),
    tuning: tuning === undefined ? null : tuningAsJson(tuning),
    overlaps: overlaps.map((overlap) => ({ ...overlap, relation: overlap.relation ?? null })),
    raised: alerts.map(({ id, group, time, value, usual, firstSeen, lastSeen, ...rest }) => ({
      id,
      time: isoTime(time),
      group: named(group),
      value,
      usual: usual ?? null,
      records: rest.records,
      first_seen: isoTime(firstSeen),
      last_seen: isoTime(lastSeen),
    })),
  };
}
