/** `sekisho rules run`: asks a lake what rules with a long memory tell. */
import type { Command } from 'commander';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import { isoTime } from '../../shared/alerts/span.ts';
import type { FlowTable } from '../../shared/flow/fields.ts';
import type { QueryEngine } from '../../shared/ports.ts';
import { PRIVATE_NETWORKS } from '../../shared/rules/built-in-lists.ts';
import { runRule, scheduledRules, type RuleRun } from '../../shared/query/run-rules.ts';
import { VIEWS } from '../../shared/query/sql-scope.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { tableOfRule } from '../../shared/rules/table.ts';
import { EXIT } from '../exit.ts';
import { reportAlerts } from '../ingest-report.ts';
import { openLake } from '../lake.ts';
import { counted, painter, tell, writeOut } from '../output.ts';
import { startSteps } from '../progress.ts';
import { readCheckedRules } from '../read-rules.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { readMoment } from './moment.ts';
import { subcommand, type Done } from './subcommand.ts';

interface RunOptions extends CommonOptions {
  readonly lake: string;
  readonly rules?: readonly string[];
  readonly since?: string;
  readonly all?: true;
}

const EXAMPLES = `\
  sekisho rules run --lake lake    once an hour, say: long windows, new values,
                                   baselines
  sekisho rules run --rules new.yml --all --since 30d
                                   what a new rule finds, whatever its memory`;

/** The command. */
export function runCommand(done: Done): Command {
  return subcommand('run', 'ask a lake what rules with a long memory tell, and raise their alerts', EXAMPLES)
    .option('--lake <dir>', 'the lake', 'sekisho-lake')
    .option('--rules <path...>', 'rule files or folders, instead of the built-in rules and those of the configuration')
    .option('--since <time>', 'look from this time on, ISO 8601, or so long back: `30d` (default: since the last run)')
    .option('--all', 'also run the rules that look at records as they are read')
    .action(async (options: RunOptions) => done(await run(options)));
}

/** A rule that could not be run. */
interface Failed {
  readonly rule: Rule;
  readonly reason: string;
}

async function run(options: RunOptions): Promise<number> {
  const settings = await readSettings(options);
  const since = readMoment('--since', options.since, settings);
  const loaded = await readCheckedRules(settings, options.rules ?? [], options.lake);
  const rules = scheduledRules(loaded.rules, options.all === true);
  const { store, engine } = await openLake(options.lake);
  const runs: RuleRun[] = [];
  const failed: Failed[] = [];
  const recorded = new Set<FlowTable>();
  const progress = startSteps(rules.length, 'running');
  const seen = noAlertMemory();
  const networks = settings.config.networks ?? PRIVATE_NETWORKS;
  try {
    for (const rule of rules) {
      progress.next(rule.id);
      try {
        runs.push(
          await runRule(rule, { engine, store, clock: settings.clock, networks, since, rules: loaded.rules, seen }),
        );
      } catch (error) {
        failed.push({ rule, reason: error instanceof Error ? error.message.trim() : String(error) });
      }
    }
    for (const table of ['vpc', 'tgw'] as const) if (await hasRecords(engine, table)) recorded.add(table);
  } finally {
    progress.stop();
    await engine.close();
  }
  for (const { rule, reason } of failed) tell(`sekisho: \`${rule.id}\` could not be run: ${reason}`);
  if (options.json === true) await writeOut(`${JSON.stringify(asJson(runs, failed))}\n`);
  else await writeOut(report(runs, failed, { all: loaded.rules.length, recorded }, options, settings));
  return failed.length > 0 ? EXIT.failed : EXIT.done;
}

async function hasRecords(engine: QueryEngine, table: FlowTable): Promise<boolean> {
  const { rows } = await engine.query(`SELECT 1 FROM ${VIEWS[table]} LIMIT 1`);
  return rows.length > 0;
}

function asJson(runs: readonly RuleRun[], failed: readonly Failed[]): unknown {
  return {
    rules: runs.map(({ rule, since, created, known }) => {
      return { id: rule.id, since: since === undefined ? null : isoTime(since), new_alerts: created.length, known };
    }),
    failed: failed.map(({ rule, reason }) => ({ id: rule.id, reason })),
    alerts: runs.flatMap(({ created }) => created),
  };
}

function report(
  runs: readonly RuleRun[],
  failed: readonly Failed[],
  { all, recorded }: { readonly all: number; readonly recorded: ReadonlySet<FlowTable> },
  { lake }: RunOptions,
  { config }: Settings,
): string {
  const paint = painter(process.stdout);
  if (runs.length + failed.length === 0) {
    return `None of ${counted(all, 'rule')} has a memory that is kept in the lake (--all runs the others, too)\n`;
  }
  const width = Math.max(...runs.map(({ rule }) => rule.id.length), 0);
  const lines = runs.map(({ rule, since, created, known }) => {
    const found = created.length === 0 ? 'no new alert' : counted(created.length, 'new alert');
    const from = !recorded.has(tableOfRule(rule))
      ? 'there are no records of its kind'
      : since === undefined
        ? 'all records'
        : `records since ${isoTime(since).slice(0, 16).replace('T', ' ')} UTC`;
    return `  ${rule.id.padEnd(width)}  ${found}${known > 0 ? `, ${known} known` : ''} (${from})`;
  });
  const alerts = runs.flatMap(({ created }) => created);
  return [
    `${paint('title', `Ran ${counted(runs.length, 'rule')}`)} over the lake in ${lake}`,
    ...lines,
    ...(recorded.size > 0 ? [] : [`The lake has no records: read some with \`sekisho ingest INPUT --lake ${lake}\``]),
    '',
    reportAlerts(
      { counts: { alerts: alerts.length }, alerts },
      { lake, timeZone: config.timeZone, mostShown: config.alerts.notificationsPerMinute },
    ),
  ].join('\n');
}
