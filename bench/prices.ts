/**
 * What requests and bytes cost in us-east-1, USD; second-hand figures of 2024 to 2026, to be replaced by the bill.
 *
 * Source: AWS's price pages for Amazon S3, Amazon SQS, AWS Lambda (arm64) and Amazon CloudWatch (vended logs), first tier.
 */
import type { FleetResult } from './fleet.ts';

const PRICES = {
  s3Put: 0.005 / 1_000,
  s3Get: 0.0004 / 1_000,
  queueRequest: 0.4 / 1e6,
  invocation: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  ingestedGigabyte: 0.5,
} as const;

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
