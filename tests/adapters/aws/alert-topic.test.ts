/** Topics of SNS, over the wire: what subscribers get, filter policies, limits, and what fails. */
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAlertTopic } from '../../../shared/adapters/aws/alert-topic.ts';
import type { Alert } from '../../../shared/alerts/alert.ts';
import { messageOf, type AlertFormat, type TopicMessage } from '../../../shared/alerts/messages/message.ts';
import type { Notice } from '../../../shared/alerts/notifications.ts';
import { holdBack, NOTHING_HELD, remainderOf } from '../../../shared/alerts/remainder.ts';
import { Untold } from '../../../shared/alerts/untold.ts';
import { context, hostile, japanese, scan, told } from '../../alerts/messages/samples.ts';
import { alertWith } from '../../alerts/sample.ts';
import { describeAlertSink, type TestAlert } from '../../contracts/alert-sink.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';
import { openFaults, startFaultProxy, type FaultProxy, type Faults } from '../../support/fault-proxy.ts';

const clientOptions = (endpoint: string) => ({
  endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  region: 'us-east-1',
});

/** A message that is nothing but its JSON. */
const bare = (item: TestAlert): TopicMessage => ({
  subject: item.id,
  body: JSON.stringify({ default: JSON.stringify(item) }),
  attributes: {},
});

