/** Sending a message to SQS by the SDK's client, which tries again and waits where it is asked to. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** One for all messages: it keeps connections and credentials. */
let client: SQSClient | undefined;

/** Sends a message of at most 1 MiB to the queue at `queueUrl`; throws what the client throws when it has given up. */
export async function sendWithClient(queueUrl: string, body: string): Promise<void> {
  client ??= new SQSClient();
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}
