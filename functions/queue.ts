/** What Lambda hands over from a queue, what it wants to hear, and what is measured of it. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Measured } from '../shared/adapters/aws/metrics.ts';
import type { FailedMessage, ReceivedMessage } from '../shared/archive-messages.ts';
import type { Archived } from '../shared/archiver.ts';
import { warn } from './telemetry.ts';

/** The event's messages. */
export function receivedIn({ Records }: SQSEvent): readonly ReceivedMessage[] {
  return Records.map(({ messageId, body }) => ({ id: messageId, body }));
}

/** Failed messages that are told one by one; of the rest their number. */
const MOST_TOLD = 5;

/** The answer that has just these messages come again; each is told in the log. */
export async function answerTo(failed: readonly FailedMessage[]): Promise<SQSBatchResponse> {
  for (const { id, reason } of failed.slice(0, MOST_TOLD)) await warn(reason, { failedMessage: id });
  if (failed.length > MOST_TOLD) await warn(`${failed.length - MOST_TOLD} more messages failed`);
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
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
