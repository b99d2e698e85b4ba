/** The functions as Lambda calls them, one after the other, over the wire. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { packDeployment, readDeployment } from '../../infra/deployment.ts';
import type { Deployment } from '../../infra/deployment.ts';
import { DELTAS } from '../../shared/windows/layout.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { subscriptionMessage } from '../support/decode.ts';
import { DEFAULT_HEADER, flowLine } from '../support/flow-lines.ts';
import { readWithHyparquet, type Row } from '../support/parquet-readers.ts';

type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

const CONTEXT = { functionName: 'sekisho-test', awsRequestId: 'request', memoryLimitInMB: '512' } as Context;
const KEY = 'AWSLogs/210987654321/vpcflowlogs/eu-west-3/2026/11/17/a b.log.gz';

describe.skipIf(!hasEmulator)('the functions over the wire', () => {
  let emulator: Emulator;
  let s3: S3Client;
  let sqs: SQSClient;
  let batches: string;
  let detect: Handler<unknown, void>;
  let archive: Handler<SQSEvent, SQSBatchResponse>;
  let collect: Handler<SQSEvent, SQSBatchResponse>;
  let windows: Handler<unknown, void>;
  let said: Record<string, unknown>[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    [s3, sqs] = [new S3Client(), new SQSClient()];
    for (const Bucket of ['lake', 'transit', 'logs']) await s3.send(new CreateBucketCommand({ Bucket }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'batches' }));
    batches = QueueUrl!;
    const environment = {
      SEKISHO_LAKE: 'lake',
      SEKISHO_TRANSIT: 'transit',
      SEKISHO_BATCHES: batches,
      POWERTOOLS_LOG_LEVEL: 'WARN',
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_DISABLED: 'false',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const SEKISHO_CONFIG = 'tests/infra/configurations/empty.yml';
    const { config, ...rest } = readDeployment({ SEKISHO_CONFIG }, () => undefined);
    const deployment: Deployment = {
      ...rest,
      config: {
        ...config,
        sources: [
          { kind: 'log-group', logGroup: 'flow-logs', formats: ['default'], create: undefined },
          {
            kind: 'bucket',
            bucket: 'logs',
            prefix: '',
            create: false,
            archive: true,
            layout: 'plain',
            partition: 'daily',
          },
        ],
      },
    };
    vi.stubGlobal('SEKISHO_DEPLOYMENT', JSON.stringify(packDeployment(deployment)));
    const load = async <H>(name: string): Promise<H> => {
      const { handler } = (await import(`../../functions/${name}.ts`)) as { handler: H };
      return handler;
    };
    [detect, archive, collect, windows] = [
      await load('detect'),
      await load('archive'),
      await load('collect'),
      await load('windows'),
    ];
    for (const level of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: string) => {
        said.push(JSON.parse(line) as Record<string, unknown>);
      });
    }
  });
  beforeEach(() => {
    said = [];
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    s3.destroy();
    sqs.destroy();
    await emulator.stop();
  });

  const sent = (data: string): unknown => ({ awslogs: { data } });
  const packed = (lines: readonly string[], options = {}): string =>
    gzipSync(subscriptionMessage(lines, options)).toString('base64');

  /** What waits in the queue, as Lambda would hand it over; gone from the queue. */
  async function takeBatches(): Promise<SQSEvent> {
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: batches, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) break;
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(Body!);
        await sqs.send(new DeleteMessageCommand({ QueueUrl: batches, ReceiptHandle }));
      }
    }
    return eventOf(bodies);
  }
  const eventOf = (bodies: readonly string[]): SQSEvent =>
    ({
      Records: bodies.map((body, index) => ({
        messageId: `${index}`,
        body,
        receiptHandle: 'let go long ago',
        attributes: { ApproximateReceiveCount: '1' },
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:batches',
      })),
    }) as SQSEvent;

  async function keys(prefix: string, bucket = 'lake'): Promise<readonly string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return Contents.map(({ Key }) => Key!);
  }
  async function rows(): Promise<readonly Row[]> {
    const objects = await Promise.all(
      (await keys('flows/raw/')).map(async (Key) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key }));
        return readWithHyparquet(await Body!.transformToByteArray());
      }),
    );
    return objects.flat();
  }
  const metricsSaid = () => said.filter((line) => '_aws' in line);
  const logged = () => said.filter((line) => !('_aws' in line));

  test('a delivery goes to the queue as it came and into the lake; nothing is logged', async () => {
    const data = packed([flowLine(1), flowLine(2)]);
    await detect(sent(data), CONTEXT);
    expect(said).toEqual([]);
    const event = await takeBatches();
    expect(event.Records.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { schema: 'sekisho.batch/1', cloudwatch: data },
    ]);
    expect(await archive(event, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(await rows()).toMatchObject([
      { bytes: 1, source: 'flow-logs', source_account: '123456789012', source_region: 'us-east-1' },
      { bytes: 2 },
    ]);
    expect(logged()).toEqual([]);
    expect(metricsSaid()).toMatchObject([
      { Deployment: 'sekisho-prod', Records: 2, SkipData: 0, QuarantinedLines: 0, UnreadableDeliveries: 0 },
    ]);
  });

  test('a test of the subscription succeeds quietly and sends nothing', async () => {
    const event = JSON.parse(
      readFileSync(new URL('../../events/cloudwatch-logs/control-message.json', import.meta.url), 'utf8'),
    ) as unknown;
    await detect(event, CONTEXT);
    expect((await takeBatches()).Records).toEqual([]);
    expect(said).toEqual([]);
  });

  test('an unknown log group is read as the default format and told once', async () => {
    for (const firstId of [10, 20])
      await detect(sent(packed([flowLine(firstId)], { logGroup: 'other', firstId })), CONTEXT);
    expect(logged()).toMatchObject([
      { level: 'WARN', message: expect.stringContaining('log group `other` is not in sekisho.yml') as unknown },
    ]);
    await archive(await takeBatches(), CONTEXT);
    expect((await rows()).filter(({ source }) => source === 'other')).toHaveLength(2);
  });

  test('malformed deliveries are queued, quarantined, counted, and done', async () => {
    const whole = packed([flowLine(30)]);
    const events = [
      sent(whole.slice(0, 100)),
      sent('%%%'),
      { surprise: true },
      sent(gzipSync('[]').toString('base64')),
    ];
    for (const event of events) await detect(event, CONTEXT);
    expect(said).toEqual([]);
    const queued = await takeBatches();
    expect(queued.Records).toHaveLength(4);
    expect(await archive(queued, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(metricsSaid()).toMatchObject([{ UnreadableDeliveries: 4, QuarantinedLines: 4 }]);
    expect(await keys('quarantine/')).toHaveLength(1);
  });

  test('a batch that does not fit into a message is parked, and archived all the same', async () => {
    // values that do not compress: almost two megabytes as base64
    const lines = Array.from({ length: 40_000 }, (_, index) =>
      flowLine(index).replace(
        'eni-0123456789abcdef0',
        `eni-${randomBytes(17).toString('hex').slice(0, 17)}${randomBytes(16).toString('hex')}`,
      ),
    );
    const data = packed(lines, { firstId: 1000 });
    expect(data.length).toBeGreaterThan(1_048_576);
    await detect(sent(data), CONTEXT);
    const event = await takeBatches();
    expect(event.Records[0]!.body.length).toBeLessThan(200);
    expect(await keys('parked/', 'transit')).toHaveLength(1);
    const before = (await rows()).length;
    expect(await archive(event, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect((await rows()).length).toBe(before + 40_000);
  });

  test('messages that can not be read come again alone', async () => {
    const bodies = [
      '{',
      JSON.stringify({ schema: 'sekisho.batch/1', cloudwatch: packed([flowLine(40)], { firstId: 40 }) }),
    ];
    const before = (await rows()).length;
    expect(await archive(eventOf(bodies), CONTEXT)).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    expect(logged()).toMatchObject([{ level: 'WARN', message: 'the message is not JSON', failedMessage: '0' }]);
    expect((await rows()).length).toBe(before + 1);
    expect(metricsSaid()).toMatchObject([{ FailedMessages: 1 }]);
  });

  test('an object that was delivered to S3 is detected and archived in one', async () => {
    const body = gzipSync([DEFAULT_HEADER, flowLine(50), flowLine(51), ''].join('\n'));
    await s3.send(new PutObjectCommand({ Bucket: 'logs', Key: KEY, Body: body }));
    const record = {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: {
        bucket: { name: 'logs' },
        object: { key: encodeURIComponent(KEY).replaceAll('%20', '+'), size: body.length },
      },
    };
    const gone = { schema: 'sekisho.object/1', bucket: 'logs', key: 'gone.log.gz' };
    const bodies = [JSON.stringify({ Records: [record] }), '{"Event":"s3:TestEvent"}', JSON.stringify(gone), 'bad'];
    expect(await collect(eventOf(bodies), CONTEXT)).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
    expect((await rows()).filter(({ source }) => source === 'logs')).toMatchObject([
      { bytes: 50, source_account: '210987654321', source_region: 'eu-west-3' },
      { bytes: 51 },
    ]);
    expect(logged().map(({ message }) => message)).toEqual([
      '`s3://logs/gone.log.gz` was deleted before it was read',
      'the message is not JSON',
    ]);
    expect(metricsSaid()).toMatchObject([{ UnreadableDeliveries: 1 }]);
  });

  test('windows folds what was archived, and counts what it can not read', async () => {
    // good news is written once a minute
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    expect((await keys(DELTAS)).length).toBeGreaterThan(0);
    await windows({}, CONTEXT);
    expect(await keys(DELTAS)).toEqual([]);
    expect(metricsSaid()).toMatchObject([{ LateRecords: 0, UnreadableState: 0 }]);
    expect(Number(metricsSaid()[0]!['WindowStateBytes'])).toBeGreaterThan(0);
    said = [];
    const broken = `${DELTAS}20261117T000000000Z-broken-0`;
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: broken, Body: 'broken' }));
    await windows({}, CONTEXT);
    expect(metricsSaid()).toMatchObject([{ UnreadableState: 1 }]);
    expect(logged()).toMatchObject([{ level: 'WARN', message: expect.stringContaining(broken) as unknown }]);
    vi.useRealTimers();
  });

  test('broken infrastructure fails the invocation, and one line says what failed', async () => {
    for (const Key of await keys('', 'transit')) await s3.send(new DeleteObjectCommand({ Bucket: 'transit', Key }));
    await s3.send(new DeleteBucketCommand({ Bucket: 'transit' }));
    const before = await keys('flows/raw/');
    const bodies = [
      JSON.stringify({ schema: 'sekisho.batch/1', cloudwatch: packed([flowLine(60)], { firstId: 60 }) }),
      JSON.stringify({ schema: 'sekisho.batch/1', parked: 'parked/2026-11-17/00' }),
    ];
    const message =
      'cannot read `s3://transit/parked/2026-11-17/00`: there is no such bucket; check its name and the account';
    await expect(archive(eventOf(bodies), CONTEXT)).rejects.toThrow(message);
    expect(logged()).toMatchObject([{ level: 'ERROR', message, function_request_id: 'request' }]);
    expect(await keys('flows/raw/')).toEqual(before);
  });
});
