/** Sending a message to SQS by the SDK's client, which tries again and waits where it is asked to. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { MESSAGES } from './limits.ts';

/** Sends a message of at most 1 MiB to the queue at `queueUrl`; throws what the client throws when it has given up. */
export async function sendWithClient(queueUrl: string, body: string): Promise<void> {
  const client = new SQSClient({ ...MESSAGES, endpoint: new URL(queueUrl).origin });
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  client.destroy();
}
