/** Plans a backfill: which old objects are queued, what that costs, and in which hours others have been. */
import type { ObjectSummary } from '../ports.ts';
import { readFlowLogKey, type FlowLogObject } from './flow-log-object.ts';
import { PRICES } from './prices.ts';

/** Which objects are wanted. */
export interface BackfillWish {
  /** Unix seconds; undefined for all. */
  readonly from: number | undefined;
  /** Not included. */
  readonly to: number | undefined;
  /** At most so many objects, in the order of their keys. */
  readonly limit: number;
}

/** The objects to be queued, and what was left out. */
export interface BackfillPlan {
  readonly objects: readonly FlowLogObject[];
  readonly bytes: number;
  /** Objects that hold no flow records, as far as their keys tell. */
  readonly others: number;
  /** Flow logs outside the wanted time. */
  readonly outside: number;
  /** Flow logs whose keys tell no time, where a time was wanted. */
  readonly undated: number;
  /** True where `limit` ended it. */
  readonly cut: boolean;
}

/** Reads a listing to its end, or to the limit; `progress` hears of the number of objects seen. */
export async function planBackfill(
  listing: AsyncIterable<Pick<ObjectSummary, 'key' | 'size'>>,
  { from, to, limit }: BackfillWish,
  progress: (seen: number) => void = () => {},
): Promise<BackfillPlan> {
  const objects: FlowLogObject[] = [];
  const counts = { bytes: 0, others: 0, outside: 0, undated: 0 };
  let seen = 0;
  for await (const { key, size } of listing) {
    progress(++seen);
    const object = readFlowLogKey(key, size);
    if (object === undefined) counts.others++;
    else if (object.time === undefined && (from !== undefined || to !== undefined)) counts.undated++;
    else if (!isWithin(object, from, to)) counts.outside++;
    else if (objects.length >= limit) return { objects, ...counts, cut: true };
    else {
      objects.push(object);
      counts.bytes += size;
    }
  }
  return { objects, ...counts, cut: false };
}

/** By the end of its time, so that an object that begins a little before midnight counts to its own day. */
function isWithin({ time }: FlowLogObject, from = -Infinity, to = Infinity): boolean {
  return time === undefined || (time.to - 1 >= from && time.to - 1 < to) || (time.from >= from && time.from < to);
}

/** An estimate in USD. */
export interface BackfillCost {
  /** Sending, receiving and deleting messages. */
  readonly queue: number;
  readonly functions: number;
  /** Reading the old objects, writing new ones. */
  readonly requests: number;
  /** A month of what is written, before it moves to colder tiers. */
  readonly storageMonth: number;
}

/** collect takes one object a call, at 1,536 MB. */
const GIGABYTES = 1.5;
const SECONDS_A_CALL = 0.3;
/** Gzipped text a second: 200,000 records of 14 bytes, half of what is measured on a laptop's core. */
const BYTES_A_SECOND = 3e6;
/** An object of records, one of what counts towards windows. */
const WRITES = 2;
/** The lake's Parquet has 15 bytes a record where gzipped text has 14. */
const GROWTH = 15 / 14;

/** What queueing and collecting so much costs, about. */
export function estimateBackfill({ objects, bytes }: Pick<BackfillPlan, 'objects' | 'bytes'>): BackfillCost {
  const n = objects.length;
  const seconds = n * SECONDS_A_CALL + bytes / BYTES_A_SECOND;
  return {
    queue: (Math.ceil(n / 10) + 2 * n) * PRICES.queueRequest,
    functions: n * PRICES.invocation + seconds * GIGABYTES * PRICES.gigabyteSecond,
    requests: n * (PRICES.s3Get + WRITES * PRICES.s3Put),
    storageMonth: ((bytes * GROWTH) / 1e9) * PRICES.s3GigabyteMonth,
  };
}
