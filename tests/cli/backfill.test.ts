/** Old flow logs are queued for the deployment, unless the lake holds their hours from elsewhere: over the wire. */
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { DuckDBInstance } from '@duckdb/node-api';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseObjectMessage } from '../../shared/envelope/object-message.ts';
import { lakeColumns } from '../../shared/lake/schema.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { clientOf } from '../support/deploy.ts';
import { openFaults, startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { createOperatedStack } from '../support/operated-stack.ts';
import { AS_OF, EVENTS, jsonOf, sekisho, type Ended } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const CONFIG = `sources:
  - log_group: /vpc/flow
    format: default
  - bucket: old-logs
  - bucket: queried-logs
    prefix: net/
    archive: false
    layout: plain
    partition: daily
`;
const REGION = 'ap-northeast-1';
const keyOf = (stamp: string, account = '123456789012'): string => {
  const day = `${stamp.slice(0, 4)}/${stamp.slice(4, 6)}/${stamp.slice(6, 8)}`;
  return `AWSLogs/${account}/vpcflowlogs/${REGION}/${day}/${account}_vpcflowlogs_${REGION}_fl-01_${stamp}Z_0a.log.gz`;
};
/** Of the hour that the lake holds, and of others. */
const HELD = keyOf('20261117T0130');
const OTHERS = [
  keyOf('20261116T0130'),
  keyOf('20261116T0135'),
  keyOf('20261118T0130'),
  keyOf('20261117T0130', '210987654321'),
];
const NOISE = ['AWSLogs/123456789012/CloudTrail/x/2026/11/17/a.json.gz', 'AWSLogs/aws-logs-write-test'];
const FREE = ['--to', '2026-11-16'];

describe.skipIf(!hasEmulator)('backfill', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let sqs: SQSClient;
  let folder: string;
  let objects: string;
  beforeAll(async () => {
    folder = await makeFolder();
    writeFileSync(join(folder, 'sekisho.yml'), CONFIG);
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    const options = clientOf(emulator.env);
    sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
    const s3 = new S3Client(options);
    const outputs = await createOperatedStack(new CloudFormationClient(options));
    objects = outputs['Backfill']!;
    for (const bucket of ['old-logs', 'queried-logs']) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const key of [HELD, ...OTHERS, ...NOISE]) {
      await s3.send(new PutObjectCommand({ Bucket: 'old-logs', Key: key, Body: 'x'.repeat(1_000) }));
    }
    await s3.send(new PutObjectCommand({ Bucket: 'queried-logs', Key: `net/${HELD}`, Body: 'x' }));
    await fillLake(s3, new GlueClient(options), outputs['Lake']!);
    const athena = new AthenaClient(options);
    const ResultConfiguration = { OutputLocation: `s3://${outputs['Transit']!}/athena-results/` };
    await athena.send(
      new CreateWorkGroupCommand({ Name: outputs['Workgroup']!, Configuration: { ResultConfiguration } }),
    );
    athena.destroy();
    s3.destroy();
  });
  afterAll(async () => {
    sqs.destroy();
    await proxy.stop();
    await emulator.stop();
    await removeFolder(folder);
  });
  beforeEach(async () => {
    await openFaults(proxy.endpoint).set();
    await sqs.send(new PurgeQueueCommand({ QueueUrl: objects }));
  });

  /** The lake as a subscription of the log group has filled it, behind tables that are called as the views are. */
  async function fillLake(s3: S3Client, glue: GlueClient, bucket: string): Promise<void> {
    const ingested = await sekisho(['ingest', join(EVENTS, 'hour'), '--lake', 'lake', ...AS_OF], { cwd: folder });
    expect(ingested.code).toBe(0);
    const raw = join(folder, 'lake', 'flows', 'raw');
    for (const name of readdirSync(raw, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.parquet')) continue;
      const file = name.split('/').at(-1)!;
      const shown = join(folder, file);
      await asShown(join(raw, name), shown);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `flows/raw/${file}`, Body: readFileSync(shown) }));
    }
    const types = { string: 'string', int32: 'int', int64: 'bigint' };
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'sekisho_prod' } }));
    for (const [name, table, location] of [
      ['flows', 'vpc', 'flows/raw/'],
      ['tgw_flows', 'tgw', 'tgw/raw/'],
    ] as const) {
      const TableInput = {
        Name: name,
        TableType: 'EXTERNAL_TABLE',
        StorageDescriptor: {
          Columns: [
            ...lakeColumns(table).map(({ name: Name, type }) => ({ Name, Type: types[type] })),
            { Name: 'day', Type: 'date' },
            { Name: 'arrived', Type: 'string' },
          ],
          Location: `s3://${bucket}/${location}`,
          InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
        },
      };
      await glue.send(new CreateTableCommand({ DatabaseName: 'sekisho_prod', TableInput }));
    }
    glue.destroy();
  }

  /** The same records with the columns that the view has from folders. */
  async function asShown(file: string, target: string): Promise<void> {
    const arrived = /arrived=([^/]*)/.exec(file)![1]!;
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(
      `COPY (SELECT *, DATE '1970-01-01' + CAST("start" // 86400 AS INTEGER) AS day, '${arrived}' AS arrived FROM read_parquet('${file}', hive_partitioning = false)) TO '${target}' (FORMAT parquet)`,
    );
    connection.closeSync();
  }

  const backfill = (...args: readonly string[]): Promise<Ended> =>
    sekisho(['backfill', ...args], { env: { ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint }, cwd: folder });
  /** Keys that are queued, in order, each as often as it is. */
  const queued = async (): Promise<readonly string[]> => {
    const keys: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: objects, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return keys.sort();
      for (const { Body } of Messages) {
        const message = parseObjectMessage(Body!);
        if (message.kind === 'bad') throw new Error(message.reason);
        expect(message.objects).toMatchObject([{ bucket: 'old-logs', size: 1_000 }]);
        keys.push(...message.objects.map(({ key }) => key));
      }
    }
  };

  test('a dry run says what there is and what it costs, and queues nothing', async () => {
    const { code, stdout, stderr } = await backfill('s3://old-logs/AWSLogs/', '--dry-run', ...FREE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`\
2 objects of flow logs at s3://old-logs/AWSLogs/, 2.0 kB, from 2026-11-16 01:00 to 2026-11-16 02:00 UTC
Left out: 3 of other days, 2 that are no flow logs
It costs less than $0.01 once (S3 requests less than $0.01, Lambda less than $0.01, SQS less than $0.01),
then less than $0.01 a month for what the lake keeps of it, less when it moves to colder tiers
(AWS's price pages, us-east-1, first tier, as seen in 2024 to 2026; an estimate, not a bill)
`);
    expect(await queued()).toEqual([]);
  });

  test('what the lake does not hold is queued, and again when asked again', async () => {
    const { code, stdout } = await backfill('s3://old-logs/AWSLogs/', '--yes', ...FREE);
    expect(code).toBe(0);
    expect(stdout).toContain('Queued 2 objects; `sekisho doctor` shows how many still wait\n');
    expect(await queued()).toEqual(OTHERS.slice(0, 2));
    const again = await jsonOf(backfill('s3://old-logs/AWSLogs/', '--yes', '--json', '--limit', '1', ...FREE));
    expect(again).toMatchObject({
      objects: 1,
      queued: 1,
      overlaps: [],
      left_out: { no_flow_logs: 1, after_limit: true },
    });
    expect(await queued()).toEqual(OTHERS.slice(0, 1));
  });

  test('hours that another source holds are refused, all of it, and told', async () => {
    const { code, stdout, stderr } = await backfill('s3://old-logs/AWSLogs/', '--yes');
    expect(code).toBe(3);
    expect(stderr).toContain(
      'nothing was queued. Leave them out with --from and --to, or queue them all the same with --force',
    );
    expect(stdout.slice(stdout.indexOf('\n\n') + 2)).toBe(`\
┌────────────────┬──────────────┬─────────┬───────────────────────────┬─────────┬─────────┐
│ source         │ account      │ region  │ hours (UTC)               │ records │ objects │
├────────────────┼──────────────┼─────────┼───────────────────────────┼─────────┼─────────┤
│ /vpc/flow-logs │ 123456789012 │ unknown │ 2026-11-17 01:00 to 02:00 │   21867 │       1 │
└────────────────┴──────────────┴─────────┴───────────────────────────┴─────────┴─────────┘
`);
    expect(await queued()).toEqual([]);
    const { stdout: json } = await backfill(
      's3://old-logs/AWSLogs/',
      '--yes',
      '--json',
      '--from',
      '2026-11-17',
      '--to',
      '2026-11-17',
    );
    expect(JSON.parse(json)).toMatchObject({
      objects: 2,
      queued: 0,
      overlaps: [
        { table: 'vpc', account: '123456789012', from: '2026-11-17T01:00:00Z', to: '2026-11-17T02:00:00Z', objects: 1 },
      ],
    });
  });

  test('forced, they are queued', async () => {
    const { code } = await backfill('s3://old-logs/AWSLogs/', '--yes', '--force');
    expect(code).toBe(0);
    expect(await queued()).toEqual([HELD, ...OTHERS].sort());
  });

  test('another account, and a source of which the lake gets no copy, collide with nothing', async () => {
    expect((await backfill('s3://old-logs/AWSLogs/210987654321/', '--yes')).code).toBe(0);
    expect(await queued()).toEqual([OTHERS[3]]);
    const queriedOnly = await jsonOf(backfill('s3://queried-logs/net/AWSLogs/', '--dry-run', '--json'));
    expect(queriedOnly).toMatchObject({ objects: 1, overlaps: [] });
  });

  test('a lake that can not be asked stops it, unless forced', async () => {
    const act = { kind: 'answer', status: 400, code: 'AccessDeniedException' } as const;
    await openFaults(proxy.endpoint).set({ operation: 'ATHENA.StartQueryExecution', act });
    const { code, stderr } = await backfill('s3://old-logs/AWSLogs/', '--yes', ...FREE);
    expect(code).toBe(1);
    expect(stderr).toContain('sekisho: cannot ask the lake which hours it holds: ');
    expect(stderr).toContain('--force');
    expect(await queued()).toEqual([]);
    expect((await backfill('s3://old-logs/AWSLogs/', '--yes', '--force', ...FREE)).code).toBe(0);
  });

  test('an answer that is lost queues again rather than not at all', async () => {
    await openFaults(proxy.endpoint).set({
      operation: 'SQS.SendMessageBatch',
      act: { kind: 'drop' },
      applied: true,
      times: 1,
    });
    expect((await backfill('s3://old-logs/AWSLogs/', '--yes', ...FREE)).code).toBe(0);
    expect(new Set(await queued())).toEqual(new Set(OTHERS.slice(0, 2)));
  });

  test.for([
    [['s3://old-logs/AWSLogs/'], 'give `--yes`, or `--dry-run`'],
    [['s3://old-logs/', '--yes'], 'write `s3://old-logs/AWSLogs/`'],
    [['s3://queried-logs/AWSLogs/', '--yes'], 'the deployment may not read `s3://queried-logs/AWSLogs/`'],
    [['s3://elsewhere/AWSLogs/', '--yes'], 'name it under `sources` in sekisho.yml (`bucket: elsewhere`'],
    [['old-logs', '--yes'], '`old-logs` is no place in S3: write `s3://bucket/prefix`'],
    [['s3://old-logs/AWSLogs/', '--yes', '--from', 'monday'], '--from is `monday`: write a day'],
    [['s3://old-logs/AWSLogs/', '--yes', '--from', '2026-02-02', '--to', '2026-02-01'], '--to is `2026-02-01`'],
    [['s3://old-logs/AWSLogs/', '--yes', '--limit', '0'], 'it is no number of objects'],
  ] as const)('%o is wrong usage', async ([args, said]) => {
    const { code, stdout, stderr } = await backfill(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
  });

  test('a place without flow logs', async () => {
    const { code, stdout } = await backfill('s3://old-logs/AWSLogs/123456789012/vpcflowlogs/eu-west-1/', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('0 objects of flow logs');
  });
});
