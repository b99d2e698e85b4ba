import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBatchQueue } from '../../../shared/adapters/aws/batch-queue.ts';
import { openBucketStore } from '../../../shared/adapters/aws/object-store.ts';
import type { Arrival } from '../../../shared/envelope/delivery.ts';
import { openPacked } from '../../../shared/envelope/subscription.ts';
import type { BatchQueue } from '../../../shared/ports.ts';
import { describeBatchQueue } from '../../contracts/batch-queue.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';

const NOW = new Date('2026-11-17T01:30:00Z');
const MIB = 1_048_576;

const packed = (text: string | Uint8Array): string => gzipSync(text).toString('base64');

describe.skipIf(!hasEmulator)('SQS, as the emulator ministack plays it', () => {
  let emulator: Emulator;
  let sqs: SQSClient;
  let s3: S3Client;
  let made = 0;
  beforeAll(async () => {
    emulator = await startEmulator();
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    sqs = new SQSClient();
    s3 = new S3Client();
  });
  afterAll(async () => {
    sqs.destroy();
    s3.destroy();
    vi.unstubAllEnvs();
    await emulator.stop();
  });

  const newQueue = async (mostBytes?: number) => {
    const name = `batches-${++made}`;
    const { QueueUrl: url } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '2' } }),
    );
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    const queue = openBatchQueue({
      url: url!,
      transit: openBucketStore(s3, name),
      clock: { now: () => NOW },
      ...(mostBytes === undefined ? {} : { mostBytes }),
    });
    const parked = async (): Promise<readonly string[]> => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name }));
      return Contents.map(({ Key }) => Key!);
    };
    return { queue, url: url!, parked };
  };

  /** The contract speaks of texts: each is what a delivery holds. */
  const ofTexts = (queue: BatchQueue<Arrival>): BatchQueue<string> => ({
    send: (text) => queue.send(openPacked(packed(text))),
    receive: async (most) =>
      (await queue.receive(most)).map((each) => {
        if (each.message.kind !== 'cloudwatch') throw new Error(each.message.kind);
        return { ...each, message: each.message.json.toString('utf8') };
      }),
  });

  describeBatchQueue('a queue', async () => {
    const { queue } = await newQueue();
    return { port: ofTexts(queue), close: async () => undefined };
  });

  describeBatchQueue('a queue whose batches are all parked', async () => {
    const { queue } = await newQueue(0);
    return { port: ofTexts(queue), close: async () => undefined };
  });

  test('a batch goes as it came, also where it can not be opened', async () => {
    const { queue, url } = await newQueue();
    const whole = packed('{"messageType":"DATA_MESSAGE"}');
    const broken = `${whole.slice(0, 20)}\u0000\uffff関所`;
    await queue.send(openPacked(whole));
    await queue.send(openPacked(broken));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    const bodies = Messages.map(({ Body }) => JSON.parse(Body!) as unknown);
    expect(bodies).toContainEqual({ schema: 'sekisho.batch/1', cloudwatch: whole });
    expect(bodies).toContainEqual({ schema: 'sekisho.batch/1', cloudwatch: broken });
    await queue.send(openPacked(broken));
    const [received] = await queue.receive(1);
    expect(received?.message).toMatchObject({ kind: 'unopened', packed: broken });
  });

  test('what does not fit into a message is parked by its day and content, once however often it comes', async () => {
    const { queue, parked } = await newQueue();
    const empty = JSON.stringify({ schema: 'sekisho.batch/1', cloudwatch: '' }).length;
    const fits = 'A'.repeat(MIB - empty);
    await queue.send(openPacked(fits));
    expect(await parked()).toEqual([]);
    // random bytes do not compress
    const large = packed(randomBytes(MIB));
    await queue.send(openPacked(large));
    await queue.send(openPacked(large));
    await queue.send(openPacked(`${fits}A`));
    const keys = await parked();
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(key).toMatch(/^parked\/2026-11-17\/[0-9a-f]{32}$/);
    const received: string[] = [];
    for (let some = await queue.receive(10); some.length > 0; some = await queue.receive(10)) {
      for (const each of some) {
        received.push((each.message as { packed: string }).packed);
        await each.done();
      }
    }
    expect(received.sort()).toEqual([fits, large, large, `${fits}A`].sort());
  });

  test('a message that can not be opened is left for the dead letters, and does not block others', async () => {
    const { queue, url } = await newQueue();
    for (const body of ['no JSON', JSON.stringify({ schema: 'sekisho.batch/1', parked: 'parked/2026-11-01/gone' })]) {
      await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    }
    await queue.send(openPacked(packed('a delivery')));
    const received = await queue.receive(10);
    expect(received).toHaveLength(1);
    await received[0]!.done();
    await vi.waitFor(
      async () => {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
        expect(Messages.length).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 500 },
    );
  });

  test('a queue that is not there is an error that names it', async () => {
    const { queue, url } = await newQueue();
    const elsewhere = `${url}-gone`;
    const gone = openBatchQueue({ url: elsewhere, transit: openBucketStore(s3, 'x'), clock: { now: () => NOW } });
    await expect(gone.send(openPacked(packed('a')))).rejects.toThrow(
      `cannot send to the queue \`${elsewhere}\`: there is no such queue`,
    );
    await expect(gone.receive(1)).rejects.toThrow(`cannot receive from the queue \`${elsewhere}\``);
    expect(await queue.receive(1)).toEqual([]);
  });

  test('lines of a file are no delivery of CloudWatch Logs', async () => {
    const { queue } = await newQueue();
    const lines: Arrival = { kind: 'text', lines: Buffer.from('a\n'), header: undefined, firstLine: 1, place: 'a.log' };
    await expect(queue.send(lines)).rejects.toThrow('a.log is no delivery of CloudWatch Logs');
  });
});
