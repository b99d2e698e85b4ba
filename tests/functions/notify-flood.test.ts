/** A flood of alerts over the wire: two processes at once, S3's conditional writes between them, and one topic. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAlertTopic } from '../../shared/adapters/aws/alert-topic.ts';
import { openBucketStore } from '../../shared/adapters/aws/object-store.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import { messageOf } from '../../shared/alerts/messages/message.ts';
import type { Notice } from '../../shared/alerts/notifications.ts';
import { noNoticeMemory, notify, type NotifyResult } from '../../shared/alerts/notify.ts';
import { context } from '../alerts/messages/samples.ts';
import { eventOf, several } from '../alerts/notify-world.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { openFaults, startFaultProxy, type FaultProxy, type Faults } from '../support/fault-proxy.ts';

describe.skipIf(!hasEmulator)('a flood over the wire', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let faults: Faults;
  let s3: S3Client;
  let sns: SNSClient;
  let sqs: SQSClient;
  let bucket = '';
  let topic = '';
  let queue = '';
  let runs = 0;
  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    faults = openFaults(proxy.endpoint);
    for (const [name, value] of Object.entries({ ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint })) {
      vi.stubEnv(name, value);
    }
    [s3, sns, sqs] = [new S3Client(), new SNSClient(), new SQSClient()];
  });
  beforeEach(async () => {
    await faults.set();
    const name = `flood-${++runs}`;
    bucket = name;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    topic = (await sns.send(new CreateTopicCommand({ Name: name }))).TopicArn!;
    queue = (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl!;
    const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const Attributes = { RawMessageDelivery: 'true' };
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint, Attributes }));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const client of [s3, sns, sqs]) client.destroy();
    await proxy.stop();
    await emulator.stop();
  });

  /** Everything that waits, in no order. */
  const drain = async (): Promise<{ id: string; schema: string; count?: number; objects?: string[] }[]> => {
    const all = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return all;
      for (const { Body, ReceiptHandle } of Messages) {
        all.push(JSON.parse(Body!));
        await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: ReceiptHandle! }));
      }
    }
  };

  /** A process of its own, at a time that its caller sets. */
  const startProcess = (name: string) => {
    const memory = noNoticeMemory(name);
    const sink = openAlertTopic<Notice>(sns, topic, (notice) => messageOf(notice, 'default', context));
    const channels = [{ name: 'people', atLeast: 'info', capped: true, sink }] as const;
    const store = openBucketStore(s3, bucket);
    return (alerts: readonly Alert[], time: string): Promise<NotifyResult> =>
      notify(
        alerts.map((alert) => ({ id: alert.id, body: eventOf(alertKey(alert)) })),
        { store, channels, perMinute: 5, quietable: new Map(), clock: { now: () => new Date(time) }, memory },
      );
  };

  const create = async (alerts: readonly Alert[]): Promise<void> => {
    for (const alert of alerts) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: alertKey(alert), Body: JSON.stringify(alert) }));
    }
  };

  /** What came of sixty alerts. */
  const flood = async () => {
    const alerts = several(60, 'high');
    await create(alerts);
    const processes = [startProcess('one'), startProcess('two')] as const;
    const waiting: string[] = [];
    for (let at = 0; at < alerts.length; at += 20) {
      const results = await Promise.all(
        processes.map((call, index) =>
          call(alerts.slice(at + 10 * index, at + 10 * index + 10), '2026-11-03T05:00:10Z'),
        ),
      );
      for (const result of results) {
        expect(result).toMatchObject({ failed: [], warnings: [] });
        waiting.push(...result.waiting.map(({ id }) => id));
      }
    }
    const singles = await drain();
    // both were frozen: another one gets the message that stayed
    const bell = alerts.filter(({ id }) => waiting.includes(id));
    expect(await startProcess('three')(bell, '2026-11-03T05:01:01Z')).toMatchObject({ failed: [], waiting: [] });
    const numbers = await drain();
    const named = numbers.flatMap(({ objects = [] }) => objects.map((key) => key.slice(-37, -5)));
    const met = [...singles.map(({ id }) => id), ...named].sort();
    return {
      waiting: waiting.length,
      singles: singles.length,
      numbers: numbers.map(({ count }) => count),
      isWhole: met.join() === alerts.map(({ id }) => id).join(),
    };
  };
  const FIVE_AND_A_NUMBER = { waiting: 1, singles: 5, numbers: [55], isWhole: true };

  test('is told as five alerts and one number, whoever tells', async () => {
    expect(await flood()).toEqual(FIVE_AND_A_NUMBER);
  });

  test('also where answers about the minute are lost, and S3 is busy', async () => {
    await faults.set(
      { operation: 'S3.PutObject', target: 'telling', act: { kind: 'drop' }, applied: true, times: 2 },
      {
        operation: 'S3.GetObject',
        target: 'telling',
        act: { kind: 'answer', status: 503, code: 'SlowDown' },
        times: 2,
      },
    );
    expect(await flood()).toEqual(FIVE_AND_A_NUMBER);
  });

  test('an alert alone costs two requests more, and then one', async () => {
    const call = startProcess('one');
    const alerts = several(2, 'low');
    await create(alerts);
    const requests = async (): Promise<string[]> => (await faults.seen()).map(({ operation }) => operation);
    await faults.set();
    await call([alerts[0]!], '2026-11-03T05:00:10Z');
    expect(await requests()).toEqual(['S3.GetObject', 'S3.GetObject', 'S3.PutObject', 'SNS.PublishBatch']);
    await faults.set();
    await call([alerts[1]!], '2026-11-03T05:09:10Z');
    expect(await requests()).toEqual(['S3.GetObject', 'S3.PutObject', 'SNS.PublishBatch']);
  });
});
