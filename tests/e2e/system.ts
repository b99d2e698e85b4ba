/** The deployed system, seen and driven from outside. */
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient, TooManyRequestsException } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  paginateListObjectsV2,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { clientOf } from '../support/deploy.ts';
import { openFaults } from '../support/fault-proxy.ts';
import { queryLake } from '../support/lakes.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';
import { SEKISHO_YML, type Listener } from './deployment.ts';
import { toSubscriptionEvent, type Traffic } from './traffic.ts';

/** Undefined where there is nothing to be tested: no emulator, or a machine with one loopback address alone. */
export const deployed = inject('deployed');

/** The functions, by what `serverless.yml` calls them. */
export type FunctionName = 'detect' | 'archive' | 'collect' | 'windows' | 'notify' | 'rules';

/** Opens the system before the tests of a file, and closes it after them. */
export function useSystem(): () => System {
  let system: System | undefined;
  beforeAll(async () => {
    system = await openSystem();
    await system.faults.set();
  });
  afterEach(() => system?.faults.set());
  afterAll(() => system && removeFolder(system.folder));
  return () => system!;
}

/** A message on a topic, as a queue behind a subscription gets it. */
export interface Told {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** When it was received here. */
  readonly at: number;
}

/** A client's view of everything. */
async function openSystem() {
  const { env, proxy, outputs, listeners } = deployed!;
  const client = clientOf(env);
  const logs = new CloudWatchLogsClient(client);
  const lambda = new LambdaClient(client);
  const s3 = new S3Client(client);
  const sqs = new SQSClient(client);
  const folder = await makeFolder();
  await writeFile(path.join(folder, 'sekisho.yml'), SEKISHO_YML);
  const calls = new Map<FunctionName, number>();
  const heard: Record<Listener, Told[]> = { everything: [], bad: [], mining: [] };

  async function receive(url: string, add: (message: Message) => void): Promise<void> {
    for (;;) {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      );
      if (Messages === undefined || Messages.length === 0) return;
      for (const message of Messages) add(message);
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle: ReceiptHandle! }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    }
  }

  const system = {
    outputs,
    faults: openFaults(proxy),
    /** A folder of this file's own, with the configuration, and a copy of the lake in `lake`. */
    folder,

    /** Writes to a log group, as AWS writes flow logs; a subscription does the rest. */
    async putLogEvents({ logGroup, logStream, events }: Traffic): Promise<void> {
      const stream = { logGroupName: logGroup, logStreamName: logStream };
      await logs.send(new CreateLogStreamCommand(stream)).catch((error: unknown) => {
        if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
      });
      const logEvents = events.map(({ timestamp, message }) => ({ timestamp, message }));
      await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
    },

    /** Calls a function as a subscription does: asynchronously, tried three times. */
    async deliver(event: object): Promise<void> {
      const Payload = Buffer.from(JSON.stringify(event));
      await lambda.send(new InvokeCommand({ FunctionName: 'sekisho-prod-detect', InvocationType: 'Event', Payload }));
    },

    /** Delivers traffic without CloudWatch Logs, which here would give it other ids each time. */
    deliverTraffic: (traffic: Traffic): Promise<void> => system.deliver(toSubscriptionEvent(traffic)),

    /** Calls a function and waits for it; gives what it failed with, if it did. */
    async invoke(name: FunctionName, event: object = {}): Promise<string | undefined> {
      for (;;) {
        try {
          const Payload = Buffer.from(JSON.stringify(event));
          const answer = await lambda.send(new InvokeCommand({ FunctionName: `sekisho-prod-${name}`, Payload }));
          calls.set(name, system.called(name) + 1);
          return answer.FunctionError === undefined ? undefined : Buffer.from(answer.Payload!).toString();
        } catch (error) {
          // only one at a time, and the schedule calls it too
          if (!(error instanceof TooManyRequestsException)) throw error;
          await setTimeout(100);
        }
      }
    },

    /** How often `invoke` has called a function. */
    called: (name: FunctionName): number => calls.get(name) ?? 0,

    /** How often a function has been called, by whomever. */
    async invocations(name: FunctionName): Promise<number> {
      const logGroupName = `/aws/lambda/sekisho-prod-${name}`;
      const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: 'START' }));
      return events!.length;
    },

    /** What a function wrote. */
    async logLines(name: FunctionName): Promise<readonly string[]> {
      const { events } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: `/aws/lambda/sekisho-prod-${name}` }),
      );
      return events!.map(({ message }) => message!);
    },

    /** What functions wrote about what is wrong. */
    async complaints(): Promise<readonly string[]> {
      const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/' }));
      const found = await Promise.all(
        logGroups!.map(({ logGroupName }) => logs.send(new FilterLogEventsCommand({ logGroupName, limit: 1000 }))),
      );
      const lines = found.flatMap(({ events }) => events!.map(({ message }) => message!));
      return lines
        .filter((line) => line.startsWith('{"level"'))
        .map((line) => line.slice(0, 300))
        .slice(-20);
    },

    /** Everything that a listener was told until now. */
    async told(listener: Listener): Promise<readonly Told[]> {
      await receive(listeners[listener], ({ Body, MessageAttributes }) => {
        const attributes = Object.entries(MessageAttributes ?? {}).map(([name, { StringValue }]) => [
          name,
          StringValue,
        ]);
        heard[listener].push({ body: Body!, attributes: Object.fromEntries(attributes), at: Date.now() });
      });
      return heard[listener];
    },

    /** Sends a message to one of the deployment's queues. */
    async send(queue: string, body: string): Promise<void> {
      await sqs.send(new SendMessageCommand({ QueueUrl: outputs[queue], MessageBody: body }));
    },

    /** Seconds until a message comes again that was not done. */
    async setVisibility(queue: string, seconds: number): Promise<void> {
      const Attributes = { VisibilityTimeout: `${seconds}` };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: outputs[queue], Attributes }));
    },

    /** Messages in a queue, seen or not. */
    async waiting(queue: string): Promise<number> {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: outputs[queue], AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes!['ApproximateNumberOfMessages']) +
        Number(Attributes!['ApproximateNumberOfMessagesNotVisible'])
      );
    },

    /** The keys of a bucket. */
    async keys(bucket: 'Lake' | 'Transit', prefix = ''): Promise<readonly string[]> {
      const keys: string[] = [];
      for await (const { Contents } of paginateListObjectsV2(
        { client: s3 },
        { Bucket: outputs[bucket], Prefix: prefix },
      )) {
        keys.push(...(Contents ?? []).map(({ Key }) => Key!));
      }
      return keys;
    },

    /** Whether a bucket tells EventBridge of its objects, which is for its owner to say. */
    async announceObjects(bucket: string, announced: boolean): Promise<void> {
      const NotificationConfiguration = announced ? { EventBridgeConfiguration: {} } : {};
      await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }));
    },

    /** Puts an object into any bucket. */
    async putObject(bucket: string, key: string, body: Uint8Array): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },

    async object(bucket: 'Lake' | 'Transit', key: string): Promise<Buffer> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs[bucket], Key: key }));
      return Buffer.from(await Body!.transformToByteArray());
    },

    /** Asks a copy of the lake, made now, through its views. */
    async query(sql: string): Promise<readonly (readonly unknown[])[]> {
      const lake = path.join(folder, 'lake');
      for (const prefix of ['flows/', 'tgw/', 'alerts/', 'quarantine/']) {
        for (const key of await system.keys('Lake', prefix)) {
          const file = path.join(lake, key);
          // objects are written once
          if (existsSync(file)) continue;
          await mkdir(path.dirname(file), { recursive: true });
          await writeFile(file, await system.object('Lake', key));
        }
      }
      await mkdir(lake, { recursive: true });
      return (await queryLake(lake, sql)).rows;
    },
  };
  return system;
}

/** The system as a file of tests has opened it. */
export type System = Awaited<ReturnType<typeof openSystem>>;

/** Waits until `look` gives something, and gives that; after the deadline fails with what it was and what there was last. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  { seconds = 30, instead = async (): Promise<unknown> => '' } = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline)
      throw new Error(`after ${seconds} s still not: ${what}; ${JSON.stringify(await instead(), undefined, 1)}`);
    await setTimeout(100);
  }
}
