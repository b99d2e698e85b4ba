/** Deliveries between detection and archiving, in a queue of SQS. */
import { encodeBatchMessage, packArrival } from '../../envelope/batch-message.ts';
import type { Arrival } from '../../envelope/delivery.ts';
import { openBatchMessage, parkBatch } from '../../envelope/parked.ts';
import type { BatchQueue, Clock, ObjectStore } from '../../ports.ts';
import { sendMessage } from './send-message.ts';

/** What a queue of batches is made of. */
export interface BatchQueueOptions {
  readonly url: string;
  /** Where batches are parked that do not fit into a message. */
  readonly transit: ObjectStore;
  readonly clock: Clock;
  /** Bytes that a message has at most; SQS takes 1 MiB. */
  readonly mostBytes?: number;
}

const MIB = 1_048_576;

/**
 * The queue at a URL. Batches go as CloudWatch Logs packed them. A message that can't be opened is not received: it stays,
 * comes into sight again, and after some times SQS lays it with the dead letters.
 */
export function openBatchQueue({ url, transit, clock, mostBytes = MIB }: BatchQueueOptions): BatchQueue<Arrival> {
  return {
    async send(arrival) {
      const packed = packArrival(arrival);
      let body = encodeBatchMessage({ kind: 'packed', packed });
      if (Buffer.byteLength(body) > mostBytes) {
        body = encodeBatchMessage({ kind: 'parked', key: await parkBatch(transit, packed, clock.now()) });
      }
      await attempt('send to', url, () => sendMessage(url, body));
    },

    async receive(most) {
      // on AWS it is Lambda that receives: whoever only sends need not load how
      const { receiveMessages } = await import('./receive-messages.ts');
      const received = await attempt('receive from', url, () => receiveMessages(url, most));
      const opened = await Promise.all(
        received.map(async (each) => {
          const message = await openBatchMessage(each.message, transit);
          if (message.kind === 'bad') return undefined;
          return {
            message,
            done: () => attempt('delete from', url, () => each.done()),
            retry: () => attempt('give back to', url, () => each.retry()),
          };
        }),
      );
      return opened.filter((message) => message !== undefined);
    },
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  AccessDenied: 'access denied; allow the action on the queue, and `kms:Decrypt` and `kms:GenerateDataKey` on its key',
  QueueDoesNotExist: 'there is no such queue; check its URL and the region',
};

/** Runs `action`; what SQS refuses becomes an error for people. */
async function attempt<T>(verb: string, url: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`cannot ${verb} the queue \`${url}\`: ${ADVICE[name] ?? `${name}: ${message}`}`, { cause: error });
  }
}
