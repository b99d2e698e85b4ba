/** Replays dead letters and failed calls, and says what became of them. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { isDenied, reasonOfError } from '../../shared/adapters/aws/call-errors.ts';
import { moveDeadLetters, peekDeadLetters, type DeadLetter } from '../../shared/adapters/aws/dead-letters.ts';
import { callAgain, listFailedCalls } from '../../shared/adapters/aws/failed-calls.ts';
import { openBucketStore } from '../../shared/adapters/aws/object-store.ts';
import { countMessages } from '../../shared/adapters/aws/queue-states.ts';
import { decodeBatchMessage } from '../../shared/envelope/batch-message.ts';
import type { Stack } from '../../shared/operations/check-stack.ts';
import type { KeptCall } from '../../shared/operations/deployed-functions.ts';
import { MESSAGE_DAYS } from '../../shared/operations/deployed-queues.ts';
import { keptCall } from '../../shared/operations/failed-call.ts';
import { age, secondsSince } from '../../shared/operations/wording.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { clientOptions, outputOf, requireStack } from '../deployment.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { counted, tell, writeOut } from '../output.ts';
import { startSteps } from '../progress.ts';
import { REDRIVABLE, type Redrivable, type RedriveOptions } from '../redrive.ts';
import { readSettings } from '../settings.ts';

/** What became of one kind. */
interface Outcome {
  readonly name: Redrivable;
  /** Messages that went back to their queue, or calls that were made again. */
  readonly replayed: number;
  /** Calls that another one makes up for. */
  readonly covered: number;
  /** What is there and was left, as nothing is changed. */
  readonly found: number;
  readonly kept: readonly { readonly reason: string; readonly count: number; readonly example: string | null }[];
  /** ISO 8601. */
  readonly oldest: string | null;
}

interface Context {
  readonly stack: Stack;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly transit: ObjectStore;
  readonly dryRun: boolean;
}

const NOTHING: Omit<Outcome, 'name'> = { replayed: 0, covered: 0, found: 0, kept: [], oldest: null };

const QUEUE_OUTPUTS = { batches: 'Batches', objects: 'Objects', backfill: 'Backfill', alerts: 'Alerts' } as const;

/** Of the names, beside which the rest stands. */
const WIDTH = Math.max(...REDRIVABLE.map(({ length }) => length));

/** What the view remembers of compacted batches, and queues hold messages for. */
const OLD_SECONDS = MESSAGE_DAYS * 86_400;

/** Runs the command to its exit code. */
export async function redrive(options: RedriveOptions): Promise<number> {
  const settings = await readSettings(options);
  const stack = await requireStack(settings);
  const names = REDRIVABLE.filter((name) => options.queue === undefined || options.queue.includes(name));
  const clients = { ...clientOptions(settings), region: stack.region };
  const sqs = new SQSClient({ ...clients, useQueueUrlAsEndpoint: false });
  const lambda = new LambdaClient(clients);
  const s3 = new S3Client(clients);
  const transit = openBucketStore(s3, outputOf(stack, 'Transit'));
  const context: Context = { stack, sqs, lambda, transit, dryRun: options.dryRun === true };
  const outcomes: Outcome[] = [];
  const progress = startSteps(names.length, 'replaying');
  try {
    for (const name of names) {
      progress.next(name);
      outcomes.push(await replay(name, context).catch((error: unknown) => failed(name, outcomes, error)));
    }
  } finally {
    progress.stop();
    for (const client of [sqs, lambda, s3]) client.destroy();
  }
  warnOfAge(outcomes, settings.clock.now());
  if (options.json === true)
    await writeOut(`${JSON.stringify({ stack: stack.name, dry_run: context.dryRun, outcomes })}\n`);
  else await writeOut(report(outcomes, context, settings.clock.now()));
  return outcomes.some(({ kept }) => kept.length > 0) ? EXIT.found : EXIT.done;
}

/** What was replayed before is done, and said; the rest is still there. */
function failed(name: Redrivable, before: readonly Outcome[], error: unknown): never {
  const done = before.filter(({ replayed }) => replayed > 0).map((each) => `${each.replayed} of \`${each.name}\``);
  throw new CommandFailure([
    `cannot replay \`${name}\`: ${reasonOfError(error)}${isDenied(error) ? '; allow it to whoever runs this' : ''}`,
    ...(done.length > 0 ? [`replayed before: ${done.join(', ')}`] : []),
    'nothing is lost: what was not replayed is still there; run it again',
  ]);
}

