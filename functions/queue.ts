/** What Lambda hands over from a queue, what it wants to hear, and what is measured of it. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Measured } from '../shared/adapters/aws/metrics.ts';
import type { FailedMessage, ReceivedMessage } from '../shared/archive-messages.ts';
import type { Archived } from '../shared/archiver.ts';
import { retryDelay } from '../shared/retry-delay.ts';
import { metrics, warn, warnOnce } from './telemetry.ts';

/** Failed messages that are told one by one; of the rest their number. */
const MOST_TOLD = 5;

/** A message with which nothing is wrong, and that is to come again after some seconds. */
export interface WaitingMessage {
  readonly id: string;
  readonly seconds: number;
}

/**
 * A handler of a queue's messages around `work`, which says what failed or has to wait. Just that comes again, what failed
 * soon at first and later each time; all of it where `work` throws. What a killed process held comes when the queue's own
 * time is over.
 */
export function fromQueue(
  work: (
    messages: readonly ReceivedMessage[],
    context: Context,
  ) => Promise<readonly (FailedMessage | WaitingMessage)[]>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return async ({ Records }, context) => {
    let again: readonly (FailedMessage | WaitingMessage)[];
    try {
      again = await work(
        Records.map((record) => ({ id: record.messageId, body: record.body, received: receivesOf(record) })),
        context,
      );
    } catch (error) {
      metrics.add({ FailedMessages: Records.length });
      await comeAgain(Records);
      throw error;
    }
    const failed = again.filter((each) => 'reason' in each);
    if (failed.length > 0) metrics.add({ FailedMessages: failed.length });
    for (const { id, reason } of failed.slice(0, MOST_TOLD)) await warn(reason, { failedMessage: id });
    if (failed.length > MOST_TOLD) await warn(`${failed.length - MOST_TOLD} more messages failed`);
    const waits = new Map(again.map((each) => [each.id, 'reason' in each ? undefined : each.seconds]));
    await comeAgain(
      Records.filter(({ messageId }) => waits.has(messageId)),
      waits,
    );
    return { batchItemFailures: [...waits.keys()].map((id) => ({ itemIdentifier: id })) };
  };
}

function receivesOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}

/** Has messages come again after a while. Where SQS does not hear of it they do so, too, only later. */
async function comeAgain(
  records: readonly SQSRecord[],
  waits: ReadonlyMap<string, number | undefined> = new Map(),
): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  try {
    const { giveBack } = await import('../shared/adapters/aws/late.ts');
    const held = records.map((record) => ({
      receipt: record.receiptHandle,
      seconds: waits.get(record.messageId) ?? retryDelay(receivesOf(record)),
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
