/** The sending end of a queue of batches: all that detection needs of it. Lambda itself is the receiving one. */
import { encodeBatchMessage, packArrival } from '../../envelope/batch-message.ts';
import type { Arrival } from '../../envelope/delivery.ts';
import { parkBatch } from '../../envelope/parked.ts';
import type { BatchQueue, Clock, ObjectStore } from '../../ports.ts';
import { attempt } from './queue-errors.ts';
import { sendMessage } from './send-message.ts';

/** What it takes to send batches. */
export interface BatchSenderOptions {
  readonly url: string;
  /** Where batches are parked that do not fit into a message. */
  readonly transit: ObjectStore;
  readonly clock: Clock;
  /** Bytes that a message has at most; SQS takes 1 MiB. */
  readonly mostBytes?: number;
}

const MIB = 1_048_576;

/** The queue at a URL, for those who only send. */
export function openBatchSender(options: BatchSenderOptions): BatchQueue<Arrival> {
  const { url } = options;
  return {
    async send(arrival) {
      const body = await batchMessage(arrival, options);
      await attempt('send to', url, () => sendMessage(url, body));
    },
    async receive() {
      throw new Error(`the queue \`${url}\` is open for sending alone`);
    },
  };
}

/** The message of a batch, which is parked where it would be too large. */
export async function batchMessage(
  arrival: Arrival,
  { transit, clock, mostBytes = MIB }: Omit<BatchSenderOptions, 'url'>,
): Promise<string> {
  const packed = packArrival(arrival);
  const body = encodeBatchMessage({ kind: 'packed', packed });
  if (Buffer.byteLength(body) <= mostBytes) return body;
  return encodeBatchMessage({ kind: 'parked', key: await parkBatch(transit, packed, clock.now()) });
}
