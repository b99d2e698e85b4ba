/** One table of the benchmark, in a thread of its own: code that has met one format runs as it would in a deployment. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { measure, type Rounds, type Timing } from './measure.ts';
import { planStages } from './stages.ts';
import { planWorkload, type FormatName } from './workload.ts';

/** What a table measures. */
export interface TableOrder extends Rounds {
  readonly format: FormatName;
  /** Records a delivery. */
  readonly size: number;
  /** Records altogether. */
  readonly records: number;
  /** Deliveries that become one object of the lake. */
  readonly merged: number;
}

/** Times every stage, the floor first. */
export async function timeTable(order: TableOrder): Promise<readonly Timing[]> {
  const [timings] = (await once(new Worker(new URL(import.meta.url), { workerData: order }), 'message')) as [
    readonly Timing[],
  ];
  return timings;
}

/** Checks each stage's result once, then times them all. */
async function timeHere(order: TableOrder): Promise<readonly Timing[]> {
  const workload = planWorkload(order.format, order.size, order.records / order.size, order.merged);
  const { expected } = workload;
  const stages = planStages(workload);
  for (const { name, run } of stages) {
    const { records, bytes } = await run();
    if (records !== expected.records) throw new Error(`${name} read ${records} of ${expected.records} records`);
    if (bytes !== undefined && bytes !== expected.bytes) {
      throw new Error(`${name} summed ${bytes} of ${expected.bytes} bytes`);
    }
  }
  return measure(stages, order);
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
if (!isMainThread) parentPort?.postMessage(await timeHere(workerData as TableOrder));
