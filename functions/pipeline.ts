/** The pipeline as the functions share it: made once a process, from as little as a first delivery needs. */
import { randomBytes } from 'node:crypto';
import { deployment } from './deployment.ts';
import { openBatchSender } from '../shared/adapters/aws/batch-sender.ts';
import { lazyBucketStore } from '../shared/adapters/aws/lazy-store.ts';
import { systemClock } from '../shared/adapters/local/clock.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import { decodeOptionsOf } from '../shared/decode-options.ts';
import { DeployedRules } from '../shared/deployed-rules.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';
import type { Pipeline } from '../shared/pipeline.ts';
import { alertQueries } from '../shared/query/alert-queries.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/built-in-lists.ts';
import type { Memory, Rule } from '../shared/rules/rule.ts';
import { metrics, warn } from './telemetry.ts';

const { config, lists } = deployment;
const lake = process.env['SEKISHO_LAKE']!;

const decoding = decodeOptionsOf(config);
if ('kind' in decoding) throw new Error(decoding.message);
const lasting = { ...decoding, region: process.env['AWS_REGION'] };

const rules = new DeployedRules(deployment.rules, lists, async (place, known) => {
  if (place.kind === 'file') return { kind: 'failed', message: `\`${place.path}\` is read when rules are packaged` };
  const { fetchListObjectSoon } = await import('../shared/adapters/aws/late.ts');
  return fetchListObjectSoon(place.kind === 's3' ? place.bucket : lake, place.key, known);
});

/** Where batches are parked that are too large for the queue. */
export const transit = lazyBucketStore(process.env['SEKISHO_TRANSIT']!);

/** Whether the configuration says how a log group's lines are written. */
export function knowsLogGroup(logGroup: string): boolean {
  return lasting.formats.ofLogGroup(logGroup) !== undefined;
}

/** What all functions work with. */
export const pipeline: Pipeline = {
  store: lazyBucketStore(lake),
  queue: openBatchSender({ url: process.env['SEKISHO_BATCHES']!, transit, clock: systemClock }),
  sink: undefined,
  clock: systemClock,
  random: () => randomBytes(6).toString('hex'),
  decode: (arrival) => decodeDelivery(arrival, { ...lasting, arrival: Date.now() / 1000 }),
  get rules() {
    return rules.current;
  },
  refresh: refreshRules,
  queriesOf: alertQueries(config.networks ?? PRIVATE_NETWORKS),
  seen: noAlertMemory(),
};

/** Reads the lists that are kept in S3 anew where their time has come; what is wrong with them is told. */
export async function refreshRules(): Promise<void> {
  const { problems, unreadable } = await rules.refresh(systemClock.now());
  if (unreadable > 0) metrics.add({ UnreadableLists: unreadable });
  for (const problem of problems) await warn(problem);
}

/** Rules that could decide nothing, as a list of theirs could not be read since this process began. */
export function leftOutRules(memory: Memory): readonly Rule[] {
  return rules.leftOut(memory);
}

/** Which of these rules can decide nothing, and why; undefined where all can. */
export function missingLists(...memories: readonly Memory[]): string | undefined {
  const ids = memories.flatMap(leftOutRules).map(({ id }) => `\`${id}\``);
  return ids.length === 0 ? undefined : `lists can't be read that these rules need: ${ids.join(', ')}`;
}
