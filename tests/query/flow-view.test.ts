import { describe, expect, test } from 'vitest';
import { lakeColumns } from '../../shared/lake/schema.ts';
import type { DecodedDelivery } from '../../shared/flow/columns.ts';
import { batchId, delivery } from '../support/batches.ts';
import { testLake } from '../support/lakes.ts';

const START = Date.UTC(2026, 10, 5, 13) / 1000;

/** A delivery of one record for each number of bytes. */
function deliveryOf(id: number, bytes: readonly number[], start = START): DecodedDelivery {
  const records = bytes.map((bytes) => ({ fields: { interface_id: `eni-${id}`, bytes, start } }));
  return delivery({ id: batchId(id), batches: [{ format: 'default', records }] });
}

const BYTES = 'SELECT bytes FROM flows ORDER BY bytes';

describe('an empty lake', () => {
  test('has views with every column and its type', async () => {
    using lake = testLake();
    const flows = await lake.columns('flows');
    expect(Object.keys(flows)).toEqual([...lakeColumns('vpc').map(({ name }) => name), 'day', 'arrived']);
    expect(flows).toMatchObject({ srcport: 'INTEGER', bytes: 'BIGINT', srcaddr: 'VARCHAR', day: 'DATE' });
    expect(await lake.columns('tgw_flows')).toMatchObject({ tgw_id: 'VARCHAR', protocol: 'BIGINT' });
    expect(await lake.columns('vpc_flow_logs')).toEqual({ ...flows, date: 'DATE' });
    expect(await lake.rows(BYTES)).toEqual([]);
  });

  test('has the same columns as a filled one', async () => {
    using empty = testLake();
    using filled = testLake();
    await filled.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [1])]);
    expect(await filled.columns('flows')).toEqual(await empty.columns('flows'));
    expect(await filled.columns('vpc_flow_logs')).toEqual(await empty.columns('vpc_flow_logs'));
  });
});

test('what is not an object of the lake is not read', async () => {
  using lake = testLake();
  await lake.store.put('flows/raw/arrived=2026-11-05-13/notes.txt', new Uint8Array(1));
  await lake.store.put('flows/raw/stray.parquet', new Uint8Array(1));
  expect(await lake.rows(BYTES)).toEqual([]);
  await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10])]);
  expect(await lake.rows(BYTES)).toEqual([[10]]);
});

describe('each record is there once', () => {
  test('where a delivery came twice, into another object and another hour', async () => {
    using lake = testLake();
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10, 11]), deliveryOf(2, [20])]);
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(2, [20]), deliveryOf(3, [30])]);
    await lake.writeRaw('2026-11-05T15:00:00Z', [deliveryOf(1, [10, 11]), deliveryOf(2, [20])]);
    expect(await lake.rows(BYTES)).toEqual([[10], [11], [20], [30]]);
  });

  test('from the copy with the most records, where one could not be read whole', async () => {
    using lake = testLake();
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10])]);
    await lake.writeRaw('2026-11-05T13:20:00Z', [deliveryOf(1, [10, 11, 12])]);
    await lake.writeRaw('2026-11-05T13:30:00Z', [deliveryOf(1, [10, 11, 12])]);
    expect(await lake.rows(BYTES)).toEqual([[10], [11], [12]]);
  });

  test('and records that are alike within a delivery stay as many as they are', async () => {
    using lake = testLake();
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10, 10])]);
    await lake.writeRaw('2026-11-05T13:20:00Z', [deliveryOf(1, [10, 10])]);
    expect(await lake.rows(BYTES)).toEqual([[10], [10]]);
  });

  test('at its first arrival', async () => {
    using lake = testLake();
    await lake.writeRaw('2026-11-05T15:00:00Z', [deliveryOf(1, [10])]);
    await lake.writeRaw('2026-11-05T13:59:59Z', [deliveryOf(1, [10])]);
    expect(await lake.rows('SELECT arrived FROM flows')).toEqual([['2026-11-05-13']]);
    expect(await lake.rows(`SELECT bytes FROM flows WHERE arrived = '2026-11-05-15'`)).toEqual([]);
  });
});

test('columns that only some objects have are null for the others', async () => {
  using lake = testLake();
  await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10])]);
  const tagged = { fields: { start: START, bytes: 11, instance_tag: '関所' } };
  await lake.writeRaw('2026-11-05T13:20:00Z', [
    delivery({ id: batchId(2), batches: [{ format: 'start bytes instance-tag', records: [tagged] }] }),
  ]);
  expect(await lake.rows('SELECT bytes, instance_tag, az_id FROM flows ORDER BY bytes')).toEqual([
    [10, null, null],
    [11, '関所', null],
  ]);
});

test("the day is the event's, also where a record only has an end", async () => {
  using lake = testLake();
  const end = { fields: { end: Date.UTC(2026, 10, 3, 23, 59, 59) / 1000 } };
  await lake.writeRaw('2026-11-05T13:10:00Z', [
    deliveryOf(1, [10]),
    delivery({ id: batchId(2), batches: [{ format: 'end', records: [end] }] }),
  ]);
  const sql = `SELECT CAST("date" AS VARCHAR) FROM vpc_flow_logs ORDER BY "date"`;
  expect(await lake.rows(sql)).toEqual([['2026-11-03'], ['2026-11-05']]);
});

test('transit gateway records have a view of their own', async () => {
  using lake = testLake();
  const records = [{ fields: { tgw_id: 'tgw-0a1b', protocol: 6, start: START } }];
  const transit = delivery({ batches: [{ format: 'tgw-id protocol start', records }] });
  await lake.writeRaw('2026-11-05T13:10:00Z', [transit], 'tgw');
  expect(await lake.rows('SELECT tgw_id, protocol FROM tgw_flows')).toEqual([['tgw-0a1b', 6]]);
  expect(await lake.rows(BYTES)).toEqual([]);
});

test.each([`it's here`, 'spaces and 関所', 'a[b]c', 'a*b?', '{x,y}', 'day=2020-01-01', 'bytes=7', '"quoted"'])(
  'a lake in a folder named `%s` is read',
  async (name) => {
    using lake = testLake(name);
    await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10])]);
    const sql = `SELECT bytes, arrived, CAST(day AS VARCHAR) FROM flows`;
    expect(await lake.rows(sql)).toEqual([[10, '2026-11-05-13', '2026-11-05']]);
  },
);

test('conditions reach the scan: files of other hours stay closed, row groups are skipped by their bounds', async () => {
  using lake = testLake();
  await lake.writeRaw('2026-11-05T13:10:00Z', [deliveryOf(1, [10])]);
  await lake.writeRaw('2026-11-05T14:10:00Z', [deliveryOf(2, [20])]);
  const sql = `SELECT bytes FROM flows WHERE arrived > '2026-11-05-13' AND start > 100 AND interface_id = 'eni-2'`;
  const plan = (await lake.rows(`EXPLAIN (FORMAT json) ${sql}`)).flat().map(String).join('\n');
  expect(plan).toMatch(/"Filters": \[?[^\]]*start>100/);
  expect(plan).toMatch(/"Filters": \[?[^\]]*interface_id='eni-2'/);
  expect(plan).toMatch(/"Scanning Files": "1\/2"/);
});
