/** Receiving from SQS by the SDK's client. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueuedMessage } from '../../ports.ts';
import { MESSAGES } from './limits.ts';

/** SQS gives no more at once. */
const MOST_AT_ONCE = 10;

/** One for all queues: it keeps connections and credentials. */
let client: SQSClient | undefined;

/** Up to `most` messages that are in sight now. What is not settled comes into sight again after the queue's own time. */
export async function receiveMessages(queueUrl: string, most: number): Promise<readonly QueuedMessage<string>[]> {
  const sqs = (client ??= new SQSClient(MESSAGES));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(MOST_AT_ONCE, most),
      WaitTimeSeconds: 0,
    }),
  );
  return Messages.map(({ Body, ReceiptHandle }) => {
    const receipt = { QueueUrl: queueUrl, ReceiptHandle };
    return {
      message: Body!,
      async done() {
        await sqs.send(new DeleteMessageCommand(receipt));
      },
      async retry() {
        await sqs.send(new ChangeMessageVisibilityCommand({ ...receipt, VisibilityTimeout: 0 }));
      },
    };
  });
}