describe.skipIf(!hasEmulator)('SNS, as the emulator ministack plays it', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let faults: Faults;
  let sns: SNSClient;
  let sqs: SQSClient;
  let names = 0;
  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    faults = openFaults(proxy.endpoint);
    sns = new SNSClient(clientOptions(proxy.endpoint));
    sqs = new SQSClient(clientOptions(emulator.endpoint));
  });
  beforeEach(() => faults.set());
  afterAll(async () => {
    sns.destroy();
    sqs.destroy();
    await proxy.stop();
    await emulator.stop();
  });

  const newTopic = async (): Promise<string> => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `topic-${++names}` }));
    return TopicArn!;
  };

  /** A queue that gets what the policy lets through, wrapped as SNS does it or raw. */
  const subscribe = async (topic: string, policy?: object, raw = true): Promise<string> => {
    const name = `queue-${++names}`;
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const attributes = {
      ...(raw && { RawMessageDelivery: 'true' }),
      ...(policy && { FilterPolicy: JSON.stringify(policy) }),
    };
    const endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    await sns.send(
      new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: endpoint, Attributes: attributes }),
    );
    return QueueUrl!;
  };

  /** All messages that wait. */
  const drain = async (url: string): Promise<{ body: string; attributes: Record<string, string> }[]> => {
    const all: { body: string; attributes: Record<string, string> }[] = [];
    for (;;) {
      const request = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      });
      const { Messages = [] } = await sqs.send(request);
      if (Messages.length === 0) return all;
      for (const { Body, MessageAttributes = {}, ReceiptHandle } of Messages) {
        const values = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue!]);
        all.push({ body: Body!, attributes: Object.fromEntries(values) as Record<string, string> });
        await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: ReceiptHandle! }));
      }
    }
  };

  const idsIn = async (url: string): Promise<string[]> =>
    (await drain(url)).map(({ body }) => (JSON.parse(body) as { id: string }).id).sort();

  const open = (topic: string, format: AlertFormat = 'default') =>
    openAlertTopic<Notice>(sns, topic, (notice) => messageOf(notice, format, context));

  describeAlertSink('a topic', async () => {
    const topic = await newTopic();
    const queue = await subscribe(topic);
    const received: TestAlert[] = [];
    return {
      port: {
        sink: openAlertTopic(sns, topic, bare),
        published: async () => {
          received.push(...(await drain(queue)).map(({ body }) => JSON.parse(body) as TestAlert));
          return received;
        },
      },
      close: async () => undefined,
    };
  });

  test('a program gets the alert as JSON, with attributes, and in SNS’s envelope the subject', async () => {
    const topic = await newTopic();
    const [raw, wrapped] = [await subscribe(topic), await subscribe(topic, undefined, false)];
    await open(topic).publish([told(scan)]);
    const [message] = await drain(raw);
    expect(JSON.parse(message!.body)).toEqual(scan);
    expect(message!.attributes).toEqual({
      severity: 'high',
      kind: 'new',
      rule: 'port-scan',
      tags: '["reconnaissance","attack.t1046"]',
      account: '123456789012',
      region: 'ap-northeast-1',
      vpc: 'vpc-0a1b2c3d',
      interface: '["eni-0a1b2c3d4e5f60718"]',
    });
    const envelope = JSON.parse((await drain(wrapped))[0]!.body) as Record<string, unknown>;
    expect(envelope['Subject']).toBe(
      '[HIGH] Port scan: 203.0.113.9 tried 120 ports within 10m on eni-0a1b2c3d4e5f60718',
    );
    expect(JSON.parse(envelope['Message'] as string)).toEqual(scan);
  });

  test('every format arrives, whatever the alert holds', async () => {
    for (const format of ['default', 'chat', 'asff', 'ocsf'] as const) {
      const topic = await newTopic();
      const queue = await subscribe(topic);
      const notices = [told(scan), told(japanese), told(hostile)];
      await open(topic, format).publish(notices);
      const arrived = (await drain(queue)).map(({ body }) => JSON.parse(body) as object);
      const sent = notices.map((notice) => {
        const { default: json } = JSON.parse(messageOf(notice, format, context).body) as { default: string };
        return JSON.parse(json) as object;
      });
      expect(arrived).toHaveLength(3);
      expect(arrived).toEqual(expect.arrayContaining(sent));
    }
  });

  test('filter policies choose by severity, rule, interface, tag, kind and what is not known', async () => {
    const topic = await newTopic();
    const goesOn = alertWith(5, { continues: scan.id, rule: { id: 'ssh', severity: 'low', tags: ['brute-force'] } });
    const queues = {
      severe: await subscribe(topic, { severity: ['high', 'critical'] }),
      rule: await subscribe(topic, { rule: ['port-scan'] }),
      attack: await subscribe(topic, { tags: [{ prefix: 'attack.' }] }),
      interface: await subscribe(topic, { interface: ['eni-4'] }),
      news: await subscribe(topic, { kind: [{ 'anything-but': ['continuing'] }] }),
      unknown: await subscribe(topic, { account: [{ exists: false }], rule: [{ exists: true }] }),
      both: await subscribe(topic, { severity: ['high'], rule: ['admin-port-open'] }),
      all: await subscribe(topic),
    };
    const more = remainderOf(holdBack(NOTHING_HELD, [alertWith(9, {})]), new Date(0));
    await open(topic).publish([told(scan), told(japanese), told(goesOn), more]);
    const arrived = Object.fromEntries(
      await Promise.all(Object.entries(queues).map(async ([name, url]) => [name, await idsIn(url)] as const)),
    );
    const sorted = (...ids: string[]): string[] => ids.sort();
    expect(arrived).toEqual({
      severe: sorted(scan.id, japanese.id),
      rule: [scan.id],
      attack: [scan.id],
      interface: [japanese.id],
      news: sorted(scan.id, more.id),
      unknown: [japanese.id],
      both: [],
      all: sorted(scan.id, japanese.id, goesOn.id, more.id),
    });
  });

  test('many alerts go in calls of ten, large ones in as many as their bytes take', async () => {
    const topic = await newTopic();
    const queue = await subscribe(topic);
    const small = Array.from({ length: 23 }, (_, number) => told(alertWith(number, {})));
    await open(topic).publish(small);
    expect((await faults.seen()).filter(({ operation }) => operation === 'SNS.PublishBatch')).toHaveLength(3);
    expect(await idsIn(queue)).toHaveLength(23);

    await faults.set();
    const large = (number: number): Alert => ({ ...alertWith(number, {}), runbook: 'x'.repeat(100_000) });
    await open(topic).publish([1, 2, 3, 4, 5].map((number) => told(large(number))));
    expect((await faults.seen()).filter(({ operation }) => operation === 'SNS.PublishBatch')).toHaveLength(3);
    expect(await idsIn(queue)).toHaveLength(5);
  });

  test('throttling is waited out; where it lasts, what could not be told is known', async () => {
    const topic = await newTopic();
    const queue = await subscribe(topic);
    const throttled = { kind: 'answer', status: 400, code: 'Throttling' } as const;
    await faults.set({ operation: 'SNS.PublishBatch', act: throttled, times: 2 });
    await open(topic).publish([told(scan)]);
    expect(await idsIn(queue)).toEqual([scan.id]);

    // one call of two, with all of its attempts
    await faults.set({ operation: 'SNS.PublishBatch', act: throttled, calls: 1 });
    const notices = Array.from({ length: 12 }, (_, number) => told(alertWith(number, {})));
    const error: unknown = await open(topic)
      .publish(notices)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Untold);
    expect([...(error as Untold<Notice>).untold]).toEqual(notices.slice(0, 10));
    expect((error as Error).message).toMatch(/^10 of 12 messages were not published to `arn:aws:sns:.*`: Throttling/);
    expect(await idsIn(queue)).toHaveLength(2);
  });

  test('an answer that is lost tells an alert twice, with the same id', async () => {
    const topic = await newTopic();
    const queue = await subscribe(topic);
    await faults.set({ operation: 'SNS.PublishBatch', act: { kind: 'drop' }, applied: true, times: 1 });
    await open(topic).publish([told(scan)]);
    expect(await idsIn(queue)).toEqual([scan.id, scan.id]);
  });

  test('a topic that is not there is an error that names it', async () => {
    const topic = 'arn:aws:sns:us-east-1:000000000000:nowhere';
    await expect(open(topic).publish([told(scan)])).rejects.toThrow(
      `1 of 1 messages were not published to \`${topic}\`: there is no such topic; check its ARN, and the region`,
    );
  });
});

