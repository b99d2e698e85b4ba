/** Once an hour: rules that look back for longer than windows do are asked of the lake. */
import type { Context } from 'aws-lambda';
import { openAthena } from '../shared/adapters/aws/athena.ts';
import { openGlueCatalog } from '../shared/adapters/aws/glue-catalog.ts';
import { ensureViews } from '../shared/query/ensure-views.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/built-in-lists.ts';
import { runSchedule } from '../shared/run-schedule.ts';
import { deployment } from './deployment.ts';
import { leftOutRules, pipeline } from './pipeline.ts';
import { warn } from './telemetry.ts';
import { withRules } from './with-rules.ts';

/** Milliseconds that are left for stopping a query and saying so before Lambda ends the process. */
const MARGIN = 20_000;

const database = process.env['SEKISHO_DATABASE']!;
const workgroup = process.env['SEKISHO_WORKGROUP']!;
const catalog = openGlueCatalog(database);
const networks = deployment.config.networks ?? PRIVATE_NETWORKS;

/** Called by a schedule. A rule that fails is told of when all others have run; then the invocation fails, for its alarm. */
export const handler = withRules(async (_event: unknown, context: Context): Promise<void> => {
  const { store, clock, seen, rules } = pipeline;
  const remaining = (): number => context.getRemainingTimeInMillis() - MARGIN;
  const engine = openAthena({ database, workgroup, store, remaining });
  try {
    await ensureViews({ engine, catalog, store, now: clock.now() });
    // what their lists hold is not known: the next run looks at what this one missed
    const leftOut = new Set(leftOutRules('query'));
    const known = rules.all.filter((rule) => !leftOut.has(rule));
    const { failed } = await runSchedule({ engine, store, clock, seen, networks, rules: known });
    for (const { rule, error } of failed) await warn(`the rule \`${rule.id}\` could not be run: ${String(error)}`);
    const ids = [...failed.map(({ rule }) => rule.id), ...[...leftOut].map(({ id }) => id)];
    if (ids.length > 0) throw new Error(`could not run ${ids.map((id) => `\`${id}\``).join(', ')}`);
  } finally {
    await engine.close();
  }
});
