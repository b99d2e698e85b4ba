/** What waits in queues. */
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueLook } from '../../operations/check-queues.ts';
import { observe } from './call-errors.ts';

/** Looks at a queue and its dead letters; the oldest message's age comes from CloudWatch. */
export async function lookAtQueue(
  client: SQSClient,
  url: string,
  deadUrl: string,
  oldestSeconds: number | undefined,
): Promise<QueueLook> {
  const [queue, dead] = await Promise.all([
    observe('sqs:GetQueueAttributes', async () => {
      const { visible, inFlight } = await countMessages(client, url);
      return { waiting: visible, inFlight, oldestSeconds };
    }),
    observe('sqs:GetQueueAttributes', async () => (await countMessages(client, deadUrl)).visible),
  ]);
  return { queue, dead };
}

/** How many messages a queue holds, about. */
export async function countMessages(
  client: SQSClient,
  url: string,
): Promise<{ readonly visible: number; readonly inFlight: number }> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
