/** Deliveries between detection and archiving, in a queue of SQS: both of its ends. */
import type { Arrival } from '../../envelope/delivery.ts';
import { openBatchMessage } from '../../envelope/parked.ts';
import type { BatchQueue } from '../../ports.ts';
import { openBatchSender, type BatchSenderOptions } from './batch-sender.ts';
import { attempt } from './queue-errors.ts';
import { receiveMessages } from './receive-messages.ts';

/**
 * The queue at a URL. Batches go as CloudWatch Logs packed them. A message that can't be opened is not received: it stays,
 * comes into sight again, and after some times SQS lays it with the dead letters.
 */
export function openBatchQueue(options: BatchSenderOptions): BatchQueue<Arrival> {
  const { url, transit } = options;
  return {
    ...openBatchSender(options),
    async receive(most) {
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
