/** What the view `alerts` says of alerts about each other, whatever order they were created in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import { findQuieted } from '../../shared/alerts/quieting.ts';
import { alertWith } from '../alerts/sample.ts';
import { testLake, type TestLake } from '../support/lakes.ts';

const write = async ({ store }: TestLake, alerts: readonly Alert[]): Promise<void> => {
  for (const alert of alerts) await store.put(alertKey(alert), Buffer.from(JSON.stringify(alert)));
};

const MARKS = 'SELECT id, continues, quieted_by FROM alerts ORDER BY id';

test('an alert continues that of the same rule and group in the period directly before, of the same length', async () => {
  using lake = testLake();
  const group = { srcaddr: '203.0.113.9', dstport: 22 };
  const daily = { start: '2026-11-03T00:00:00Z', end: '2026-11-04T00:00:00Z' };
  const alerts = [
    alertWith(1, { hour: 4, group }),
    alertWith(2, { hour: 5, group: { dstport: 22, srcaddr: '203.0.113.9' } }),
    alertWith(3, { hour: 7, group }),
    alertWith(4, { hour: 8, group: { ...group, dstport: 23 } }),
    alertWith(5, { hour: 8, group, rule: { id: 'other' } }),
    alertWith(6, { hour: 24, group }),
    alertWith(7, { hour: 2, group, period: daily }),
  ];
  await write(lake, alerts.toReversed());
  const [one, two, ...others] = alerts.map(({ id }) => id);
  expect(await lake.rows(MARKS)).toEqual([
    [one, null, null],
    [two, one, null],
    ...others.map((id) => [id, null, null]),
  ]);
});

test('what was marked when it was created counts no more than what is there', async () => {
  using lake = testLake();
  await write(lake, [alertWith(1, { continues: 'gone', quieted_by: 'gone' })]);
  expect(await lake.rows(MARKS)).toEqual([[alertWith(1, {}).id, null, null]]);
});

test('objects in another shape have no marks, and take none from others', async () => {
  using lake = testLake();
  const general = alertWith(1, { rule: { id: 'general' } });
  const broken = { ...alertWith(2, { rule: { id: 'specific' } }), group: [1], samples: 'none' };
  const odd = { ...broken, id: 'odd', rule: { id: 'specific', quiets: 'general' } };
  const named = { ...broken, id: 'quiet', rule: { id: 'specific', quiets: ['general'] } };
  await write(lake, [general, broken, odd, named] as unknown as readonly Alert[]);
  const rows = await lake.rows(MARKS);
  expect(rows.map(([id]) => id)).toEqual([general.id, broken.id, 'odd', 'quiet']);
  expect(new Set(rows.flatMap(([, ...marks]) => marks))).toEqual(new Set([null]));
});

test('the view and the code agree on what is quieted', async () => {
  const address = fc.constantFrom('10.0.0.5', '10.0.0.6', null);
  const port = fc.constantFrom(22, 3333, null);
  const sample = fc.record(
    {
      interface_id: fc.constantFrom('eni-1', 'eni-2'),
      srcaddr: address,
      dstaddr: address,
      srcport: port,
      dstport: port,
    },
    { requiredKeys: [] },
  );
  const group = fc.record(
    { interface_id: fc.constantFrom('eni-1', null), srcaddr: address, client: address, server_port: port },
    { requiredKeys: [] },
  );
  const parts = fc.record({
    hour: fc.integer({ min: 4, max: 5 }),
    rule: fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      severity: fc.constantFrom('low' as const, 'critical' as const),
      quiets: fc.subarray(['a', 'b', 'c']),
    }),
    group,
    interfaces: fc.subarray(['eni-1', 'eni-2']),
    samples: fc.array(sample, { maxLength: 2 }),
  });
  let quieted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(parts, { minLength: 20, maxLength: 40 }), async (all) => {
      using lake = testLake();
      const alerts = all.map((one, number) => alertWith(number, one));
      await write(lake, alerts);
      const found = findQuieted(alerts);
      quieted += found.size;
      expect(await lake.rows('SELECT id, quieted_by FROM alerts ORDER BY id')).toEqual(
        alerts.map(({ id }) => [id, found.get(id) ?? null]),
      );
    }),
    { numRuns: 10 },
  );
  expect(quieted).toBeGreaterThan(0);
});
