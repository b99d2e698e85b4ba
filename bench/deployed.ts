/**
 * What the deployed functions ask of AWS for deliveries of one size: the very code of detect, archive and windows over
 * counting adapters, minute by minute. In a thread of its own, as table.ts does it.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { batchMessage } from '../shared/adapters/aws/batch-sender.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import { archiveMessages } from '../shared/archive-messages.ts';
import { openSubscriptionEvent } from '../shared/envelope/subscription.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';
import { compilePipelineRules, detect, foldWindows, type Pipeline } from '../shared/pipeline.ts';
import { alertQueries } from '../shared/query/alert-queries.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/lists.ts';
import { builtInRules } from './built-in-rules.ts';
import { countingQueue, type QueueRequests } from './counting-queue.ts';
import { countingStore, type Requests } from './counting-store.ts';
import { functionSettings, type FunctionSettings } from './function-settings.ts';
import { decodeOptions } from './stages.ts';
import { subscriptionEvent, type SubscriptionMessage } from './traffic/delivery.ts';
import { HOUR } from './traffic/hour.ts';
import { payloads } from './traffic/stream.ts';
import { FORMATS } from './workload.ts';

/** What is run. */
export interface DeployedOrder {
  /** Records a delivery. */
  readonly size: number;
  /** Deliveries a minute: about one for each busy interface. */
  readonly deliveries: number;
  readonly minutes: number;
}

/** What one function did. */
export interface FunctionUse {
  invocations: number;
  /** Processor seconds on this machine. */
  seconds: number;
  readonly requests: Requests;
}

/** What the minutes took. */
export interface DeployedResult extends DeployedOrder {
  readonly records: number;
  /** Uncompressed bytes of the lines: what CloudWatch Logs bills. */
  readonly lineBytes: number;
  /** Requests that Lambda bills for events of more than 256 KB, beside invocations. */
  readonly largeEvents: number;
  readonly queue: QueueRequests;
  readonly detect: FunctionUse;
  readonly archive: FunctionUse;
  readonly windows: FunctionUse;
  /** Windows again, over minutes in which nothing arrived. */
  readonly idle: FunctionUse;
  readonly alerts: number;
  readonly settings: FunctionSettings;
}

/** Runs the functions over deliveries of one size. */
export async function runDeployed(order: DeployedOrder): Promise<DeployedResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: order });
  const [result] = (await once(worker, 'message')) as [DeployedResult];
  return result;
}

/** An asynchronous event is billed as one request up to here, and as one more for each further piece. */
const EVENT_BYTES = 256 * 1_024;
const EVENT_PIECE = 64 * 1_024;

/** Minutes of nothing at the end. */
const IDLE_MINUTES = 5;

/** Traffic of which an interval of a minute holds about 100 deliveries of 200 records. */
const RATE = 80 / 200;

async function runHere(order: DeployedOrder): Promise<DeployedResult> {
  const { size, deliveries, minutes } = order;
  const settings = functionSettings();
  let now = new Date((HOUR + 120) * 1_000);
  const { store, requests } = countingStore(() => now);
  const queue = countingQueue();
  const options = decodeOptions({ format: 'v2' });
  let names = 0;
  const clock = { now: () => now };
  const pipeline: Pipeline = {
    store,
    queue: {
      // large batches are parked in the same counted store
      send: async (arrival) => queue.send(await batchMessage(arrival, { transit: store, clock })),
      receive: async () => [],
    },
    sink: undefined,
    clock,
    random: () => String(names++),
    decode: (arrival) => decodeDelivery(arrival, options),
    rules: compilePipelineRules(builtInRules()),
    queriesOf: alertQueries(PRIVATE_NETWORKS),
    seen: noAlertMemory(),
  };
  const uses = { detect: unused(), archive: unused(), windows: unused(), idle: unused() };
  /** Runs one invocation, and puts what it took down to the function. */
  const invoke = async <T>(use: FunctionUse, work: () => Promise<T>): Promise<T> => {
    const before = { ...requests };
    const started = process.threadCpuUsage();
    const done = await work();
    const { user, system } = process.threadCpuUsage(started);
    use.seconds += (user + system) / 1e6;
    use.invocations++;
    for (const kind of Object.keys(before) as (keyof Requests)[]) use.requests[kind] += requests[kind] - before[kind];
    return done;
  };
  const total = { records: 0, lineBytes: 0, largeEvents: 0, alerts: 0 };
  const rate = (RATE * size * deliveries) / 100;
  const traffic: Iterator<SubscriptionMessage, undefined> = payloads(
    { seed: 'deployed', start: HOUR, seconds: 60, rate },
    FORMATS.v2,
    size,
  );
  for (let minute = 0; minute < minutes; minute++) {
    const messages = Array.from({ length: deliveries }, () => traffic.next().value!);
    now = new Date((HOUR + minute * 60 + 120) * 1_000);
    for (const message of messages) {
      const event = subscriptionEvent(message);
      total.records += message.logEvents.length;
      total.lineBytes += message.logEvents.reduce((sum, each) => sum + each.message.length, 0);
      const beyond = event.awslogs.data.length - EVENT_BYTES;
      if (beyond > 0) total.largeEvents += Math.ceil(beyond / EVENT_PIECE);
      const { alerts } = await invoke(uses.detect, () => detect(openSubscriptionEvent(event), pipeline));
      total.alerts += alerts.length;
    }
    for (const bodies of queue.drain(settings.batchSize, settings.concurrency)) {
      const received = bodies.map((body, index) => ({ id: String(index), body }));
      await invoke(uses.archive, () => archiveMessages(received, pipeline, store));
    }
    const { alerts } = await invoke(uses.windows, () => foldWindows(pipeline));
    total.alerts += alerts.length;
  }
  // what came is folded away by then
  for (let minute = minutes; minute < minutes + IDLE_MINUTES; minute++) {
    now = new Date((HOUR + minute * 60 + 120) * 1_000);
    await invoke(uses.idle, () => foldWindows(pipeline));
  }
  return { ...order, ...total, ...uses, queue: queue.requests, settings };
}

function unused(): FunctionUse {
  return { invocations: 0, seconds: 0, requests: { puts: 0, gets: 0, lists: 0, deletes: 0 } };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
if (!isMainThread) parentPort?.postMessage(await runHere(workerData as DeployedOrder));
