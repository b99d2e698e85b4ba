/**
 * The text of Athena's views of records, run by DuckDB over tables that look like Athena's: the rows are those of the
 * views that are made for DuckDB. What Trino calls otherwise is taught to it here.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDuckDb } from '../../shared/adapters/local/duckdb.ts';
import type { FlowTable } from '../../shared/flow/fields.ts';
import { compactKey, ledgerKey, tierPrefix } from '../../shared/lake/layout.ts';
import { lakeColumns } from '../../shared/lake/schema.ts';
import { athenaFlowQuery } from '../../shared/query/athena-flow-view.ts';
import { tierTable } from '../../shared/query/athena-tables.ts';
import { flowColumns, NOTHING_PUBLISHED, type Published } from '../../shared/query/flow-view.ts';
import { batchId, delivery } from '../support/batches.ts';
import { testLake, type TestLake } from '../support/lakes.ts';

const START = Date.UTC(2026, 10, 5, 13) / 1000;

/** A delivery of one record for each number of bytes. */
function deliveryOf(id: number, bytes: readonly number[]) {
  const records = bytes.map((each) => ({ fields: { interface_id: `eni-${id}`, bytes: each, start: START } }));
  return delivery({ id: batchId(id), batches: [{ format: 'default', records }] });
}

/** What compaction would leave of these deliveries of one record. */
async function compact(lake: TestLake, run: number, ids: readonly number[], day: string): Promise<void> {
  const file = path.join(lake.folder, compactKey('vpc', '2026-11-05', `run${run}`));
  mkdirSync(path.dirname(file), { recursive: true });
  const rows = ids.map((id) => `(${id}::BIGINT, '${batchId(id)}', ${START}::BIGINT, ${run}::BIGINT)`);
  await lake.rows(`COPY (FROM (VALUES ${rows.join()}) t(bytes, batch, start, run)) TO '${file}' (FORMAT parquet)`);
  const entry = JSON.stringify({ run, batches: ids.map(batchId) });
  await lake.store.put(ledgerKey(new Date(day), run), new TextEncoder().encode(entry));
}

/** Tables as the template describes them, over a folder. */
function tablesOf(folder: string, table: FlowTable): readonly string[] {
  const types = { int32: 'INTEGER', int64: 'BIGINT', string: 'VARCHAR' };
  const columns = lakeColumns(table).map(({ name, type }) => [name, types[type]] as const);
  const view = (
    tier: 'raw' | 'compact',
    partition: string,
    type: string,
    more: readonly (readonly [string, string])[],
  ) => {
    const all = [...columns, ...more];
    const schema = all.map(([name, of]) => `'${name}': {name: '${name}', type: '${of}', default_value: NULL}`);
    const names = all.map(([name]) => `"${name}"`).join(', ');
    const value = `CAST(regexp_extract(filename, '/${partition}=([^/]*)/', 1) AS ${type}) AS "${partition}"`;
    const glob = `${folder}/${tierPrefix(table, tier)}*/*.parquet`;
    return (
      `CREATE VIEW ${tierTable(table, tier)} AS SELECT ${names}, ${value}, filename AS "$path" ` +
      `FROM read_parquet('${glob}', filename = true, schema = MAP {${schema.join(', ')}})`
    );
  };
  return [
    'SET integer_division = true',
    `CREATE MACRO date_add(unit, days, day) AS day + CAST(days AS INTEGER)`,
    view('raw', 'arrived', 'VARCHAR', []),
    ...(table === 'vpc' ? [view('compact', 'day', 'DATE', [['run', 'BIGINT']])] : []),
    `CREATE VIEW ledger AS SELECT run, batches, CAST(regexp_extract(filename, '/day=([^/]*)/', 1) AS DATE) AS "day"
      FROM read_json('${folder}/ledger/*/*.json', filename = true, columns = {run: 'BIGINT', batches: 'VARCHAR[]'})`,
  ];
}

/** The rows of both views, each in an order of its own. */
async function bothOf(lake: TestLake, published: Published, table: FlowTable = 'vpc') {
  const columns = flowColumns(table).map(({ name }) => `"${name}"`).join(', '); // prettier-ignore
  const select = (from: string) => `SELECT ${columns} FROM ${from} ORDER BY ALL`;
  // a table over nothing is no error on Athena
  await compact(lake, 99, [99], '2026-11-05T16:00:00Z');
  const engine = openDuckDb({ setup: tablesOf(lake.folder, table).join(';\n') });
  const athena = await engine.query(select(`(${athenaFlowQuery(table, published)})`));
  await engine.close();
  const own = await lake.rows(select(table === 'vpc' ? 'flows' : 'tgw_flows'), published);
  return { athena: athena.rows, own, bytes: athena.rows.map((row) => row[flowColumns(table).findIndex(({ name }) => name === 'bytes')]) }; // prettier-ignore
}

describe("Athena's view has the rows of DuckDB's", () => {
  test('before the first compaction: the copy with the most records, then the smallest path', async () => {
    using lake = testLake();
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10]), deliveryOf(2, [20, 20])]);
    await lake.writeRaw('2026-11-05T13:20:00Z', [deliveryOf(1, [10, 11, 12]), deliveryOf(3, [30])]);
    await lake.writeRaw('2026-11-05T14:20:00Z', [deliveryOf(1, [10, 11, 12]), deliveryOf(2, [20, 20])]);
    const { athena, own, bytes } = await bothOf(lake, NOTHING_PUBLISHED);
    expect(athena).toEqual(own);
    expect(bytes.map(Number).toSorted((a, b) => a - b)).toEqual([10, 11, 12, 20, 20, 30]);
  });

  test('with a run published: its rows, and what arrived since and is not in the ledger', async () => {
    using lake = testLake();
    const today = new Date().toISOString();
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [1]), deliveryOf(2, [2])]);
    await lake.writeRaw('2026-11-05T14:10:00Z', [deliveryOf(2, [2]), deliveryOf(3, [3])]);
    await lake.writeRaw('2026-11-05T14:20:00Z', [deliveryOf(3, [3])]);
    await compact(lake, 1, [1, 2], today);
    await compact(lake, 2, [3], today);
    const { athena, own, bytes } = await bothOf(lake, { run: 1, watermark: '2026-11-05-13' });
    expect(athena).toEqual(own);
    expect(bytes.map(Number).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  });

  test('of transit gateways', async () => {
    using lake = testLake();
    const records = [{ fields: { tgw_id: 'tgw-0a1b', protocol: 6, bytes: 7, end: START } }];
    const transit = delivery({ batches: [{ format: 'tgw-id protocol bytes end', records }] });
    await lake.writeRaw('2026-11-05T13:10:00Z', [transit], 'tgw');
    await lake.writeRaw('2026-11-05T13:20:00Z', [transit], 'tgw');
    const { athena, own } = await bothOf(lake, NOTHING_PUBLISHED, 'tgw');
    expect(athena).toEqual(own);
    expect(athena).toHaveLength(1);
  });
});

test('hours before the watermark are left out as literals, so that no request is made for them', () => {
  const text = athenaFlowQuery('vpc', { run: 0, watermark: '2026-11-05-13' });
  expect(text.match(/arrived > '2026-11-05-13'/g)).toHaveLength(2);
  expect(text).not.toContain('flows_compact');
  expect(athenaFlowQuery('vpc', NOTHING_PUBLISHED)).not.toContain('arrived >');
});
