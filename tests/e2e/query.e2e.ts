/** Questions about the deployed lake, asked of Athena through the tables and the workgroup of the template. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAthena, type AthenaEngine } from '../../shared/adapters/aws/athena.ts';
import { openGlueCatalog } from '../../shared/adapters/aws/glue-catalog.ts';
import { openBucketStore } from '../../shared/adapters/aws/object-store.ts';
import { ATHENA_TABLES } from '../../shared/query/athena-tables.ts';
import { clientOf } from '../support/deploy.ts';
import { deployed, until, useSystem } from './system.ts';
import { makeTraffic, type Traffic } from './traffic.ts';

describe.skipIf(deployed === undefined)('the deployed lake', () => {
  const open = useSystem();
  let engine: AthenaEngine;
  let glue: GlueClient;
  let database: string;
  const clients: { destroy(): void }[] = [];
  beforeAll(() => {
    const { env, proxy, outputs } = deployed!;
    const options = { ...clientOf(env), endpoint: proxy };
    const client = new AthenaClient({ ...options, maxAttempts: 8 });
    const files = new S3Client(options);
    glue = new GlueClient(options);
    clients.push(client, files, glue);
    database = outputs['Database']!;
    const store = openBucketStore(files, outputs['Lake']!);
    engine = openAthena({ database, workgroup: outputs['Workgroup']!, store, client, files });
  });
  afterAll(async () => {
    await engine?.close();
    for (const client of clients) client.destroy();
  });

  const count = async ({ interfaceId }: Traffic): Promise<number> => {
    const sql = `SELECT count(*) FROM flows_raw WHERE interface_id = '${interfaceId}' AND action = 'ACCEPT'`;
    return Number((await engine.query(sql)).rows[0]![0]);
  };

  it('has every table that the views read', async () => {
    const catalog = openGlueCatalog(database, glue);
    for (const { name } of ATHENA_TABLES) expect([name, await catalog.has(name)]).toEqual([name, true]);
  });

  it('answers what its records say, also where Athena throttles and answers are lost', async () => {
    const system = open();
    const traffic = makeTraffic();
    await system.deliverTraffic(traffic);
    const accepted = traffic.events.filter(({ message }) => message.includes(' ACCEPT ')).length;
    await until('the records in the lake', async () => (await count(traffic)) === accepted);
    await system.faults.set(
      {
        operation: 'ATHENA.StartQueryExecution',
        act: { kind: 'answer', status: 400, code: 'TooManyRequestsException' },
        times: 2,
      },
      { operation: 'ATHENA.GetQueryResults', act: { kind: 'drop' }, applied: true, times: 1 },
    );
    expect(await count(traffic)).toBe(accepted);
    expect(await system.faults.hits()).toEqual([2, 1]);
  });

  it('answers about alerts, which stand in it as JSON', async () => {
    const system = open();
    const traffic = makeTraffic();
    await system.deliverTraffic(traffic);
    const keys = await until('an alert', async () => {
      const found = await system.keys('Lake', 'alerts/');
      return found.length > 0 && found;
    });
    const { rows } = await engine.query('SELECT alert FROM alerts_raw');
    const ids = rows.map(([alert]) => (JSON.parse(alert as string) as { id: string }).id);
    for (const key of keys) expect(ids).toContain(/([^/]*)\.json$/.exec(key)![1]);
  });
});