describe('entries of a batch that fail', () => {
  /**
   * Answers PublishBatch; `verdict` says of the n-th call's entries which fail: SNS's fault or ours; `refuse` with which
   * error a whole call is answered.
   */
  const startSns = async (
    verdict: (call: number, subject: string) => 'ours' | 'theirs' | undefined,
    refuse: (subjects: readonly string[]) => string | undefined = () => undefined,
    messageFor = bare,
  ) => {
    const calls: string[][] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const form = new URLSearchParams(Buffer.concat(chunks).toString());
          const entries = [...form]
            .filter(([name]) => name.endsWith('.Id'))
            .map(([name, id]) => {
              return { id, subject: form.get(name.replace(/Id$/, 'Subject'))! };
            });
          const subjects = entries.map(({ subject }) => subject);
          calls.push(subjects);
          const code = refuse(subjects);
          if (code !== undefined) {
            response.writeHead(400, { 'content-type': 'text/xml' });
            response.end(
              `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
            );
            return;
          }
          const members = entries.map(({ id, subject }) => {
            const failure = verdict(calls.length, subject);
            return failure === undefined
              ? { list: 'Successful', xml: `<member><Id>${id}</Id><MessageId>m</MessageId></member>` }
              : {
                  list: 'Failed',
                  xml: `<member><Id>${id}</Id><Code>${failure === 'ours' ? 'InvalidParameter' : 'InternalError'}</Code><SenderFault>${failure === 'ours'}</SenderFault></member>`,
                };
          });
          const xmlOf = (list: string): string =>
            members
              .filter((member) => member.list === list)
              .map(({ xml }) => xml)
              .join('');
          response.setHeader('content-type', 'text/xml');
          response.end(
            `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful>${xmlOf('Successful')}</Successful><Failed>${xmlOf('Failed')}</Failed></PublishBatchResult></PublishBatchResponse>`,
          );
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const client = new SNSClient(clientOptions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    closing.push(() => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    });
    return { sink: openAlertTopic(client, 'arn:aws:sns:us-east-1:000000000000:t', messageFor), calls };
  };
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  const alerts = ['a', 'b', 'c'].map((id): TestAlert => ({ id, summary: id }));

  test('are tried again where it is SNS’s fault', async () => {
    const { sink, calls } = await startSns((call, subject) => (subject === 'b' && call < 3 ? 'theirs' : undefined));
    await sink.publish(alerts);
    expect(calls).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
  });

  test('are told at once where it is ours, and in the end where it goes on', async () => {
    const { sink, calls } = await startSns((_, subject) => (({ a: 'ours', b: 'theirs' }) as const)[subject]);
    const error: unknown = await sink.publish(alerts).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Untold);
    expect(new Set((error as Untold<TestAlert>).untold)).toEqual(new Set([alerts[0], alerts[1]]));
    expect((error as Error).message).toContain('2 of 3 messages were not published');
    expect((error as Error).message).toContain('InvalidParameter');
    expect(calls).toEqual([['a', 'b', 'c'], ['b'], ['b'], ['b']]);
  });

  const untoldOf = async (published: Promise<void>): Promise<[string[], string]> => {
    const error = (await published.catch((thrown: unknown) => thrown)) as Untold<TestAlert>;
    expect(error).toBeInstanceOf(Untold);
    return [[...error.untold].map(({ id }) => id), error.message];
  };

  test('and that SNS refuses the whole call for are told apart: the others are published', async () => {
    const { sink, calls } = await startSns(
      () => undefined,
      (subjects) => (subjects.includes('b') ? 'InvalidParameter' : undefined),
    );
    const [untold, message] = await untoldOf(sink.publish(alerts));
    expect(untold).toEqual(['b']);
    expect(message).toContain('1 of 3 messages were not published');
    expect(message).toContain('InvalidParameterException: no');
    expect(calls).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  test.each(['AuthorizationError', 'NotFound', 'KMSAccessDenied', 'InvalidClientTokenId'])(
    'are not tried one by one after %s, which each of them would meet',
    async (code) => {
      const { sink, calls } = await startSns(
        () => undefined,
        () => code,
      );
      const [untold] = await untoldOf(sink.publish(alerts));
      expect(untold).toEqual(['a', 'b', 'c']);
      expect(calls).toHaveLength(1);
    },
  );

  test('are told without one that can’t be written', async () => {
    const broken = (item: TestAlert): TopicMessage => {
      if (item.id === 'b') throw new RangeError('Invalid time value');
      return bare(item);
    };
    const { sink, calls } = await startSns(() => undefined, undefined, broken);
    const [untold, message] = await untoldOf(sink.publish(alerts));
    expect(untold).toEqual(['b']);
    expect(message).toContain('it could not be written: RangeError: Invalid time value');
    expect(calls).toEqual([['a', 'c']]);
  });
});
