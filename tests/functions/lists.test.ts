/** The functions with a rule whose list is an object of S3: one that is missing, that does not answer, that comes back. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { packDeployment } from '../../infra/deployment.ts';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { subscriptionMessage } from '../support/decode.ts';
import { openFaults, startFaultProxy, type FaultProxy, type Faults } from '../support/fault-proxy.ts';
import { flowLine } from '../support/flow-lines.ts';

const CONTEXT = { functionName: 'sekisho-test', awsRequestId: 'request', memoryLimitInMB: '512' } as Context;
const KEY = 'lists/allowed.txt';

const RULES = `lists:
  allowed: { object: ${KEY}, refresh: 5m }
rules:
  - { id: stranger, where: srcaddr not in @allowed, by: [srcaddr] }
  - { id: anybody, where: has(srcaddr), by: [srcaddr] }
  - { id: many-strangers, where: srcaddr not in @allowed, by: [srcaddr], when: count() >= 2, window: 5m }
`;

describe.skipIf(!hasEmulator)('the functions, where a list of a rule is kept in S3', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let faults: Faults;
  let s3: S3Client;
  let sqs: SQSClient;
  let queue: string;
  let said: Record<string, unknown>[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    faults = openFaults(proxy.endpoint);
    for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
    [s3, sqs] = [new S3Client(), new SQSClient()];
    for (const Bucket of ['lake', 'transit']) await s3.send(new CreateBucketCommand({ Bucket }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'batches' }));
    queue = QueueUrl!;
    const environment = {
      AWS_ENDPOINT_URL: proxy.endpoint,
      SEKISHO_LAKE: 'lake',
      SEKISHO_TRANSIT: 'transit',
      SEKISHO_BATCHES: `${proxy.endpoint}${new URL(queue).pathname}`,
      POWERTOOLS_DEV: 'true',
      POWERTOOLS_METRICS_DISABLED: 'false',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { rules, lists, diagnostics } = loadRules([{ name: 'own.yml', text: RULES }], {
      readOutside: () => ({ kind: 'content', entries: [], diagnostics: [] }),
    });
    const wrong = diagnostics.find(({ severity }) => severity === 'error');
    if (wrong !== undefined) throw new Error(wrong.message);
    const source = lists.get('allowed')!.source!;
    const config = {
      ...DEFAULT_CONFIG,
      sources: [{ kind: 'log-group', logGroup: 'flow-logs', formats: ['default'], create: undefined }],
    } as const;
    const deployment = packDeployment({ config, rules, lists: [{ name: 'allowed', source }] });
    vi.stubGlobal('SEKISHO_DEPLOYMENT', JSON.stringify(deployment));
    for (const level of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: string) => {
        said.push(JSON.parse(line) as Record<string, unknown>);
      });
    }
  });
  beforeEach(() => {
    // each test in a new process
    vi.resetModules();
    said = [];
  });
  afterEach(async () => {
    vi.useRealTimers();
    await faults.set();
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queue }));
    for (const key of await keys('')) await s3.send(new DeleteObjectCommand({ Bucket: 'lake', Key: key }));
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    for (const client of [s3, sqs]) client.destroy();
    await proxy.stop();
    await emulator.stop();
  });

  async function keys(prefix: string): Promise<readonly string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: prefix }));
    return Contents.map(({ Key }) => Key!);
  }
  async function load(name: string): Promise<(event: unknown) => Promise<unknown>> {
    const { handler } = (await import(`../../functions/${name}.ts`)) as {
      handler: (event: unknown, context: Context) => Promise<unknown>;
    };
    return (given) => handler(given, CONTEXT);
  }
  const putList = () => s3.send(new PutObjectCommand({ Bucket: 'lake', Key: KEY, Body: '192.0.2.1\n' }));
  const data = gzipSync(subscriptionMessage([flowLine(1)])).toString('base64');
  const event = { awslogs: { data } };
  const alertRules = async (): Promise<readonly string[]> =>
    (await keys('alerts/')).map((key) => /anybody|stranger/.exec(key)?.[0] ?? key).sort();
  const measured = (name: string): unknown[] => said.flatMap((line) => (name in line ? [line[name]] : []));

  test('a delivery is safe and the other rules have alerted before detect fails for a list; trying again makes up for it', async () => {
    const detect = await load('detect');
    await expect(detect(event)).rejects.toThrow(/^lists can't be read that these rules need: `stranger`$/);
    const operations = (await faults.seen()).map(({ operation }) => operation);
    expect(operations.slice(0, 2)).toEqual(['SQS.SendMessage', 'S3.GetObject']);
    expect(await alertRules()).toHaveLength(1);
    expect(measured('UnreadableLists')).toEqual([1]);
    expect(said.map(({ message }) => message)).toContain(
      'rules that name `@allowed` are left out until it can be read: cannot read `s3://lake/lists/allowed.txt`: there is no such object; check the key',
    );
    await putList();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5_000 });
    await detect(event);
    expect(await alertRules()).toHaveLength(2);
  });

  test('a list that does not answer holds detect for some seconds, after the delivery is safe', async () => {
    await putList();
    await faults.set({ operation: 'S3.GetObject', target: KEY, act: { kind: 'delay', milliseconds: 20_000 } });
    const detect = await load('detect');
    const began = performance.now();
    await expect(detect(event)).rejects.toThrow("can't be read");
    expect(performance.now() - began).toBeLessThan(8_000);
    expect((await faults.seen())[0]!.operation).toBe('SQS.SendMessage');
    expect(await alertRules()).toHaveLength(1);
  });

  test('archive waits for a list, but not for long: it goes on without, and that is counted', async () => {
    const archive = await load('archive');
    const body = JSON.stringify({ schema: 'sekisho.batch/1', cloudwatch: data });
    const message = (messageId: string, count: string) => ({
      messageId,
      body,
      receiptHandle: 'let go long ago',
      attributes: { ApproximateReceiveCount: count },
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:batches',
    });
    expect(await archive({ Records: [message('first', '1'), message('second', '2')] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'first' }, { itemIdentifier: 'second' }],
    });
    expect(await keys('flows/raw/')).toEqual([]);
    expect(await archive({ Records: [message('first', '1'), message('third', '3')] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'first' }],
    });
    expect(await keys('flows/raw/')).toHaveLength(1);
    expect(measured('UnreadableLists')).toEqual([1]);
  });
});