function replay(name: Redrivable, context: Context): Promise<Outcome> {
  switch (name) {
    case 'batches':
    case 'objects':
    case 'backfill':
    case 'alerts':
      return replayLetters(name, context);
    case 'detect':
    case 'rules':
      return replayCalls(name, context);
  }
}

async function replayLetters(
  name: keyof typeof QUEUE_OUTPUTS,
  { stack, sqs, transit, dryRun }: Context,
): Promise<Outcome> {
  const output = QUEUE_OUTPUTS[name];
  const dead = outputOf(stack, `${output}Dead`);
  if (dryRun) {
    const { visible } = await countMessages(sqs, dead);
    const letters = visible === 0 ? [] : await peekDeadLetters(sqs, dead);
    const oldest = letters.map(({ sent }) => sent.toISOString()).sort()[0] ?? null;
    return { ...NOTHING, name, found: visible, oldest };
  }
  /** A batch that was parked and is gone can only fail again. */
  const keep = async ({ body }: DeadLetter): Promise<string | undefined> => {
    const message = name === 'batches' ? decodeBatchMessage(body) : undefined;
    if (message?.kind !== 'parked' || (await exists(transit, message.key))) return undefined;
    return 'its batch was parked in the bucket Transit, and is gone after 15 days: get the records back with a backfill';
  };
  const { moved, kept, oldest } = await moveDeadLetters(sqs, { dead, queue: outputOf(stack, output) }, keep);
  return {
    ...NOTHING,
    name,
    replayed: moved,
    kept: Object.entries(kept).map(([reason, count]) => ({ reason, count, example: null })),
    oldest: oldest?.toISOString() ?? null,
  };
}

async function exists(store: ObjectStore, key: string): Promise<boolean> {
  for await (const object of store.list(key)) return object.key === key;
  return false;
}

async function replayCalls(name: KeptCall, context: Context): Promise<Outcome> {
  const { stack, lambda, transit, dryRun } = context;
  const full = `${stack.name}-${name}`;
  const all = await listFailedCalls(transit);
  const calls = [...all].flatMap(([each, those]) => (keptCall(stack.name, each) === name ? those : []));
  const oldest = calls[0]?.modified.toISOString() ?? null;
  if (dryRun) return { ...NOTHING, name, found: calls.length, oldest };
  const { called, covered, kept } = await callAgain({ lambda, transit }, { name, full }, calls);
  const reasons = Map.groupBy(kept, ({ reason }) => reason);
  return {
    ...NOTHING,
    name,
    replayed: called,
    covered,
    kept: [...reasons].map(([reason, those]) => ({ reason, count: those.length, example: those[0]!.key })),
    oldest,
  };
}

function warnOfAge(outcomes: readonly Outcome[], now: Date): void {
  for (const { name, oldest } of outcomes) {
    if (oldest === null || secondsSince(new Date(oldest), now) <= OLD_SECONDS) continue;
    tell(
      `sekisho: some of \`${name}\` are ${age(secondsSince(new Date(oldest), now))} old: records that have been compacted since then may be shown twice until the next compaction`,
    );
  }
}

function report(outcomes: readonly Outcome[], { stack, dryRun }: Context, now: Date): string {
  const lines = outcomes.map(({ name, replayed, covered, found, kept, oldest }) => {
    const noun = name in QUEUE_OUTPUTS ? 'dead letter' : 'failed call';
    const since = oldest === null ? '' : `, the oldest ${age(secondsSince(new Date(oldest), now))} old`;
    const all = dryRun ? found : replayed + covered + kept.reduce((sum, { count }) => sum + count, 0);
    const head = `  ${name.padEnd(WIDTH)}  ${all === 0 ? `no ${noun}s` : counted(all, noun)}${since}`;
    if (dryRun || all === 0) return head;
    const parts = [
      `${replayed} replayed`,
      ...(covered > 0 ? [`${covered} made up for by ${replayed === 1 ? 'it' : 'them'}`] : []),
    ];
    const left = kept.map(
      ({ reason, count, example }) =>
        `\n    ${' '.repeat(WIDTH)}${count} left: ${reason}${example === null ? '' : ` (${example})`}`,
    );
    return `${head}: ${parts.join(', ')}${left.join('')}`;
  });
  const title = dryRun ? `What could be replayed in ${stack.name}` : `Replayed in ${stack.name}`;
  return `${title}\n${lines.join('\n')}\n`;
}
