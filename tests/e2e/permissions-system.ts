/** A deployment of its own in an emulator that enforces IAM: nothing in it runs but what a test calls. */
import { CreateTableCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  TooManyRequestsException,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  paginateListObjectsV2,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { FunctionName } from '../../infra/names.ts';
import { startEmulator } from '../support/aws-emulator.ts';
import { batchId, delivery } from '../support/batches.ts';
import { clientOf, deploy, type Outputs } from '../support/deploy.ts';
import { testLake } from '../support/lakes.ts';
import { takeRole } from './permissions-policies.ts';
import { startWatchingProxy, type WatchingProxy } from './permissions-proxy.ts';
import { askSigned } from './permissions-requests.ts';

/** Log groups and buckets that are there before the deployment, or come with it. */
export const PLACES = {
  flows: '/permissions/flows',
  gateways: '/permissions/gateways',
  delivered: 'permissions-delivered',
  kept: 'permissions-kept',
  lists: 'permissions-lists',
} as const;

/** An object with a list, in the lake and elsewhere. */
const LISTS = { lake: 'lists/threats.txt', elsewhere: 'partners.txt' } as const;

/** So many ports that a query can't hold them. */
const MANY_PORTS = Array.from({ length: 150 }, (_, index) => 2 * index + 1);

/** A configuration that has every function do everything that it can do in the emulator. */
const SEKISHO_YML = `
sources:
  - log_group: ${PLACES.flows}
    format: default
  - log_group: ${PLACES.gateways}
    format: transit-gateway
  - bucket: ${PLACES.delivered}
    create: true
  - bucket: ${PLACES.kept}
    create: true
    archive: false
    layout: hive
    partition: daily
lists:
  threats: { object: ${LISTS.lake} }
  partners: { object: 's3://${PLACES.lists}/${LISTS.elsewhere}' }
  many_ports: [${MANY_PORTS.join(', ')}]
rules: [rules.yaml]
`;

/** Rules of the owner's: what the emulator's Athena has no words for is left out, so that some can be run. */
const RULES_YAML = `
rules:
  - id: listed
    title: a machine of a list
    severity: low
    where: dstaddr in @threats or dstaddr in @partners
  - id: one-of-many-ports
    title: one of many ports
    severity: low
    where: dstport in @many_ports
    by: interface_id
    window: 2h
    when: count() >= 1
  - id: long-stay
    title: seen for a day
    severity: low
    where: protocol = tcp
    by: interface_id
    window: 24h
    when: count() >= 3
  - id: short-stay
    title: seen
    severity: low
    where: protocol = tcp and dstport = 1
    quiets: [long-stay]
`;

/** What a call of a function came to. */
export interface Called {
  /** The error, or the messages that are to come again; undefined where all went well. */
  readonly failure: string | undefined;
  /** What it wrote into its log. */
  readonly log: string;
}

/** The deployment, as a test drives it. */
export type EnforcingSystem = Awaited<ReturnType<typeof startEnforcing>>;

/** Starts the emulator and deploys into it. */
export async function startEnforcing() {
  const proxy = await startWatchingProxy();
  const emulator = await startEmulator({ behind: proxy.endpoint, env: { AUTH: 'true' } }).catch(async (error) => {
    await proxy.stop();
    throw error as Error;
  });
  const stop = async (): Promise<void> => {
    await emulator.stop();
    await proxy.stop();
  };
  try {
    proxy.forwardTo(emulator.endpoint);
    // buckets and queues let in whoever comes over TLS, as everybody does who comes through the proxy
    const env = { ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint };
    return { ...(await prepare(env, proxy)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(env: Readonly<Record<string, string>>, proxy: WatchingProxy) {
  const client = clientOf(env);
  const endpoint = client.endpoint;
  const logs = new CloudWatchLogsClient(client);
  const lambda = new LambdaClient(client);
  const s3 = new S3Client(client);
  const put = async (Bucket: string, Key: string, Body: string | Uint8Array): Promise<string | undefined> =>
    (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;

  for (const logGroupName of [PLACES.flows, PLACES.gateways]) {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
  }
  await s3.send(new CreateBucketCommand({ Bucket: PLACES.lists }));
  await put(PLACES.lists, LISTS.elsewhere, '198.51.100.77\n');
  const outputs = await deploy('sekisho-prod', SEKISHO_YML, env, { 'rules.yaml': RULES_YAML });
  await put(outputs['Lake']!, LISTS.lake, '198.51.100.78\n');
  for (const Bucket of [PLACES.delivered, PLACES.kept]) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  await stopTriggers(endpoint, lambda);
  await makeViews(client, outputs);
  await put(outputs['Lake']!, 'views/flows/a.parquet', await recordsOfADay());

  return {
    endpoint,
    outputs,
    take: () => proxy.take(),
    put,

    /** Deletes everything below a prefix of the lake. */
    async clear(prefix: string): Promise<void> {
      const Bucket = outputs['Lake']!;
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix })) {
        for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      }
    },

    /** The keys below a prefix of the lake. */
    async keys(prefix: string): Promise<readonly string[]> {
      const Bucket = outputs['Lake']!;
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix })) {
        keys.push(...Contents.map(({ Key }) => Key!));
      }
      return keys;
    },

    /** Calls a function and waits for it. */
    async call(name: FunctionName, event: object = {}): Promise<Called> {
      const FunctionName = deployedName(name);
      const Payload = Buffer.from(JSON.stringify(event));
      const startTime = Date.now();
      for (;;) {
        try {
          const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
          const text = Buffer.from(answer.Payload ?? []).toString();
          const isFailed = answer.FunctionError !== undefined || text.includes('itemIdentifier');
          const logGroupName = `/aws/lambda/${FunctionName}`;
          const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime }));
          return { failure: isFailed ? text : undefined, log: events!.map(({ message }) => message!).join('\n') };
        } catch (error) {
          if (!(error instanceof TooManyRequestsException)) throw error;
          await setTimeout(100);
        }
      }
    },

    /** Has the next call of a function start a process, which reads its lists and remembers nothing. */
    async restart(name: FunctionName): Promise<void> {
      const FunctionName = deployedName(name);
      const { MemorySize } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize }));
    },

    /** The name of a function's role. */
    async roleOf(name: FunctionName): Promise<string> {
      const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: deployedName(name) }));
      return Role!.split('/').at(-1)!;
    },

    /** Options of clients that act as the function does. */
    async actAs(role: string) {
      return { ...client, credentials: await takeRole(endpoint, role), maxAttempts: 1 };
    },
  };
}

