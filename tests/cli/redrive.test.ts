/** What was given up is tried again, over the wire: nothing is lost, whatever fails on the way. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { countMessages } from '../../shared/adapters/aws/queue-states.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { clientOf } from '../support/deploy.ts';
import { openFaults, startFaultProxy, type Fault, type FaultProxy } from '../support/fault-proxy.ts';
import { createOperatedStack, STACK } from '../support/operated-stack.ts';
import { sekisho, type Ended } from '../support/program.ts';

describe.skipIf(!hasEmulator)('redrive', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let sqs: SQSClient;
  let s3: S3Client;
  let outputs: Readonly<Record<string, string>>;
  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    const options = clientOf(emulator.env);
    sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
    s3 = new S3Client(options);
    outputs = await createOperatedStack(new CloudFormationClient(options));
  });
  afterAll(async () => {
    sqs.destroy();
    s3.destroy();
    await proxy.stop();
    await emulator.stop();
  });

  const queueUrl = (name: string): string => outputs[name]!;
  beforeEach(async () => {
    await openFaults(proxy.endpoint).set();
    for (const name of ['Batches', 'Objects', 'Backfill', 'Alerts'].flatMap((each) => [each, `${each}Dead`])) {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(name) }));
    }
  });

  const redrive = (...args: readonly string[]): Promise<Ended> =>
    sekisho(['redrive', ...args], { env: { ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint }, cwd: '/' });
  const outcomesOf = async (run: Promise<Ended>): Promise<Readonly<Record<string, any>>> => {
    const { stdout } = await run;
    return Object.fromEntries(JSON.parse(stdout).outcomes.map((each: { name: string }) => [each.name, each]));
  };
  const faulty = (...faults: readonly Fault[]) => openFaults(proxy.endpoint).set(...faults);
  const send = (queue: string, body: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl(queue),
        MessageBody: body,
        MessageAttributes: { trace: { DataType: 'String', StringValue: 'kept' } },
      }),
    );
  /** Bodies and attributes of all that a queue holds, in order; what is there stays. */
  const contents = async (queue: string): Promise<readonly string[]> => {
    const bodies = new Map<string, string>();
    for (let empty = 0; empty < 2;) {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl(queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 3,
        MessageAttributeNames: ['All'],
      });
      const { Messages = [] } = await sqs.send(command);
      for (const { MessageId, Body, MessageAttributes } of Messages) {
        bodies.set(MessageId!, `${Body} ${MessageAttributes?.['trace']?.StringValue}`);
      }
      if (Messages.length === 0) empty++;
    }
    return [...bodies.values()].sort();
  };
  const keep = (key: string, body: string) =>
    s3.send(new PutObjectCommand({ Bucket: outputs['Transit']!, Key: key, Body: body }));
  const callKey = (name: string, id: string): string =>
    `aws/lambda/async/${STACK}-${name}/2026/11/24/2026-11-24T10.00.00-${id}`;
  const keys = async (): Promise<readonly string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs['Transit']! }));
    return Contents.map(({ Key }) => Key!);
  };

  test('with nothing to do it says so', async () => {
    const { code, stdout, stderr } = await redrive();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`\
Replayed in sekisho-prod
  batches   no dead letters
  objects   no dead letters
  backfill  no dead letters
  alerts    no dead letters
  detect    no failed calls
  rules     no failed calls
`);
  });

  test('dead letters go back to their queue as they were, and a dry run leaves them', async () => {
    const bodies = Array.from({ length: 23 }, (_, index) => `{"n":${String(index).padStart(2, '0')}}`);
    for (const body of bodies) await send('ObjectsDead', body);
    await send('AlertsDead', 'other');
    await send('BackfillDead', 'old');
    expect(await outcomesOf(redrive('--dry-run', '--json'))).toMatchObject({
      objects: { found: 23, replayed: 0, oldest: expect.stringMatching(/^20\d\d-/) },
      backfill: { found: 1 },
      alerts: { found: 1 },
      batches: { found: 0, oldest: null },
    });
    const { code, stdout } = await redrive('--queue', 'objects');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Replayed in sekisho-prod\n {2}objects {3}23 dead letters, the oldest \d+ s old: 23 replayed\n$/,
    );
    expect(await contents('Objects')).toEqual(bodies.map((body) => `${body} kept`));
    expect(await contents('ObjectsDead')).toEqual([]);
    expect(await contents('AlertsDead')).toEqual(['other kept']);
    expect(await outcomesOf(redrive('--queue', 'backfill', '--json'))).toMatchObject({ backfill: { replayed: 1 } });
    expect(await contents('Backfill')).toEqual(['old kept']);
  });

  test('an answer that is lost, or a deletion that fails, repeats letters and loses none', async () => {
    for (const body of ['a', 'b', 'c']) await send('AlertsDead', body);
    await faulty(
      { operation: 'SQS.SendMessageBatch', act: { kind: 'drop' }, applied: true, times: 1 },
      { operation: 'SQS.DeleteMessageBatch', act: { kind: 'answer', status: 500, code: 'InternalError' } },
    );
    const broken = await redrive('--queue', 'alerts');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('nothing is lost: what was not replayed is still there; run it again');
    const sent = await contents('Alerts');
    expect(new Set(sent)).toEqual(new Set(['a kept', 'b kept', 'c kept']));
    expect(sent.length).toBeGreaterThanOrEqual(3);
  });

  test('a send that fails leaves every letter', async () => {
    for (const body of ['a', 'b']) await send('AlertsDead', body);
    await faulty({ operation: 'SQS.SendMessageBatch', act: { kind: 'answer', status: 403, code: 'AccessDenied' } });
    const { code, stderr } = await redrive('--queue', 'alerts');
    expect(code).toBe(1);
    expect(stderr).toContain('sekisho: cannot replay `alerts`: AccessDenied');
    expect(await contents('Alerts')).toEqual([]);
    // in sight or not yet again
    const { visible, inFlight } = await countMessages(sqs, queueUrl('AlertsDead'));
    expect(visible + inFlight).toBe(2);
  });

  test('a batch that was parked and is gone stays with the dead letters; one that is there goes back', async () => {
    const message = (key: string): string => JSON.stringify({ schema: 'sekisho.batch/1', parked: key });
    await keep('parked/2026-11-24/there', 'H4s=');
    await send('BatchesDead', message('parked/2026-11-24/there'));
    await send('BatchesDead', message('parked/2026-11-24/there-not'));
    const { code, stdout } = await redrive('--queue', 'batches');
    expect(code).toBe(3);
    expect(stdout).toContain('2 dead letters');
    expect(stdout).toContain('1 replayed\n            1 left: its batch was parked in the bucket Transit, and is gone');
    expect(await contents('Batches')).toEqual([`${message('parked/2026-11-24/there')} kept`]);
    // it is in sight at once
    expect(await contents('BatchesDead')).toEqual([`${message('parked/2026-11-24/there-not')} kept`]);
  });

  test('failed calls are made again with their payload, and forgotten once Lambda has taken them', async () => {
    const record = (payload: unknown): string => JSON.stringify({ version: '1.0', requestPayload: payload });
    await keep(callKey('detect', 'a'), record({ awslogs: { data: 'first' } }));
    await keep(callKey('detect', 'b'), record({ awslogs: { data: 'second' } }));
    await keep(callKey('detect', 'c'), '{"no":"record"}');
    await keep(`aws/lambda/async/somebody-else/2026/11/24/x`, record({}));
    const { code, stdout } = await redrive('--queue', 'detect');
    expect(code).toBe(3);
    expect(stdout).toMatch(/detect {4}3 failed calls, the oldest \d+ s old: 2 replayed\n/);
    expect(stdout).toContain(
      `1 left: it has no \`requestPayload\`, so it is no record of a call (${callKey('detect', 'c')})`,
    );
    expect(await keys()).not.toContain(callKey('detect', 'a'));
    expect(await keys()).toContain(callKey('detect', 'c'));
    expect(await keys()).toContain('aws/lambda/async/somebody-else/2026/11/24/x');
    let arrived: readonly string[] = [];
    for (let tries = 0; arrived.length < 2 && tries < 50; tries++) {
      await setTimeout(200);
      arrived = await contents('Batches');
    }
    expect(arrived.map((text) => text.split(' ')[0])).toEqual([
      '{"awslogs":{"data":"first"}}',
      '{"awslogs":{"data":"second"}}',
    ]);
  });

  test('a call that Lambda does not take stays', async () => {
    await keep(callKey('rules', 'a'), '{"requestPayload":{}}');
    const operation = `LAMBDA./2015-03-31/functions/${STACK}-rules/invocations`;
    await faulty({ operation, act: { kind: 'answer', status: 403, code: 'AccessDeniedException' } });
    const { code } = await redrive('--queue', 'rules');
    await faulty();
    expect(code).toBe(1);
    expect(await keys()).toContain(callKey('rules', 'a'));
  });

  test('one call of rules makes up for all that failed', async () => {
    for (const id of ['a', 'b', 'c']) await keep(callKey('rules', id), '{"requestPayload":{}}');
    const { rules } = await outcomesOf(redrive('--queue', 'rules', '--json'));
    expect(rules).toMatchObject({ replayed: 1, covered: 2, kept: [] });
    expect((await keys()).filter((key) => key.includes('rules'))).toEqual([]);
  });

  test('what is older than the lake remembers is replayed, with a warning', async () => {
    await send('AlertsDead', 'old');
    const now = new Date(Date.now() + 15 * 86_400_000).toISOString();
    const { code, stderr } = await redrive('--queue', 'alerts', '--now', now);
    expect(code).toBe(0);
    expect(stderr).toContain('sekisho: some of `alerts` are 15 days old');
  });

  test('a stack that is not there, an unknown queue', async () => {
    const env = { ...emulator.env, AWS_REGION: 'eu-west-1' };
    expect(await sekisho(['redrive'], { env, cwd: '/' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'sekisho: there is no stack `sekisho-prod` in eu-west-1: deploy it with `npx osls deploy`',
      ),
    });
    const unknown = await redrive('--queue', 'archive');
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('batches, objects, backfill, alerts, detect, rules'),
    });
  });
});
