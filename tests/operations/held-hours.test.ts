/** Hours that a lake holds, asked of a lake that was ingested. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldHours, overlapsOf, timeOf, type HeldHour } from '../../shared/operations/held-hours.ts';
import type { FlowLogObject } from '../../shared/operations/flow-log-object.ts';
import type { QueryEngine } from '../../shared/ports.ts';
import { openLake } from '../../cli/lake.ts';
import { AS_OF, EVENTS, sekisho } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const at = (text: string): number => Date.parse(`${text}Z`) / 1000;
const HOUR = at('2026-11-17T01:00');

let folder: string;
let engine: QueryEngine;
beforeAll(async () => {
  folder = await makeFolder();
  const lake = join(folder, 'lake');
  await sekisho(['ingest', join(EVENTS, 'hour'), '--lake', lake, ...AS_OF], { cwd: folder });
  ({ engine } = await openLake(lake));
});
afterAll(async () => {
  await engine.close();
  await removeFolder(folder);
});

test('the lake tells which source brought which hour', async () => {
  const held = await heldHours(engine, { from: HOUR, to: HOUR + 3_600 });
  const [first] = held;
  expect(held).toHaveLength(1);
  expect(first).toMatchObject({ table: 'vpc', account: '123456789012', hour: HOUR });
  expect(first!.source).not.toBe('');
  expect(first!.records).toBeGreaterThan(1_000);
  expect(await heldHours(engine, { from: HOUR - 86_400, to: HOUR - 82_800 })).toEqual([]);
  expect(overlapsOf([object({})], held, 'logs')).toMatchObject([{ from: HOUR, to: HOUR + 3_600, objects: 1 }]);
});

test('nothing is opened of days and hours of arrival that can hold nothing of the time asked for', async () => {
  const asked: string[] = [];
  const listening: QueryEngine = {
    query: async (sql) => {
      asked.push(sql);
      return { columns: [], rows: [] };
    },
    close: async () => undefined,
  };
  await heldHours(listening, { from: HOUR, to: HOUR + 3_600 });
  expect(asked).toHaveLength(2);
  for (const sql of asked) {
    expect(sql).toContain("day >= DATE '2026-11-17' AND (arrived IS NULL OR arrived >= '2026-11-16-01')");
    expect(sql).toContain("day <= DATE '2026-11-17'");
  }
});

const object = (changes: Partial<FlowLogObject>): FlowLogObject => ({
  key: 'k',
  size: 1,
  account: '123456789012',
  region: undefined,
  time: { from: HOUR + 1_500, to: HOUR + 1_801 },
  ...changes,
});
const hour = (changes: Partial<HeldHour>): HeldHour => ({
  table: 'vpc',
  source: '/vpc/flow',
  account: '123456789012',
  region: 'us-east-1',
  hour: HOUR,
  records: 10,
  ...changes,
});

test.for<[string, Partial<FlowLogObject>, Partial<HeldHour>, number]>([
  ['the same account and region', { region: 'us-east-1' }, {}, 1],
  ['another account', { account: '210987654321' }, {}, 0],
  ['another region', { region: 'eu-west-1' }, {}, 0],
  ['a key that tells no owner', { account: undefined }, {}, 1],
  ['records that tell no owner', { region: 'eu-west-1' }, { account: undefined, region: undefined }, 1],
  ['another hour', {}, { hour: HOUR + 3_600 }, 0],
  ['the bucket itself', {}, { source: 'logs' }, 0],
  ['the bucket itself, as a place', {}, { source: 's3://logs' }, 0],
  ['another bucket', {}, { source: 'logs2' }, 1],
  [
    'a file that may reach into the hour before',
    { time: { from: HOUR - 300, to: HOUR + 1 } },
    { hour: HOUR - 3_600 },
    1,
  ],
  ['a file of a whole day', { time: { from: HOUR, to: HOUR + 86_400 } }, { hour: HOUR + 82_800 }, 1],
  ['a file of no known time', { time: undefined }, {}, 0],
])('%s', ([, objectChanges, hourChanges, spans]) => {
  expect(overlapsOf([object(objectChanges)], [hour(hourChanges)], 'logs')).toHaveLength(spans);
});

test('successive hours are one span, a gap makes two, sources and tables stay apart', () => {
  const day = object({ time: { from: HOUR, to: HOUR + 86_400 } });
  const held = [5, 0, 1, 2].map((n) => hour({ hour: HOUR + n * 3_600 }));
  const more = [hour({ source: 'other' }), hour({ table: 'tgw' })];
  const spans = overlapsOf([day, day], [...held, ...more], 'logs');
  expect(
    spans.map(({ table, source, from, to, records, objects }) => [
      table,
      source,
      (from - HOUR) / 3_600,
      (to - HOUR) / 3_600,
      records,
      objects,
    ]),
  ).toEqual([
    ['vpc', '/vpc/flow', 0, 3, 30, 6],
    ['vpc', '/vpc/flow', 5, 6, 10, 2],
    ['vpc', 'other', 0, 1, 10, 2],
    ['tgw', '/vpc/flow', 0, 1, 10, 2],
  ]);
});

test('the time of objects is in whole hours', () => {
  expect(timeOf([object({}), object({ time: { from: HOUR + 86_000, to: HOUR + 86_400 } })])).toEqual({
    from: HOUR,
    to: HOUR + 86_400,
  });
  expect(timeOf([object({ time: undefined })])).toBeUndefined();
});
