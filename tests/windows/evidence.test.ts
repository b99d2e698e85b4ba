/** What an alert of a window shows of the records behind it. */
import { expect, test } from 'vitest';
import { memoryStore } from '../support/memory-store.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { fold, matched, putDelta, type Fields } from './world.ts';

const scan = ruleOf({ id: 'scan', by: ['srcaddr'], condition: windowOf(600, 'distinct(dstport) >= 3') });

const time = (text: string): number => Date.parse(`2026-11-03T${text}Z`) / 1000;

const attempt = (port: number | null, start: string, more: Fields = {}): Fields => ({
  account_id: '123456789012',
  interface_id: 'eni-1',
  srcaddr: '203.0.113.9',
  dstaddr: '10.0.0.5',
  dstport: port,
  packets: 2,
  bytes: 80,
  start: time(start),
  end: time(start) + 30,
  log_status: 'OK',
  ...more,
});

test('totals, times, interfaces and samples are those of the window that crossed', async () => {
  const store = memoryStore();
  const before = attempt(22, '04:49:00', { interface_id: 'eni-0' });
  const inside = [
    attempt(22, '04:50:10'),
    attempt(22, '04:53:59', { packets: null, bytes: null }),
    attempt(23, '04:55:00', { interface_id: 'eni-2' }),
    attempt(null, '04:56:00'),
    attempt(80, '04:59:59', { account_id: 'unknown' }),
  ];
  const after = attempt(443, '05:00:00');
  const other = attempt(8080, '04:59:00', { srcaddr: null });
  await putDelta(store, 'a', [matched(1, [scan], [before, inside[1]!]), matched(2, [scan], [after, other])]);
  await putDelta(store, 'b', [matched(3, [scan], [inside[0]!, ...inside.slice(2)])]);
  const [alert, next] = (await fold(store, [scan])).created;
  expect(alert).toMatchObject({
    window: { start: '2026-11-03T04:50:00Z', end: '2026-11-03T05:00:00Z' },
    first_seen: '2026-11-03T04:50:10Z',
    last_seen: '2026-11-03T05:00:29Z',
    group: { srcaddr: '203.0.113.9' },
    measure: { 'distinct(dstport)': 3 },
    threshold: 'distinct(dstport) >= 3',
    records: 5,
    packets: 8,
    bytes: 320,
    interfaces: ['eni-1', 'eni-2'],
    account_id: '123456789012',
    region: 'ap-northeast-1',
    vpc_id: null,
  });
  expect(alert!.samples.map(({ start }) => start)).toEqual(inside.map(({ start }) => start));
  expect(alert!.samples[0]).toEqual({ version: null, srcport: null, protocol: null, action: null, ...inside[0] });
  expect(next).toMatchObject({ window: { start: '2026-11-03T04:51:00Z' }, period: { start: '2026-11-03T05:00:00Z' } });
});

test('of the windows of one incident the strongest is shown', async () => {
  const store = memoryStore();
  const attempts = Array.from({ length: 8 }, (_, i) => attempt(20 + i, `04:1${i}:00`));
  const fewer = attempt(99, '04:45:00');
  await putDelta(store, 'a', [matched(1, [scan], [...attempts, fewer])]);
  const { created } = await fold(store, [scan]);
  expect(created).toMatchObject([
    { measure: { 'distinct(dstport)': 8 }, first_seen: '2026-11-03T04:10:00Z', last_seen: '2026-11-03T04:17:30Z' },
  ]);
});

test('of many records a window shows five, and a long quiet group still shows one of its last window', async () => {
  const store = memoryStore();
  const noise = Array.from({ length: 50 }, () => attempt(22, '04:01:00'));
  const burst = Array.from({ length: 120 }, (_, port) => attempt(port, '04:45:00'));
  await putDelta(store, 'a', [matched(1, [scan], noise), matched(2, [scan], burst)]);
  const [alert] = (await fold(store, [scan])).created;
  expect(alert).toMatchObject({ records: 120, measure: { 'distinct(dstport)': 120 } });
  expect(alert!.samples.map(({ dstport }) => dstport)).toEqual([0, 1, 2, 3, 4]);
});

test('a group that grows record by record has samples once it is half as many as the threshold asks for', async () => {
  const store = memoryStore();
  const slow = { ...scan, condition: windowOf(600, 'distinct(dstport) >= 6') };
  const created = [];
  for (let number = 0; number < 6; number++) {
    await putDelta(store, `${number}`, [matched(number, [slow], [attempt(number, `04:3${number}:00`)])]);
    created.push(...(await fold(store, [slow])).created);
  }
  expect(created).toHaveLength(1);
  expect(created[0]!.samples.map(({ dstport }) => dstport)).toEqual([2, 3, 4, 5]);
});

test('of a scan that takes an hour for what the threshold asks for, record by record, some samples are shown', async () => {
  const store = memoryStore();
  const patient = { ...scan, condition: windowOf(3600, 'distinct(dstport) >= 50') };
  const created = [];
  for (let number = 0; number < 50; number++) {
    const minute = `${number}`.padStart(2, '0');
    await putDelta(store, `${number}`, [matched(number, [patient], [attempt(number, `04:${minute}:00`)])]);
    created.push(...(await fold(store, [patient])).created);
  }
  expect(created).toHaveLength(1);
  expect(created[0]!.samples.length).toBeGreaterThan(1);
});
