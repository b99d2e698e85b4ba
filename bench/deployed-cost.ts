/**
 * What the requests of the deployed functions cost, for each gigabyte of log lines; prices are those of
 * shared/operations/prices.ts, and what is assumed beside them stands here.
 */
import { PRICES } from '../shared/operations/prices.ts';
import type { Requests } from './counting-store.ts';
import type { DeployedResult, FunctionUse } from './deployed.ts';
import type { FunctionSettings } from './function-settings.ts';

/** Lambda gives a function one virtual processor for so many megabytes, and a share of it for fewer. */
const PROCESSOR_MEGABYTES = 1_769;

/** Seconds that a function waits for an answer; assumed, within a region. A processor second is as long as on this machine. */
const WAITS = { send: 0.01, puts: 0.04, gets: 0.02, lists: 0.04, deletes: 0.02 } as const;

/** Bytes of START, END and REPORT of an invocation, about. */
const PLATFORM_LINES = 320;

/** Bytes of a line of metrics; archive and windows write about one a minute each. */
const METRICS_LINE = 700;

/** USD for a gigabyte of log lines, by what it is for. */
export interface DeployedCost {
  readonly queue: number;
  readonly invocations: number;
  readonly compute: number;
  readonly storage: number;
  readonly logs: number;
  readonly pipeline: number;
  /** What CloudWatch charges for taking the same lines in. */
  readonly ingestion: number;
  readonly ratio: number;
}

/** The cost of what was run. */
export function costOfDeployed(result: DeployedResult): DeployedCost {
  const { queue, settings, lineBytes, minutes } = result;
  const perGigabyte = (usd: number): number => usd / (lineBytes / 1e9);
  const functions = (['detect', 'archive', 'windows'] as const).map((name) => ({
    use: result[name],
    memory: settings.memory[name],
  }));
  const invoked = functions.reduce((sum, { use }) => sum + use.invocations, 0);
  const requests = (queue.send + queue.receive + queue.delete) * PRICES.queueRequest;
  const sends = queue.send * WAITS.send * gigabytes(settings.memory.detect);
  const gigabyteSeconds = sends + functions.reduce((sum, each) => sum + gigabyteSecondsOf(each.use, each.memory), 0);
  const logged = (settings.hasPlatformLines ? invoked * PLATFORM_LINES : 0) + 2 * minutes * METRICS_LINE;
  const parts = {
    queue: perGigabyte(requests),
    invocations: perGigabyte((invoked + result.largeEvents) * PRICES.invocation),
    compute: perGigabyte(gigabyteSeconds * PRICES.gigabyteSecond),
    storage: perGigabyte(functions.reduce((sum, { use }) => sum + storageUsd(use.requests), 0)),
    logs: perGigabyte((logged / 1e9) * PRICES.ingestedGigabyte),
  };
  const pipeline = Object.values(parts).reduce((sum, usd) => sum + usd, 0);
  const ingestion = PRICES.ingestedGigabyte;
  return { ...parts, pipeline, ingestion, ratio: pipeline / ingestion };
}

function gigabytes(memory: number): number {
  return memory / 1_024;
}

/** With less memory the same work takes longer, and costs the same. */
function gigabyteSecondsOf({ seconds, requests }: FunctionUse, memory: number): number {
  const share = Math.min(1, memory / PROCESSOR_MEGABYTES);
  const waited = (['puts', 'gets', 'lists', 'deletes'] as const).reduce(
    (sum, kind) => sum + requests[kind] * WAITS[kind],
    0,
  );
  return (seconds / share + waited) * gigabytes(memory);
}

function storageUsd({ puts, lists, gets }: Requests): number {
  return (puts + lists) * PRICES.s3Put + gets * PRICES.s3Get;
}

/** USD a month that a deployment costs while nothing flows. */
export interface IdleCost {
  /** Pollers that wait for messages. */
  readonly polling: number;
  /** Windows that are looked at every minute. */
  readonly windows: number;
  readonly alarms: number;
  readonly total: number;
}

const MINUTES_A_MONTH = 60 * 24 * 30;

/** Lambda keeps so many pollers at an idle queue; each asks again after so many seconds. */
const POLLERS = 5;
const POLL_SECONDS = 20;

/** USD a month of one alarm on a metric. */
const ALARM = 0.1;

/** What an idle month costs; `windows` is what an idle minute's fold takes. */
export function costOfIdling(settings: FunctionSettings, windows: FunctionUse): IdleCost {
  const polls = (settings.polledQueues * POLLERS * MINUTES_A_MONTH * 60) / POLL_SECONDS;
  const polling = polls * PRICES.queueRequest;
  const compute = gigabyteSecondsOf(windows, settings.memory.windows) * PRICES.gigabyteSecond;
  const lines = ((settings.hasPlatformLines ? PLATFORM_LINES : 0) / 1e9) * PRICES.ingestedGigabyte;
  const minute = compute + storageUsd(windows.requests) + PRICES.invocation + lines;
  const alarms = settings.alarms * ALARM;
  const folded = (MINUTES_A_MONTH * minute) / Math.max(1, windows.invocations);
  return { polling, windows: folded, alarms, total: polling + folded + alarms };
}
