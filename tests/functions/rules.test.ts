/**
 * The scheduled rules as Lambda runs them, over the wire. The emulator's Athena knows no views, so that tables of their
 * names stand for them; and DuckDB inside of it has no `ipaddress`, which is why one of the rules fails.
 */
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { packDeployment } from '../../infra/deployment.ts';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { batchId, delivery } from '../support/batches.ts';
import { testLake } from '../support/lakes.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { tableInputs } from '../support/table-inputs.ts';
import { checked } from '../query/lake-of-rules.ts';

const CONTEXT = {
  functionName: 'sekisho-test-rules',
  awsRequestId: 'request',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

const LONG = windowOf(86_400, 'distinct(dstport) >= 3');
const RULES: readonly Rule[] = [
  ruleOf({ id: 'slow-scan', title: 'Slow scan', by: ['srcaddr'], condition: LONG, suppress: 86_400 }),
  ruleOf({ id: 'of-a-network', where: checked('srcaddr in 10.0.0.0/8'), condition: LONG }),
  ruleOf({ id: 'slow-count', by: ['dstaddr'], condition: windowOf(86_400, 'count() >= 3'), suppress: 86_400 }),
];

describe.skipIf(!hasEmulator)('the function `rules`', () => {
  let emulator: Emulator;
  let s3: S3Client;
  let rules: (event: unknown, context: Context) => Promise<void>;
  const said: string[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
    const environment = {
      ...emulator.env,
      SEKISHO_LAKE: 'lake',
      SEKISHO_TRANSIT: 'transit',
      SEKISHO_BATCHES: 'none',
      SEKISHO_DATABASE: 'sekisho_test',
      SEKISHO_WORKGROUP: 'sekisho-test',
      POWERTOOLS_LOG_LEVEL: 'WARN',
      POWERTOOLS_DEV: 'true',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    s3 = new S3Client();
    for (const Bucket of ['lake', 'transit']) await s3.send(new CreateBucketCommand({ Bucket }));
    const [athena, glue] = [new AthenaClient(), new GlueClient()];
    const ResultConfiguration = { OutputLocation: 's3://transit/athena-results/' };
    await athena.send(new CreateWorkGroupCommand({ Name: 'sekisho-test', Configuration: { ResultConfiguration } }));
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'sekisho_test' } }));
    const [raw] = tableInputs('lake');
    for (const Name of ['flows', 'vpc_flow_logs', 'tgw_flows', 'alerts', 'quarantine']) {
      const StorageDescriptor = { ...raw!.StorageDescriptor!, Location: `s3://lake/views/${Name}/` };
      const TableInput = { ...raw!, Name, StorageDescriptor, PartitionKeys: [] };
      await glue.send(new CreateTableCommand({ DatabaseName: 'sekisho_test', TableInput }));
    }
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'views/flows/a.parquet', Body: await flows() }));
    athena.destroy();
    glue.destroy();
    const config = { ...DEFAULT_CONFIG, networks: ['10.0.0.0/8'] };
    vi.stubGlobal('SEKISHO_DEPLOYMENT', JSON.stringify(packDeployment({ config, rules: RULES, lists: [] })));
    ({ handler: rules } = await import('../../functions/rules.ts'));
    for (const level of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((line: string) => void said.push(line));
    }
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    s3.destroy();
    await emulator.stop();
  });

  /** What the view `flows` would show: somebody looks at three ports within the last hour. */
  async function flows(): Promise<Uint8Array> {
    using lake = testLake();
    const now = Math.floor(Date.now() / 1000);
    const records = [22, 23, 80].map((dstport) => ({
      fields: { interface_id: 'eni-1', srcaddr: '203.0.113.9', dstaddr: '10.0.0.5', dstport, start: now - 600, end: now - 541 }, // prettier-ignore
    }));
    await lake.writeRaw(new Date().toISOString(), [
      delivery({ id: batchId(1), batches: [{ format: 'default', records }] }),
    ]);
    const file = path.join(lake.folder, 'view.parquet');
    await lake.rows(`COPY (SELECT * FROM flows) TO '${file}' (FORMAT parquet)`);
    return readFileSync(file);
  }

  const alerts = async (): Promise<readonly string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'alerts/' }));
    return Contents.map(({ Key }) => Key!);
  };

  test('raises the alerts of every rule that can be run, and fails for the one that can not', async () => {
    await expect(rules({}, CONTEXT)).rejects.toThrow('could not run `of-a-network`');
    expect(await alerts()).toHaveLength(2);
    const lines = said.map((line) => JSON.parse(line) as { level: string; message: string });
    expect(lines.map(({ level }) => level)).toEqual(['WARN', 'ERROR']);
    expect(lines[0]!.message).toContain('the rule `of-a-network` could not be run');
    expect(lines[0]!.message).toContain('ipaddress');
    expect(said.join()).not.toContain('203.0.113.9');
  });

  test('raises none of them again', async () => {
    const before = await alerts();
    await expect(rules({}, CONTEXT)).rejects.toThrow('could not run `of-a-network`');
    expect(await alerts()).toEqual(before);
  });

  test('starts no query for which there is no time', async () => {
    said.length = 0;
    // which of them goes first depends on which the last run did not reach
    await expect(rules({}, { ...CONTEXT, getRemainingTimeInMillis: () => 20_000 })).rejects.toThrow(
      /^could not run (`(slow-scan|of-a-network|slow-count)`(, )?){3}/,
    );
    expect(said.filter((line) => line.includes('there is no time left for the query'))).toHaveLength(3);
  });
});
