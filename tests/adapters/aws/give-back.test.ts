import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { giveBack } from '../../../shared/adapters/aws/give-back.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:batches';

describe.skipIf(!hasEmulator)('messages that failed, given back to SQS as the emulator ministack plays it', () => {
  let emulator: Emulator;
  let sqs: SQSClient;
  let url: string;
  beforeAll(async () => {
    emulator = await startEmulator();
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    sqs = new SQSClient();
    const Attributes = { VisibilityTimeout: '300' };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'batches', Attributes }));
    url = QueueUrl!;
  });
  afterAll(async () => {
    sqs.destroy();
    vi.unstubAllEnvs();
    await emulator.stop();
  });

  async function receiveAll(): Promise<readonly Message[]> {
    const all: Message[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return all;
      all.push(...Messages);
    }
  }

  test('come again when they are to, long before the queue would show them', async () => {
    const bodies = Array.from({ length: 25 }, (_, index) => `${index}`);
    for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
    const received = await receiveAll();
    expect(received).toHaveLength(25);
    const began = Date.now();
    const held = received.map(({ ReceiptHandle, Body }) => ({
      receipt: ReceiptHandle!,
      seconds: Number(Body) < 5 ? 60 : 2,
    }));
    // one that somebody else has by now does not keep the others
    await giveBack(ARN, [{ receipt: 'none', seconds: 2 }, ...held]);
    expect(await receiveAll()).toEqual([]);
    const again = await vi.waitUntil(
      async () => {
        const found = await receiveAll();
        return found.length > 0 && found;
      },
      { timeout: 10_000, interval: 100 },
    );
    expect(Date.now() - began).toBeGreaterThan(1_500);
    expect(again.map(({ Body }) => Number(Body)).sort((a, b) => a - b)).toEqual(bodies.slice(5).map(Number));
  });

  test('where the queue does not know the caller, or is gone, that is an error', async () => {
    await expect(giveBack(`${ARN}-gone`, [{ receipt: 'a', seconds: 1 }])).rejects.toThrow(/does not exist/);
  });
});
