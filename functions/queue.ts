/** What Lambda hands over from a queue, what it wants to hear, and what is measured of it. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Measured } from '../shared/adapters/aws/metrics.ts';
import type { FailedMessage, ReceivedMessage } from '../shared/archive-messages.ts';
import type { Archived } from '../shared/archiver.ts';
import { retryDelay } from '../shared/retry-delay.ts';
import { metrics, warn, warnOnce } from './telemetry.ts';

/** Failed messages that are told one by one; of the rest their number. */
const MOST_TOLD = 5;

/**
 * A handler of a queue's messages around `work`, which says what failed. Just that comes again, soon at first and later
 * each time; all of it where `work` throws. What a killed process held comes when the queue's own time is over.
 */
export function fromQueue(
  work: (messages: readonly ReceivedMessage[], context: Context) => Promise<readonly FailedMessage[]>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return async ({ Records }, context) => {
    let failed: readonly FailedMessage[];
    try {
      failed = await work(
        Records.map(({ messageId, body }) => ({ id: messageId, body })),
        context,
      );
    } catch (error) {
      await comeAgain(Records);
      throw error;
    }
    for (const { id, reason } of failed.slice(0, MOST_TOLD)) await warn(reason, { failedMessage: id });
    if (failed.length > MOST_TOLD) await warn(`${failed.length - MOST_TOLD} more messages failed`);
    const ids = new Set(failed.map(({ id }) => id));
    await comeAgain(Records.filter(({ messageId }) => ids.has(messageId)));
    return { batchItemFailures: [...ids].map((id) => ({ itemIdentifier: id })) };
  };
}

/** Has messages come again after a while. Where SQS does not hear of it they do so, too, only later. */
async function comeAgain(records: readonly SQSRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  metrics.add({ FailedMessages: records.length });
  try {
    const { giveBack } = await import('../shared/adapters/aws/late.ts');
    const held = records.map(({ receiptHandle, attributes }) => ({
      receipt: receiptHandle,
      seconds: retryDelay(Number(attributes.ApproximateReceiveCount)),
    }));
    await giveBack(first.eventSourceARN, held);
  } catch (error) {
    await warnOnce(`messages that failed come again later than they should: ${String(error)}`);
  }
}

/** What was archived, in terms of metrics; zeros are told too, so that rates have both of their parts. */
export function measuredOf({ records, skipdata, quarantined, unreadable }: Archived): Measured {
  return {
    Records: records,
    SkipData: skipdata,
    QuarantinedLines: quarantined,
    UnreadableDeliveries: unreadable,
  };
}
