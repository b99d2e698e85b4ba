/** Dead letters: looked at, and moved back to the queue that they came from. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { sendMessages } from './send-messages.ts';

/** A dead letter, as far as deciding on it takes. */
export interface DeadLetter {
  readonly body: string;
  /** When it was first sent. */
  readonly sent: Date;
}

/** Where dead letters lie, and where they belong. */
export interface DeadQueue {
  readonly dead: string;
  readonly queue: string;
}

/** What became of dead letters. */
export interface Moved {
  readonly moved: number;
  /** Left where they are, by why. */
  readonly kept: Readonly<Record<string, number>>;
  readonly oldest: Date | undefined;
}

/** Nobody else sees a message for so long after it was received: it must suffice to send ten and delete them. */
const HIDDEN_SECONDS = 120;

/**
 * Moves every dead letter that is there back to its queue: each is sent before it is deleted, so that a crash between the
 * two repeats it, which is harmless. `keep` says why one must stay. Those that die again while this runs are left.
 */
export async function moveDeadLetters(
  client: SQSClient,
  { dead, queue }: DeadQueue,
  keep: (letter: DeadLetter) => Promise<string | undefined>,
  progress: (moved: number) => void = () => {},
): Promise<Moved> {
  const seen = new Set<string>();
  const kept: Record<string, number> = {};
  const held = new Map<string, Message>();
  let moved = 0;
  let oldest: Date | undefined;
  let withoutNews = 0;
  try {
    for (;;) {
      const messages = await receive(client, dead, HIDDEN_SECONDS);
      // an empty answer is of all servers of the queue, as it was waited for
      if (messages.length === 0) break;
      const fresh = messages.filter((message) => !seen.has(idOf(message)));
      // what stays comes into sight again after a while, in front of what was not seen yet: with its new handle it is hidden again
      for (const message of messages) if (held.has(idOf(message))) held.set(idOf(message), message);
      // what was sent, and deleted on another server
      await remove(
        client,
        dead,
        messages.filter((message) => seen.has(idOf(message)) && !held.has(idOf(message))),
      );
      withoutNews = fresh.length === 0 ? withoutNews + 1 : 0;
      if (withoutNews > held.size) break;
      const going: Message[] = [];
      for (const message of fresh) {
        seen.add(idOf(message));
        held.set(idOf(message), message);
        const letter = letterOf(message);
        if (oldest === undefined || letter.sent < oldest) oldest = letter.sent;
        const reason = await keep(letter);
        if (reason === undefined) going.push(message);
        else kept[reason] = (kept[reason] ?? 0) + 1;
      }
      await sendMessages(
        client,
        queue,
        going.map(({ Body = '', MessageAttributes }) => ({ body: Body, MessageAttributes })),
      );
      await remove(client, dead, going);
      for (const message of going) held.delete(idOf(message));
      moved += going.length;
      progress(moved);
    }
  } finally {
    await release(client, dead, [...held.values()]);
  }
  return { moved, kept, oldest };
}

/** Looks at up to ten dead letters without hiding them from anybody. */
export async function peekDeadLetters(client: SQSClient, dead: string): Promise<readonly DeadLetter[]> {
  return (await receive(client, dead, 0)).map(letterOf);
}

async function receive(client: SQSClient, url: string, hidden: number): Promise<readonly Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hidden,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages;
}

function idOf({ MessageId = '' }: Message): string {
  return MessageId;
}

function letterOf({ Body = '', Attributes }: Message): DeadLetter {
  return { body: Body, sent: new Date(Number(Attributes?.SentTimestamp ?? 0)) };
}

async function remove(client: SQSClient, url: string, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entries }));
  if (Failed.length === 0) return;
  throw new Error(
    `${Failed.length} messages were sent again, but SQS did not delete them from the dead letters (${Failed[0]?.Message ?? Failed[0]?.Code}): run it again, which is harmless`,
  );
}

/** Shows messages that stay to everybody again. */
async function release(client: SQSClient, url: string, messages: readonly Message[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const entries = messages
      .slice(from, from + 10)
      .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
    // they show up by themselves in a while
    await client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries }))
      .catch(() => undefined);
  }
}
