/** Giving messages that failed back to their queue, to come again sooner than those of a function that was killed. */
import { ChangeMessageVisibilityBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GIVING_BACK, MESSAGES } from './limits.ts';

/** A message that is in a function's hands. */
export interface HeldMessage {
  readonly receipt: string;
  /** When it is to come again. */
  readonly seconds: number;
}

/** SQS takes no more in a request. */
const MOST_AT_ONCE = 10;

/** Requests under way at once: an invocation may have a thousand to make. */
const SIDE_BY_SIDE = 16;

/** One for all calls: it keeps connections and credentials. */
let client: SQSClient | undefined;

/**
 * Has messages of the queue with this ARN come again so many seconds from now. Throws where that can't be said in time:
 * the rest then comes when the queue's own time is over. What is no longer held by this receipt is passed over.
 */
export async function giveBack(queueArn: string, messages: readonly HeldMessage[]): Promise<void> {
  const sqs = (client ??= new SQSClient({ ...MESSAGES, useQueueUrlAsEndpoint: false }));
  const url = urlOf(queueArn);
  const options = { abortSignal: AbortSignal.timeout(GIVING_BACK) };
  const starts = Array.from({ length: Math.ceil(messages.length / MOST_AT_ONCE) }, (_, index) => index * MOST_AT_ONCE);
  const work = async (): Promise<void> => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const entries = messages
        .slice(start, start + MOST_AT_ONCE)
        .map(({ receipt, seconds }, index) => ({ Id: `${index}`, ReceiptHandle: receipt, VisibilityTimeout: seconds }));
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries }), options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, starts.length) }, work));
}

/** `arn:aws:sqs:REGION:ACCOUNT:NAME`; where requests go, the client knows by itself. */
function urlOf(arn: string): string {
  const [, partition, , region, account, name] = arn.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${domain}/${account}/${name}`;
}
