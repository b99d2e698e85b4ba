/** The engine over the emulator's Athena, which has DuckDB inside, and the tables of the template. */
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAthena, type AthenaEngine } from '../../../shared/adapters/aws/athena.ts';
import { openGlueCatalog } from '../../../shared/adapters/aws/glue-catalog.ts';
import { openBucketStore } from '../../../shared/adapters/aws/object-store.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import { encodeObject } from '../../../shared/lake/encode.ts';
import { rawKey } from '../../../shared/lake/layout.ts';
import { describeQueryEngine } from '../../contracts/query-engine.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';
import { batchId, delivery } from '../../support/batches.ts';
import { collect } from '../../support/collect.ts';
import { tableInputs } from '../../support/table-inputs.ts';

const LAKE = 'lake-of-tests';

describe.skipIf(!hasEmulator)('Athena, as the emulator ministack plays it', () => {
  let emulator: Emulator;
  let client: AthenaClient;
  let glue: GlueClient;
  let s3: S3Client;
  let store: ObjectStore;
  beforeAll(async () => {
    emulator = await startEmulator();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const options = { endpoint: emulator.endpoint, region: 'us-east-1', credentials };
    client = new AthenaClient(options);
    glue = new GlueClient(options);
    s3 = new S3Client({ ...options, forcePathStyle: true });
    store = openBucketStore(s3, LAKE);
    for (const Bucket of [LAKE, 'results']) await s3.send(new CreateBucketCommand({ Bucket }));
    await client.send(
      new CreateWorkGroupCommand({
        Name: 'work',
        Configuration: { ResultConfiguration: { OutputLocation: 's3://results/athena-results/' } },
      }),
    );
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'sekisho_test' } }));
    for (const TableInput of tableInputs(LAKE)) {
      await glue.send(new CreateTableCommand({ DatabaseName: 'sekisho_test', TableInput }));
    }
  });
  afterAll(async () => {
    for (const each of [client, glue, s3]) each.destroy();
    await emulator.stop();
  });
  const open = (): AthenaEngine =>
    openAthena({ database: 'sekisho_test', workgroup: 'work', store, client, files: s3 });

  describeQueryEngine('Athena', async () => {
    const port = open();
    return { port, close: () => port.close() };
  });

  test('records that were written into the lake are read through its table', async () => {
    const records = [1, 2, 3].map((bytes) => ({ fields: { interface_id: 'eni-1', bytes, start: 1_762_300_800 } }));
    const written = delivery({ id: batchId(1), batches: [{ format: 'default', records }] });
    const time = new Date('2026-11-05T13:00:00Z');
    await store.put(rawKey('vpc', time, 'a'), encodeObject([written], 'vpc').body);
    const engine = open();
    const sql = "SELECT interface_id, bytes, arrived FROM flows_raw WHERE arrived = '2026-11-05-13' ORDER BY bytes";
    expect((await engine.query(sql)).rows).toEqual([1, 2, 3].map((bytes) => ['eni-1', bytes, '2026-11-05-13']));
    expect((await engine.query(sql.replaceAll('-13', '-14'))).rows).toEqual([]);
    expect(engine.bytesScanned()).toBeGreaterThan(0);
    await engine.close();
  });

  test('a result of several pages is read whole, null and empty text told apart', async () => {
    const engine = open();
    const sql = `SELECT i, CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN '' ELSE 'x' END FROM range(2500) t (i) ORDER BY i`;
    const { rows } = await engine.query(sql);
    expect(rows).toEqual(Array.from({ length: 2500 }, (_, i) => [i, [null, '', 'x'][i % 3]]));
    await engine.close();
  });

  test('lists that have not changed are not written again', async () => {
    const lists = [{ list: 'a/b.c', kind: 'numbers', entries: ['1'] }];
    const first = open();
    await first.query('SELECT 1', lists);
    const [object] = await collect(store.list('lists/entries/numbers/a'));
    expect(object!.key).toBe('lists/entries/numbers/a%2Fb%2Ec.json');
    const writes: string[] = [];
    const watched = { ...store, put: async (key: string) => void writes.push(key) };
    const second = openAthena({ database: 'sekisho_test', workgroup: 'work', store: watched, client });
    await second.query('SELECT 1', lists);
    expect(writes).toEqual([]);
    await second.query('SELECT 1', [{ ...lists[0]!, entries: ['2'] }]);
    expect(writes).toEqual(['lists/entries/numbers/a%2Fb%2Ec.json']);
    await first.close();
    await second.close();
  });

  test('the catalog tells which tables there are', async () => {
    const catalog = openGlueCatalog('sekisho_test', glue);
    expect(await catalog.has('flows_raw')).toBe(true);
    expect(await catalog.has('flows')).toBe(false);
    await expect(openGlueCatalog('sekisho_test', deaf()).has('flows')).rejects.toThrow(
      'cannot look for `sekisho_test.flows`',
    );
  });

  /** A client that nobody answers. */
  function deaf(): GlueClient {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return new GlueClient({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1', credentials, maxAttempts: 1 });
  }
});
