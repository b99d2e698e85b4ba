/** Rules that compare with what was before, run while records are still on their way. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import { runRule } from '../../shared/query/run-rules.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { testLake, type TestLake } from '../support/lakes.ts';
import { ruleOf } from '../support/rules.ts';
import { alertIds } from '../windows/world.ts';
import { checked, decoded, engineOf, NETWORKS } from './lake-of-rules.ts';

const MINUTE = 60;
const HOUR = 3600;
const START = Date.parse('2026-11-17T00:00:00Z') / 1000;
const where = checked('action = ACCEPT');

const NEW: Rule = ruleOf({
  id: 'new-port',
  where,
  by: ['interface_id', 'dstport'],
  condition: { kind: 'new', field: 'dstport', over: 30 * MINUTE, text: '' },
  suppress: MINUTE,
});
const USUAL: Rule = ruleOf({
  id: 'more-than-usual',
  where,
  by: ['interface_id'],
  condition: { kind: 'baseline', seconds: 10 * MINUTE, measure: { kind: 'count' }, factor: 1.5, over: 2 * HOUR, atLeast: 0, text: '' }, // prettier-ignore
  suppress: 10 * MINUTE,
});

/** A connection to a port, and when its record is delivered; both in seconds from the start. */
interface Late {
  readonly dstport: number;
  readonly start: number;
  readonly delivered: number;
}

async function deliver(lake: TestLake, records: readonly Late[], arrived: number): Promise<void> {
  const inputs = records.map(({ dstport, start }) => {
    const fields = { interface_id: 'eni-1', account_id: '123456789012', srcaddr: '10.0.0.9', srcport: 50_000, dstaddr: '10.0.0.1', dstport, protocol: 6, packets: 1, bytes: 60, start: START + start, end: START + start + 50, action: 'ACCEPT', log_status: 'OK' }; // prettier-ignore
    return { fields };
  });
  const [one] = decoded([inputs]);
  const id = arrived.toString(16).padStart(32, '0');
  await lake.writeRaw(new Date((START + arrived) * 1000).toISOString(), [{ ...one!, id }]);
}

/** Runs rules as of some seconds after the start; how many alerts are new. */
async function runAt(lake: TestLake, now: number, rules: readonly Rule[]): Promise<number> {
  const engine = await engineOf(lake);
  const options = { engine, store: lake.store, networks: NETWORKS, rules, seen: noAlertMemory() };
  const clock = { now: () => new Date((START + now) * 1000) };
  let created = 0;
  try {
    for (const rule of rules) created += (await runRule(rule, { ...options, clock })).created.length;
  } finally {
    await engine.close();
  }
  return created;
}

/** Delivers records in the order of their coming, with runs in between and one long after; the ids of all alerts. */
async function idsOf(records: readonly Late[], runs: readonly number[]): Promise<readonly string[]> {
  using lake = testLake();
  let before = Number.NEGATIVE_INFINITY;
  for (const now of [...runs, 48 * HOUR]) {
    const come = records.filter(({ delivered }) => delivered > before && delivered <= now);
    if (come.length > 0) await deliver(lake, come, now);
    await runAt(lake, now, [NEW, USUAL]);
    before = now;
  }
  return await alertIds(lake.store);
}

test('what is new waits until no earlier record can come, so that it is new once', async () => {
  using lake = testLake();
  const known = [0, 30].map((minute) => ({ dstport: 443, start: minute * MINUTE, delivered: 0 }));
  await deliver(lake, [...known, { dstport: 22, start: 95 * MINUTE, delivered: 0 }], 100 * MINUTE);
  expect(await runAt(lake, 100 * MINUTE, [NEW])).toBe(0);
  await deliver(lake, [{ dstport: 22, start: 80 * MINUTE, delivered: 0 }], 105 * MINUTE);
  expect(await runAt(lake, 120 * MINUTE, [NEW])).toBe(0);
  expect(await runAt(lake, 121 * MINUTE, [NEW])).toBe(1);
  expect(await runAt(lake, 48 * HOUR, [NEW])).toBe(0);
});

test('a window is compared when those before it are whole, and need not have ended itself', async () => {
  using lake = testLake();
  const usual = Array.from({ length: 8 }, (_, at) => ({ dstport: 443, start: at * 10 * MINUTE, delivered: 0 }));
  const many = [0, 1, 2].map((second) => ({ dstport: 443, start: 80 * MINUTE + second, delivered: 0 }));
  await deliver(lake, [...usual, ...many], 81 * MINUTE);
  expect(await runAt(lake, 120 * MINUTE, [USUAL])).toBe(0);
  expect(await runAt(lake, 120 * MINUTE + 1, [USUAL])).toBe(1);
});

test('runs between deliveries that come late find what one run at the end finds', async () => {
  const record: fc.Arbitrary<Late> = fc
    .record({
      dstport: fc.constantFrom(22, 80, 443),
      start: fc.integer({ min: 0, max: 4 * HOUR }),
      aggregated: fc.integer({ min: 0, max: 10 * MINUTE }),
      late: fc.constantFrom(0, 5 * MINUTE, 30 * MINUTE),
    })
    .map(({ aggregated, late, ...rest }) => ({ ...rest, delivered: rest.start + aggregated + late }));
  const records = fc.array(record, { minLength: 40, maxLength: 80 });
  const runs = fc
    .uniqueArray(fc.integer({ min: 2 * HOUR, max: 5 * HOUR }), { minLength: 2, maxLength: 4 })
    .map((times) => times.toSorted((a, b) => a - b));
  let alerts = 0;
  await fc.assert(
    fc.asyncProperty(records, runs, async (all, times) => {
      const ids = await idsOf(all, []);
      alerts += ids.length;
      expect(await idsOf(all, times)).toEqual(ids);
    }),
    { numRuns: 8, endOnFailure: true },
  );
  expect(alerts).toBeGreaterThan(0);
});
