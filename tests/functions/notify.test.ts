/** notify as Lambda calls it, over the wire: from objects of alerts to what subscribers of topics get. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { packDeployment, type Deployment } from '../../infra/deployment.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import { alertWith } from '../alerts/sample.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { openFaults, startFaultProxy, type FaultProxy, type Faults } from '../support/fault-proxy.ts';

const CONTEXT = {
  functionName: 'sekisho-prod-notify',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:sekisho-prod-notify',
  awsRequestId: 'request',
  memoryLimitInMB: '512',
} as Context;

describe.skipIf(!hasEmulator)('notify over the wire', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let faults: Faults;
  let s3: S3Client;
  let sns: SNSClient;
  let sqs: SQSClient;
  let notify: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  let queues: Readonly<Record<'people' | 'pager' | 'siem', string>>;
  let said: Record<string, unknown>[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    faults = openFaults(proxy.endpoint);
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    [s3, sns, sqs] = [new S3Client(), new SNSClient(), new SQSClient()];
    await s3.send(new CreateBucketCommand({ Bucket: 'lake' }));
    const topics: Record<string, string> = {};
    const open = async (name: string): Promise<string> => {
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
      const Attributes = { RawMessageDelivery: 'true' };
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
      topics[name] = TopicArn!;
      return QueueUrl!;
    };
    queues = { people: await open('people'), pager: await open('pager'), siem: await open('siem') };
    const environment = {
      AWS_ENDPOINT_URL: proxy.endpoint,
      SEKISHO_LAKE: 'lake',
      SEKISHO_TOPICS: JSON.stringify(topics),
      POWERTOOLS_LOG_LEVEL: 'WARN',
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_DISABLED: 'false',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const route = { topic: undefined, emails: [] };
    const deployment: Deployment = {
      rules: [],
      lists: [],
      config: {
        ...DEFAULT_CONFIG,
        alerts: {
          notificationsPerMinute: 500,
          routes: [
            { ...route, name: 'people', atLeast: 'info', format: 'default' },
            { ...route, name: 'pager', atLeast: 'high', format: 'chat' },
            { ...route, name: 'siem', atLeast: 'low', format: 'ocsf' },
          ],
          securityHub: false,
        },
      },
    };
    vi.stubGlobal('SEKISHO_DEPLOYMENT', JSON.stringify(packDeployment(deployment)));
    ({ handler: notify } = await import('../../functions/notify.ts'));
    for (const level of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: string) => {
        said.push(JSON.parse(line) as Record<string, unknown>);
      });
    }
  });
  beforeEach(async () => {
    await faults.set();
    said = [];
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    for (const client of [s3, sns, sqs]) client.destroy();
    await proxy.stop();
    await emulator.stop();
  });

  const create = async (...alerts: readonly Alert[]): Promise<void> => {
    for (const alert of alerts) {
      await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: alertKey(alert), Body: JSON.stringify(alert) }));
    }
  };

  /** A message of the queue, as Lambda hands it over. */
  const message = (messageId: string, body: unknown): SQSEvent['Records'][number] =>
    ({
      messageId,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      receiptHandle: 'let go long ago',
      attributes: { ApproximateReceiveCount: '1' },
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:people',
    }) as SQSEvent['Records'][number];

  const created = (alert: Alert): object => ({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: 'lake' }, object: { key: alertKey(alert).replace('=', '%3D') } },
      },
    ],
  });

  const call = async (...messages: SQSEvent['Records']): Promise<string[]> => {
    const { batchItemFailures } = await notify({ Records: messages }, CONTEXT);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };

  /** Everything that waits. */
  const drain = async (url: string): Promise<any[]> => {
    const all: any[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return all;
      for (const { Body, ReceiptHandle } of Messages) {
        all.push(JSON.parse(Body!));
        await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: ReceiptHandle! }));
      }
    }
  };

  test('tells each route in its format what is severe enough for it', async () => {
    const [low, high] = [alertWith(1, { rule: { severity: 'low' } }), alertWith(2, { rule: { severity: 'high' } })];
    await create(low, high);
    expect(await call(message('a', created(low)), message('b', created(high)))).toEqual([]);
    expect((await drain(queues.people)).map(({ id }) => id as string).sort()).toEqual([low.id, high.id]);
    expect(await drain(queues.pager)).toMatchObject([{ version: '1.0', source: 'custom', id: high.id }]);
    expect(await drain(queues.siem)).toMatchObject(
      [high, low].map(({ id }) => ({ class_uid: 2004, finding_info: { uid: id }, cloud: { provider: 'AWS' } })),
    );
    const metrics = said.find((line) => '_aws' in line);
    expect(metrics).toMatchObject({ Deployment: 'sekisho-prod', AlertsTold: 2, AlertsHeldBack: 0 });
    expect(metrics!['FlowToAlertSeconds']).toHaveLength(2);
  });

  test('passes over S3’s test and what is gone, and fails just what it can’t read', async () => {
    const [good, gone, broken] = [alertWith(11, {}), alertWith(12, {}), alertWith(13, {})];
    await create(good);
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: alertKey(broken), Body: '{"schema":' }));
    const failed = await call(
      message('test', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'lake' }),
      message('gone', created(gone)),
      message('good', created(good)),
      message('broken', created(broken)),
      message('nonsense', 'nonsense'),
    );
    expect(failed).toEqual(['broken', 'nonsense']);
    expect((await drain(queues.people)).map(({ id }) => id as string)).toEqual([good.id]);
    expect(
      said.filter(({ level }) => level === 'WARN').map(({ message, failedMessage }) => [message, failedMessage]),
    ).toEqual([
      [`\`${alertKey(broken)}\` holds no alert that this version can read`, 'broken'],
      ['it is no notification of S3', 'nonsense'],
    ]);
  });

  test('an object that S3 does not give fails alone, and is told when it comes again', async () => {
    const [one, other] = [alertWith(21, {}), alertWith(22, {})];
    await create(one, other);
    const refused = { kind: 'answer', status: 403, code: 'AccessDenied' } as const;
    await faults.set({ operation: 'S3.GetObject', target: one.id, act: refused });
    expect(await call(message('one', created(one)), message('other', created(other)))).toEqual(['one']);
    await faults.set();
    expect(await call(message('one', created(one)))).toEqual([]);
    expect((await drain(queues.people)).map(({ id }) => id as string)).toEqual([other.id, one.id]);
  });

  test('a throttled topic fails its messages; the others are told, and nothing is told twice when they come again', async () => {
    const [low, high] = [alertWith(31, { rule: { severity: 'low' } }), alertWith(32, { rule: { severity: 'high' } })];
    await create(low, high);
    const throttled = { kind: 'answer', status: 400, code: 'Throttling' } as const;
    await faults.set({ operation: 'SNS.PublishBatch', target: 'pager', act: throttled });
    const messages = [message('low', created(low)), message('high', created(high))];
    expect(await call(...messages)).toEqual(['high']);
    await drain(queues.siem);
    await faults.set();
    expect(await call(...messages)).toEqual([]);
    expect((await drain(queues.people)).map(({ id }) => id as string).sort()).toEqual([low.id, high.id]);
    expect((await drain(queues.pager)).map(({ id }) => id as string)).toEqual([high.id]);
    expect(await drain(queues.siem)).toEqual([]);
  });

  test('its entry point is as short as the others', () => {
    expect(readFileSync('functions/notify.ts', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });
});
