/** A window, then a match of the sequel. */
import { expect, test } from 'vitest';
import { hourKey } from '../../shared/windows/layout.ts';
import { memoryStore } from '../support/memory-store.ts';
import { isNumber, ruleOf, windowOf } from '../support/rules.ts';
import { fold, matched, putDelta, type Fields } from './world.ts';

const brokenIn = ruleOf({
  id: 'broken-in',
  by: ['srcaddr'],
  where: isNumber('dstport', 22),
  except: isNumber('protocol', 17),
  condition: windowOf(3600, 'count() >= 2', { where: isNumber('dstport', 443), within: 3600 }),
});

const at = (time: string, dstport: number, more: Fields = {}): Fields => ({
  srcaddr: '203.0.113.9',
  interface_id: 'eni-1',
  dstport,
  packets: 1,
  bytes: 40,
  start: Date.parse(`2026-11-03T${time}Z`) / 1000,
  end: Date.parse(`2026-11-03T${time}Z`) / 1000 + 30,
  ...more,
});

/** The alerts after each of some deliveries was folded on its own. */
async function alertsOf(...deliveries: Fields[][]): Promise<readonly unknown[]> {
  const store = memoryStore();
  const created = [];
  for (const [number, records] of deliveries.entries()) {
    await putDelta(store, `${number}`, [matched(number, [brokenIn], records)]);
    created.push(...(await fold(store, [brokenIn])).created);
  }
  return created;
}

test('the alert runs from the window to the sequel, measures the window, and shows both', async () => {
  const tries = Array.from({ length: 6 }, (_, minute) => at(`04:1${minute}:10`, 22));
  const entry = at('04:40:20', 443, { interface_id: 'eni-2' });
  expect(await alertsOf(tries, [entry])).toMatchObject([
    {
      window: { start: '2026-11-03T03:16:00Z', end: '2026-11-03T04:41:00Z' },
      first_seen: '2026-11-03T04:10:10Z',
      last_seen: '2026-11-03T04:40:50Z',
      measure: { 'count()': 6 },
      records: 7,
      interfaces: ['eni-1', 'eni-2'],
      samples: [...tries.slice(0, 4), entry],
    },
  ]);
});

test.each([
  ['in the minute of the window', [at('04:10:50', 22), at('04:10:55', 22), at('04:10:05', 443)], 1],
  ['at the end of its time', [at('04:10:00', 22), at('04:11:00', 22), at('05:11:59', 443)], 1],
  ['after its time', [at('04:10:00', 22), at('04:11:00', 22), at('05:12:00', 443)], 0],
  ['before the window', [at('04:09:59', 443), at('04:10:00', 22), at('04:10:30', 22)], 0],
  ['in another group', [at('04:10:00', 22), at('04:10:30', 22), at('04:11:00', 443, { srcaddr: null })], 0],
  ['that the rule leaves out', [at('04:10:00', 22), at('04:10:30', 22), at('04:11:00', 443, { protocol: 17 })], 0],
  ['without a window', [at('04:10:00', 22), at('05:10:30', 22), at('05:11:00', 443)], 0],
])('a sequel %s', async (_, records, alerts) => {
  expect(await alertsOf(records)).toHaveLength(alerts);
});

test('a sequence over three hours is found whichever of its parts comes last', async () => {
  const parts = [[at('03:59:00', 22)], [at('04:58:00', 22)], [at('05:58:00', 443)]];
  for (const last of parts) {
    const others = parts.filter((part) => part !== last);
    expect(await alertsOf(...others, last)).toMatchObject([
      { window: { start: '2026-11-03T03:59:00Z', end: '2026-11-03T05:59:00Z' } },
    ]);
  }
});

test('an hour stays while one that a sequence may end in still takes contributions', async () => {
  const arrived = new Date('2026-11-03T06:00:00Z');
  const later = (hours: number): Date => new Date(arrived.getTime() + hours * 3_600_000);
  const store = memoryStore(() => arrived);
  await putDelta(store, 'a', [matched(1, [brokenIn], [at('03:58:00', 22), at('03:59:00', 22), at('04:58:00', 22)])]);
  await fold(store, [brokenIn], arrived);
  await putDelta(store, 'b', [matched(2, [brokenIn], [at('05:59:00', 22)])]);
  await fold(store, [brokenIn], later(23));
  expect((await fold(store, [brokenIn], later(25))).closed).toBe(0);
  await putDelta(store, 'c', [matched(3, [brokenIn], [at('05:58:00', 443)])]);
  expect((await fold(store, [brokenIn], later(25))).created).toHaveLength(1);
  expect((await fold(store, [brokenIn], later(50))).closed).toBe(3);
  expect(await store.get(hourKey(Date.parse('2026-11-03T03:00:00Z') / 3_600_000))).toBeUndefined();
});

test('a writer that does not know the rule yet leaves the sequel to one that does', async () => {
  const store = memoryStore();
  await putDelta(store, 'a', [matched(1, [brokenIn], [at('04:10:00', 443)])]);
  expect((await fold(store, [])).deltas).toBe(0);
  expect((await fold(store, [brokenIn])).deltas).toBe(1);
});
