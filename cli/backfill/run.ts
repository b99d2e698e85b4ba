/** Lists old flow logs, says what they cost and collide with, and queues them. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { confirm, isCancel } from '@clack/prompts';
import { reasonOfError } from '../../shared/adapters/aws/call-errors.ts';
import { openBucketStore } from '../../shared/adapters/aws/object-store.ts';
import { sendMessages } from '../../shared/adapters/aws/send-messages.ts';
import { encodeObjectMessage } from '../../shared/envelope/object-message.ts';
import { estimateBackfill, planBackfill, type BackfillPlan } from '../../shared/operations/backfill.ts';
import type { Stack } from '../../shared/operations/check-stack.ts';
import { heldHours, overlapsOf, timeOf, type OverlapSpan } from '../../shared/operations/held-hours.ts';
import type { BackfillOptions } from '../backfill.ts';
import { clientOptions, outputOf, requireStack } from '../deployment.ts';
import { CommandFailure, EXIT, UsageError } from '../exit.ts';
import { count, counted, tell, widthOf, writeOut } from '../output.ts';
import { readSettings, type Settings } from '../settings.ts';
import { openDeployedLake } from './deployed-lake.ts';
import { startCounting } from './counting.ts';
import { formatOverlaps, formatPlan, overlapsAsJson } from './report.ts';
import { readPlace, readWish, type BackfillPlace } from './wish.ts';

/** Runs the command to its exit code. */
export async function backfill(text: string, options: BackfillOptions): Promise<number> {
  const settings = await readSettings(options);
  const place = readPlace(text, settings.config);
  const wish = readWish(options);
  mustBeAbleToAsk(options);
  const stack = await requireStack(settings);
  const plan = await list(settings, place, wish);
  const cost = estimateBackfill(plan);
  const overlaps = await lookForOverlaps(settings, stack, place, plan, options.force === true);
  const isRefused = overlaps.length > 0 && options.force !== true;
  if (options.json !== true) {
    await writeOut(formatPlan(text, plan, cost));
    if (overlaps.length > 0) await writeOut(`\n${formatOverlaps(overlaps, widthOf(process.stdout))}`);
  }
  const isWanted =
    !isRefused && options.dryRun !== true && plan.objects.length > 0 && (await isConfirmed(plan, options));
  const queued = isWanted ? await queue(settings, stack, place, plan) : 0;
  if (options.json === true) {
    await writeOut(`${JSON.stringify(asJson(text, plan, cost, overlaps, queued))}\n`);
  }
  if (isRefused) {
    tell(
      `sekisho: another source holds these hours, and their records would count twice: nothing was queued. Leave them out with --from and --to, or queue them all the same with --force`,
    );
    return EXIT.found;
  }
  if (isWanted && options.json !== true) {
    await writeOut(`Queued ${counted(queued, 'object')}; \`sekisho doctor\` shows how many still wait\n`);
  }
  return isWanted || options.dryRun === true || plan.objects.length === 0 ? EXIT.done : EXIT.failed;
}

/** Whoever is no person says so first. */
function mustBeAbleToAsk({ yes, dryRun, json }: BackfillOptions): void {
  if (yes === true || dryRun === true) return;
  if (json !== true && process.stdin.isTTY && process.stdout.isTTY) return;
  throw new UsageError([
    'it would ask whether to go on, and there is no terminal to ask at: give `--yes`, or `--dry-run` to see first',
  ]);
}

async function list(
  settings: Settings,
  { bucket, prefix }: BackfillPlace,
  wish: Parameters<typeof planBackfill>[1],
): Promise<BackfillPlan> {
  const client = new S3Client({ ...clientOptions(settings), followRegionRedirects: true });
  const counting = startCounting('listed', 'objects');
  try {
    return await planBackfill(openBucketStore(client, bucket).list(prefix), wish, (seen) => counting.update(seen));
  } catch (error) {
    throw new CommandFailure([reasonOfError(error)]);
  } finally {
    counting.stop();
    client.destroy();
  }
}

/** What is not archived leaves nothing in the lake that could be there twice. */
async function lookForOverlaps(
  settings: Settings,
  stack: Stack,
  { bucket, source }: BackfillPlace,
  { objects }: BackfillPlan,
  force: boolean,
): Promise<readonly OverlapSpan[]> {
  if (!source.archive || objects.length === 0 || force) return [];
  const time = timeOf(objects);
  const undated = objects.filter((object) => object.time === undefined).length;
  if (undated > 0) {
    throw new CommandFailure([
      `the keys of ${counted(undated, 'object')} tell no day, so that it can't be looked up whether another source holds their hours: leave them out with \`--from\`, or queue them all the same with \`--force\``,
    ]);
  }
  const engine = openDeployedLake(settings, stack);
  try {
    return overlapsOf(objects, await heldHours(engine, time!), bucket);
  } catch (error) {
    throw new CommandFailure([
      `cannot ask the lake which hours it holds: ${reasonOfError(error)}`,
      'nothing was queued; mend that, or queue without asking the lake with `--force`',
    ]);
  } finally {
    await engine.close();
  }
}

async function isConfirmed({ objects }: BackfillPlan, { yes }: BackfillOptions): Promise<boolean> {
  if (yes === true) return true;
  const answer = await confirm({ message: `Queue ${counted(objects.length, 'object')}?`, initialValue: false });
  return !isCancel(answer) && answer;
}

async function queue(
  settings: Settings,
  stack: Stack,
  { bucket }: BackfillPlace,
  { objects }: BackfillPlan,
): Promise<number> {
  const client = new SQSClient({ ...clientOptions(settings), region: stack.region, useQueueUrlAsEndpoint: false });
  const counting = startCounting('queued', `of ${count(objects.length)}`);
  const bodies = objects.values().map(({ key, size }) => ({ body: encodeObjectMessage({ bucket, key, size }) }));
  let sent = 0;
  try {
    return await sendMessages(client, outputOf(stack, 'Backfill'), bodies, (more) => counting.update((sent += more)));
  } catch (error) {
    throw new CommandFailure([
      `queued ${count(sent)} of ${count(objects.length)} objects, then: ${reasonOfError(error)}`,
      'run it again: what is queued twice is known by its identity',
    ]);
  } finally {
    counting.stop();
    client.destroy();
  }
}

function asJson(
  place: string,
  { objects, bytes, others, outside, undated, cut }: BackfillPlan,
  { queue, functions, requests, storageMonth }: ReturnType<typeof estimateBackfill>,
  overlaps: readonly OverlapSpan[],
  queued: number,
): object {
  return {
    place,
    objects: objects.length,
    bytes,
    left_out: { no_flow_logs: others, other_days: outside, no_day: undated, after_limit: cut },
    estimated_usd: { requests, functions, queue, storage_month: storageMonth },
    overlaps: overlapsAsJson(overlaps),
    queued,
  };
}
