/** Dead letters that are moved while some stay, with a queue of a fake clock: what stays comes into sight again. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { moveDeadLetters } from '../../../shared/adapters/aws/dead-letters.ts';

interface Letter {
  readonly body: string;
  /** In sight from then on, in seconds. */
  from: number;
  receives: number;
}

/** A queue whose every answer takes so many seconds; what is in sight longest is given first. */
function slowQueue(bodies: readonly string[], seconds: number) {
  const letters = new Map<string, Letter>(bodies.map((body) => [body, { body, from: 0, receives: 0 }]));
  const sent: string[] = [];
  let now = 0;
  const handleOf = (handle: string | undefined): Letter | undefined => {
    const [id, receives] = (handle ?? '').split('#');
    const letter = letters.get(id!);
    return letter?.receives === Number(receives) ? letter : undefined;
  };
  const client = {
    async send(command: object): Promise<object> {
      if (command instanceof ReceiveMessageCommand) {
        now += seconds;
        const seen = [...letters.values()]
          .filter(({ from }) => from <= now)
          .sort((a, b) => a.from - b.from || b.receives - a.receives);
        return {
          Messages: seen.slice(0, 10).map((letter) => {
            letter.from = now + command.input.VisibilityTimeout!;
            letter.receives++;
            return { MessageId: letter.body, ReceiptHandle: `${letter.body}#${letter.receives}`, Body: letter.body };
          }),
        };
      }
      if (command instanceof SendMessageBatchCommand) {
        sent.push(...command.input.Entries!.map(({ MessageBody }) => MessageBody!));
        return { Successful: command.input.Entries!.map(({ Id }) => ({ Id })) };
      }
      if (command instanceof DeleteMessageBatchCommand) {
        for (const { ReceiptHandle } of command.input.Entries!) letters.delete(handleOf(ReceiptHandle)?.body ?? '');
        return {};
      }
      if (command instanceof ChangeMessageVisibilityBatchCommand) {
        for (const { ReceiptHandle } of command.input.Entries!) {
          const letter = handleOf(ReceiptHandle);
          if (letter !== undefined) letter.from = now;
        }
        return {};
      }
      throw new Error('another command');
    },
  };
  const inSight = (): readonly string[] =>
    [...letters.values()].filter(({ from }) => from <= now).map(({ body }) => body);
  return { client: client as unknown as SQSClient, sent, letters, inSight };
}

const URLS = { dead: 'dead', queue: 'queue' };

test('letters that stay and come into sight again keep none from being moved, and are in sight in the end', async () => {
  const staying = Array.from({ length: 40 }, (_, index) => `gone ${index}`);
  const going = Array.from({ length: 60 }, (_, index) => `there ${index}`);
  // 40 seconds an answer: the first that stay are in sight again long before the last was seen
  const { client, sent, letters, inSight } = slowQueue([...staying, ...going], 40);
  const keep = async ({ body }: { body: string }) => (body.startsWith('gone') ? 'it is gone' : undefined);
  const { moved, kept } = await moveDeadLetters(client, URLS, keep);
  expect({ moved, kept }).toEqual({ moved: 60, kept: { 'it is gone': 40 } });
  expect(new Set(sent)).toEqual(new Set(going));
  expect([...letters.keys()].sort()).toEqual(staying.toSorted());
  expect(inSight()).toHaveLength(40);
});

test('it ends although all that stay are always in sight', async () => {
  const { client } = slowQueue(['gone 1', 'gone 2', 'gone 3'], 1_000);
  const { moved, kept } = await moveDeadLetters(client, URLS, async () => 'it is gone');
  expect({ moved, kept }).toEqual({ moved: 0, kept: { 'it is gone': 3 } });
});