function deployedName(name: FunctionName): string {
  return `sekisho-prod-${name.toLowerCase()}`;
}

/** Neither queues nor schedules call functions any more. */
async function stopTriggers(endpoint: string, lambda: LambdaClient): Promise<void> {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings) {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
  const askEvents = (action: string, input: object): Promise<string> =>
    askSigned(endpoint, 'events', JSON.stringify(input), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSEvents.${action}`,
    });
  const { Rules } = JSON.parse(await askEvents('ListRules', {})) as { Rules: { Name: string }[] };
  for (const { Name } of Rules) await askEvents('DisableRule', { Name });
}

/** The emulator's Athena knows no views: tables of their names stand for them. */
async function makeViews(client: ReturnType<typeof clientOf>, { Database, Lake }: Outputs): Promise<void> {
  const glue = new GlueClient(client);
  const DatabaseName = Database!;
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: 'flows_raw' }));
  for (const Name of ['flows', 'vpc_flow_logs', 'tgw_flows', 'alerts', 'quarantine']) {
    const StorageDescriptor = { ...Table!.StorageDescriptor!, Location: `s3://${Lake}/views/${Name}/` };
    const TableInput = {
      Name,
      TableType: 'EXTERNAL_TABLE',
      Parameters: { classification: 'parquet' },
      StorageDescriptor,
    };
    await glue.send(new CreateTableCommand({ DatabaseName, TableInput }));
  }
  glue.destroy();
}

/** What the view `flows` would show. */
async function recordsOfADay(): Promise<Uint8Array> {
  using lake = testLake();
  const now = Math.floor(Date.now() / 1000);
  const records = [1, 3, 5].map((dstport) => ({
    fields: { interface_id: 'eni-1', srcaddr: '203.0.113.9', dstaddr: '10.0.0.5', protocol: 6, dstport, start: now - 600, end: now - 541 }, // prettier-ignore
  }));
  await lake.writeRaw(new Date().toISOString(), [
    delivery({ id: batchId(1), batches: [{ format: 'default', records }] }),
  ]);
  const file = path.join(lake.folder, 'view.parquet');
  await lake.rows(`COPY (SELECT * FROM flows) TO '${file}' (FORMAT parquet)`);
  return readFileSync(file);
}
