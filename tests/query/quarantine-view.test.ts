import { expect, test } from 'vitest';
import { encodeQuarantine } from '../../shared/lake/quarantine.ts';
import { objectName, quarantineKey } from '../../shared/lake/layout.ts';
import { batchId, delivery } from '../support/batches.ts';
import { testLake, type TestLake } from '../support/lakes.ts';

async function quarantine(lake: TestLake, time: string, lines: readonly string[]): Promise<void> {
  const rejects = lines.map((line, index) => ({ line, reason: 'too short', source: 'a.log', number: index + 1 }));
  const start = new Date(time);
  const object = encodeQuarantine([delivery({ id: batchId(1), rejects })])!;
  await lake.store.put(quarantineKey(start, objectName(start, 'x')), object.body);
}

test('a line is found with its reason and place, once though its delivery came twice', async () => {
  using lake = testLake();
  await quarantine(lake, '2026-11-05T13:00:00Z', ['bogus line', 'bogus line']);
  await quarantine(lake, '2026-11-06T13:00:00Z', ['bogus line', 'bogus line']);
  const sql = `SELECT batch, line, reason, source, number, CAST(day AS VARCHAR) FROM quarantine ORDER BY number`;
  expect(await lake.rows(sql)).toEqual([
    [batchId(1), 'bogus line', 'too short', 'a.log', 1, '2026-11-05'],
    [batchId(1), 'bogus line', 'too short', 'a.log', 2, '2026-11-05'],
  ]);
});

test('a delivery that came from two files is one', async () => {
  using lake = testLake();
  for (const source of ['b.log', 'a.log']) {
    const rejects = [{ line: 'bogus line', reason: 'too short', source, number: 1 }];
    const object = encodeQuarantine([delivery({ id: batchId(1), rejects })])!;
    const start = new Date('2026-11-05T13:00:00Z');
    await lake.store.put(quarantineKey(start, objectName(start, source.slice(0, 1))), object.body);
  }
  expect(await lake.rows('SELECT line, source FROM quarantine')).toEqual([['bogus line', 'a.log']]);
});

test('any text survives', async () => {
  using lake = testLake();
  const lines = [
    '"quoted"\t\\ 関所 🚧',
    '',
    '{"message":"2 123"}',
    'a\u0001b',
    'x'.repeat(300_000),
    'lone \ud800 half',
  ];
  await quarantine(lake, '2026-11-05T13:00:00Z', lines);
  const rows = await lake.rows('SELECT line FROM quarantine ORDER BY number');
  expect(rows.flat()).toEqual([...lines.slice(0, -1), 'lone \ufffd half']);
});

test('without rejects the view is empty', async () => {
  using lake = testLake();
  expect(await lake.rows('SELECT line FROM quarantine')).toEqual([]);
  expect(await lake.columns('quarantine')).toMatchObject({ batch: 'VARCHAR', number: 'BIGINT', day: 'DATE' });
});
