/**
 * What the internet's noise costs: the whole pack over a fleet's deliveries, minute by minute as it would be deployed,
 * with every request and byte counted. In a thread of its own, as table.ts does it.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { createMemoryQueue } from '../shared/adapters/local/queue.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { inflate } from '../shared/envelope/inflate.ts';
import { decodeDelivery, type Decoded } from '../shared/flow/decode.ts';
import { archive, compilePipelineRules, detect, foldWindows, type Pipeline } from '../shared/pipeline.ts';
import { alertQueries } from '../shared/query/alert-queries.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/lists.ts';
import { DELTAS, HOURS } from '../shared/windows/layout.ts';
import { builtInRules } from './built-in-rules.ts';
import { countingStore, type Requests } from './counting-store.ts';
import { fleetMinute, type Fleet } from './fleet-traffic.ts';
import { decodeOptions } from './stages.ts';
import { dataMessage } from './traffic/delivery.ts';
import { HOUR } from './traffic/hour.ts';

/** What is run. */
export interface FleetOrder extends Fleet {
  readonly minutes: number;
}

/** What a fleet's minutes took. */
export interface FleetResult extends FleetOrder {
  readonly records: number;
  /** Uncompressed bytes of the lines: what CloudWatch Logs bills. */
  readonly lineBytes: number;
  readonly deliveries: number;
  /** Messages of the queue, and of how many billed requests of 64 KB they are (send, receive, delete). */
  readonly queueRequests: number;
  readonly requests: Requests;
  readonly parquetBytes: number;
  /** Bytes of all deltas. */
  readonly deltaBytes: number;
  /** Bytes of the folded state at the end. */
  readonly stateBytes: number;
  readonly alerts: number;
  /** Processor seconds of everything but making the traffic. */
  readonly seconds: number;
  /** Lambda invocations: detect, archive, windows. */
  readonly invocations: number;
}

/** Runs a fleet. */
export async function runFleet(order: FleetOrder): Promise<FleetResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: order });
  const [result] = (await once(worker, 'message')) as [FleetResult];
  return result;
}

/** A billed request of the queue. */
const QUEUE_REQUEST_BYTES = 64 * 1_024;

/** Deliveries that one receive, and one delete, takes. */
const QUEUE_BATCH = 10;

async function runHere(order: FleetOrder): Promise<FleetResult> {
  let now = new Date((HOUR + 120) * 1_000);
  const { store, requests, written } = countingStore(() => now);
  const options = decodeOptions({ format: 'v2' });
  const known = new Map<Arrival, Decoded>();
  let names = 0;
  const pipeline: Pipeline = {
    store,
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => now },
    random: () => String(names++),
    decode: (arrival) => {
      const decoded = known.get(arrival) ?? decodeDelivery(arrival, options);
      known.set(arrival, decoded);
      return decoded;
    },
    rules: compilePipelineRules(builtInRules()),
    queriesOf: alertQueries(PRIVATE_NETWORKS),
    seen: noAlertMemory(),
  };
  const total = { records: 0, lineBytes: 0, deliveries: 0, queueRequests: 0, alerts: 0, invocations: 0, seconds: 0 };
  for (let minute = 0; minute < order.minutes; minute++) {
    const arrivals: Arrival[] = [];
    for (const { logStream, start, lines } of fleetMinute(order, HOUR + minute * 60)) {
      const message = dataMessage(
        '/vpc/fleet',
        logStream,
        lines.map((line) => ({ start, line })),
      );
      const payload = gzipSync(JSON.stringify(message));
      arrivals.push({ kind: 'cloudwatch', json: inflate(payload), place: logStream });
      total.records += lines.length;
      total.lineBytes += lines.reduce((sum, line) => sum + line.length, 0);
      total.queueRequests += Math.ceil((payload.length * 4) / 3 / QUEUE_REQUEST_BYTES) + 2 / QUEUE_BATCH;
    }
    now = new Date((HOUR + minute * 60 + 120) * 1_000);
    const before = process.cpuUsage();
    for (const arrival of arrivals) total.alerts += (await detect(arrival, pipeline)).alerts.length;
    const messages = await pipeline.queue.receive(Number.MAX_SAFE_INTEGER);
    await archive(
      messages.map(({ message }) => message),
      pipeline,
    );
    for (const message of messages) await message.done();
    total.alerts += (await foldWindows(pipeline)).alerts.length;
    known.clear();
    const { user, system } = process.cpuUsage(before);
    total.seconds += (user + system) / 1e6;
    total.deliveries += arrivals.length;
    total.invocations += arrivals.length + 2;
  }
  return {
    ...order,
    ...total,
    requests,
    parquetBytes: written('flows/'),
    deltaBytes: written(DELTAS),
    stateBytes: await sizeOf(store, HOURS),
  };
}

async function sizeOf(store: Pipeline['store'], prefix: string): Promise<number> {
  let bytes = 0;
  for await (const { size } of store.list(prefix)) bytes += size;
  return bytes;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
if (!isMainThread) parentPort?.postMessage(await runHere(workerData as FleetOrder));
