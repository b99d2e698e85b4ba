import { expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { testLake } from '../support/lakes.ts';

const alert: Alert = {
  schema: 'sekisho.alert/1',
  id: 'a1',
  rule: { id: 'port-scan', title: 'Port scan', severity: 'medium', tags: ['recon', 'internet'], quiets: [] },
  summary: '203.0.113.9 tried 120 ports of 10.0.1.5',
  first_seen: '2026-11-05T13:00:00Z',
  last_seen: '2026-11-05T13:04:00.500Z',
  window: { start: '2026-11-05T13:00:00Z', end: '2026-11-05T13:05:00Z' },
  period: { start: '2026-11-05T13:00:00Z', end: '2026-11-05T14:00:00Z' },
  continues: null,
  quieted_by: null,
  group: { srcaddr: '203.0.113.9', dstaddr: null },
  measure: { 'distinct(dstport)': 120 },
  threshold: 'distinct(dstport) >= 50',
  records: 120,
  packets: 240,
  bytes: Number.MAX_SAFE_INTEGER,
  interfaces: ['eni-0a1b2c3d', 'eni-0ffff'],
  account_id: '123456789012',
  region: null,
  vpc_id: null,
  samples: [],
  queries: { athena: '', insights: '' },
  runbook: null,
};

const KEY = 'alerts/day=2026-11-05';

test("an alert is a row: texts, times, lists, and JSON where its shape is the rule's", async () => {
  using lake = testLake();
  await lake.store.put(`${KEY}/a1.json`, new TextEncoder().encode(JSON.stringify(alert)));
  const sql = `SELECT id, rule, severity, tags, CAST(last_seen AS VARCHAR), CAST(window_end AS VARCHAR),
    "group" ->> '$.srcaddr', "group" ->> '$.dstaddr', measure ->> '$."distinct(dstport)"', threshold, records, bytes,
    interfaces, account_id, region, CAST(day AS VARCHAR) FROM alerts`;
  expect(await lake.rows(sql)).toEqual([
    [
      'a1',
      'port-scan',
      'medium',
      ['recon', 'internet'],
      '2026-11-05 13:04:00.5',
      '2026-11-05 13:05:00',
      '203.0.113.9',
      null,
      '120',
      'distinct(dstport) >= 50',
      120,
      Number.MAX_SAFE_INTEGER,
      ['eni-0a1b2c3d', 'eni-0ffff'],
      '123456789012',
      null,
      '2026-11-05',
    ],
  ]);
});

test('columns and their types are the same with alerts and without', async () => {
  using empty = testLake();
  using filled = testLake();
  await filled.store.put(`${KEY}/a1.json`, new TextEncoder().encode(JSON.stringify(alert)));
  const columns = await empty.columns('alerts');
  expect(columns).toMatchObject({ first_seen: 'TIMESTAMP', records: 'BIGINT', group: 'JSON', day: 'DATE' });
  expect(await filled.columns('alerts')).toEqual(columns);
  expect(await empty.rows('SELECT id FROM alerts')).toEqual([]);
});

test('an alert of a newer shape keeps what is still where it was', async () => {
  using lake = testLake();
  const newer = {
    ...alert,
    schema: 'sekisho.alert/9',
    first_seen: { at: 1 },
    records: 'many',
    rule: 'port-scan',
    more: [1],
  };
  await lake.store.put(`${KEY}/a1.json`, new TextEncoder().encode(JSON.stringify(newer)));
  const sql = 'SELECT id, rule, first_seen, records, packets FROM alerts';
  expect(await lake.rows(sql)).toEqual([['a1', null, null, null, 240]]);
});

test.each(['', '{"id": ', '[]', 'null', '"text"'])(
  'an object that holds `%s` is a row with the id of its name',
  async (body) => {
    using lake = testLake();
    await lake.store.put(`${KEY}/a1.json`, new TextEncoder().encode(JSON.stringify(alert)));
    await lake.store.put(`${KEY}/b2.json`, new TextEncoder().encode(body));
    expect(await lake.rows('SELECT id, rule, interfaces FROM alerts ORDER BY id')).toEqual([
      ['a1', 'port-scan', ['eni-0a1b2c3d', 'eni-0ffff']],
      ['b2', null, null],
    ]);
  },
);
