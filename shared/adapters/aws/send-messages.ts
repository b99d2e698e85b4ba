/** Messages sent to a queue in batches, each one until SQS has taken it. */
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout } from 'node:timers/promises';

/** A message to be sent. */
export type OutgoingMessage = Pick<SendMessageBatchRequestEntry, 'MessageAttributes'> & { readonly body: string };

/** SQS takes at most ten messages in a request, of together 1 MiB. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 2 ** 20;
/** How often messages are tried that SQS did not take; the client itself tries again what failed as a whole. */
const MOST_TRIES = 5;

/**
 * Sends messages, in order; returns their number. One that SQS takes twice, because its answer was lost, is there twice.
 * Throws where some are refused after several tries, with how many were taken before; `progress` hears of each ten.
 */
export async function sendMessages(
  client: SQSClient,
  url: string,
  messages: Iterable<OutgoingMessage>,
  progress: (sent: number) => void = () => {},
): Promise<number> {
  let sent = 0;
  for (const batch of batchesOf(messages)) {
    await sendBatch(client, url, batch, sent);
    sent += batch.length;
    progress(batch.length);
  }
  return sent;
}

function* batchesOf(messages: Iterable<OutgoingMessage>): Generator<readonly OutgoingMessage[]> {
  let batch: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    // attributes count as well: they are few and small
    const size = Buffer.byteLength(message.body) + Buffer.byteLength(JSON.stringify(message.MessageAttributes ?? ''));
    if (batch.length === MOST_MESSAGES || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(
  client: SQSClient,
  url: string,
  batch: readonly OutgoingMessage[],
  before: number,
): Promise<void> {
  let left = batch.map(({ body, MessageAttributes }, index) => ({
    Id: String(index),
    MessageBody: body,
    ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
  }));
  for (let tries = 1; ; tries++) {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: left }));
    if (Failed.length === 0) return;
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
    const [first] = Failed;
    // what is the sender's fault fails again
    if (tries >= MOST_TRIES || Failed.some(({ SenderFault }) => SenderFault === true)) {
      throw new Error(
        `SQS did not take ${left.length} of ${batch.length} messages (${before + batch.length - left.length} were sent): ${first?.Code}: ${first?.Message ?? ''}`,
      );
    }
    await setTimeout(100 * 2 ** tries);
  }
}
