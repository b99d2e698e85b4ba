/** What a fleet's requests and bytes cost. */
import { PRICES } from '../shared/operations/prices.ts';
import type { FleetResult } from './fleet.ts';

/** Memory that functions are given, GB: processor seconds become Lambda's gigabyte-seconds with it. */
const FUNCTION_GIGABYTES = 1;

/** USD for a million records, part by part. */
export interface FleetCost {
  readonly storage: number;
  readonly queue: number;
  readonly invocations: number;
  /** Processor time of this machine, as if Lambda's were as fast. */
  readonly compute: number;
  readonly pipeline: number;
  /** What CloudWatch charges for taking the same lines in. */
  readonly ingestion: number;
}

/** The cost of a fleet's minutes, for each million records. */
export function costOfFleet(result: FleetResult): FleetCost {
  const { requests, records } = result;
  const perMillion = (usd: number): number => (usd / records) * 1e6;
  const storage = perMillion((requests.puts + requests.lists) * PRICES.s3Put + requests.gets * PRICES.s3Get);
  const queue = perMillion(result.queueRequests * PRICES.queueRequest);
  const invocations = perMillion(result.invocations * PRICES.invocation);
  const compute = perMillion(result.seconds * FUNCTION_GIGABYTES * PRICES.gigabyteSecond);
  return {
    storage,
    queue,
    invocations,
    compute,
    pipeline: storage + queue + invocations + compute,
    ingestion: perMillion((result.lineBytes / 1e9) * PRICES.ingestedGigabyte),
  };
}
