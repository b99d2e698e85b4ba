/** Groups that were seen and then are not: judged by the clock, once nothing can be on its way any more. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closedKey, hourKey, JUDGED } from '../../shared/windows/layout.ts';
import { memoryStore } from '../support/memory-store.ts';
import { absenceOf, ruleOf } from '../support/rules.ts';
import { naiveIds, type Fields } from './naive.ts';
import { alertIds, fold, matched, mortal, putDelta } from './world.ts';

const silent = ruleOf({ id: 'silent', condition: absenceOf(2700) });

const time = (text: string): Date => new Date(`2026-11-03T${text}Z`);
const seen = (text: string, interface_id = 'eni-1'): Fields => {
  const start = time(text).getTime() / 1000;
  return { interface_id, account_id: '123456789012', srcaddr: '10.0.0.1', start, end: start + 59 };
};
const put = (store: Parameters<typeof putDelta>[0], number: number, ...records: Fields[]): Promise<void> =>
  putDelta(store, `${number}`, [matched(number, [silent], records)]);

test('an alert says when and where the group was seen last', async () => {
  const store = memoryStore();
  await put(store, 1, seen('04:10:10'), seen('04:50:00'), seen('04:50:20'));
  expect((await fold(store, [silent], time('06:15:59'))).created).toEqual([]);
  expect((await fold(store, [silent], time('06:16:00'))).created).toMatchObject([
    {
      group: { interface_id: 'eni-1' },
      first_seen: '2026-11-03T04:50:00Z',
      last_seen: '2026-11-03T04:51:19Z',
      window: { start: '2026-11-03T04:51:00Z', end: '2026-11-03T05:36:00Z' },
      period: { start: '2026-11-03T04:00:00Z' },
      threshold: 'no records for 45m',
      interfaces: ['eni-1'],
      account_id: '123456789012',
    },
  ]);
});

test('a record that is late within its limits undoes the absence, in the next hour as well', async () => {
  const store = memoryStore();
  await put(store, 1, seen('04:50:00'));
  await fold(store, [silent], time('06:10:00'));
  await put(store, 2, seen('05:35:59'));
  expect((await fold(store, [silent], time('07:00:00'))).created).toEqual([]);
  expect((await fold(store, [silent], time('07:01:00'))).created).toMatchObject([
    { window: { start: '2026-11-03T05:36:00Z' } },
  ]);
});

test('nothing is judged, nor any hour closed, while more is about to come', async () => {
  const store = memoryStore(() => time('06:00:00'));
  await put(store, 1, seen('04:50:00'));
  const muchLater = new Date('2026-11-07T00:00:00Z');
  await fold(store, [silent], time('06:00:00'), 'later');
  expect(await fold(store, [silent], muchLater, 'later')).toMatchObject({ created: [], closed: 0 });
  expect(await fold(store, [silent], muchLater, time('07:00:00'))).toMatchObject({ created: [{}], closed: 1 });
});

test('what came for the hour after is not known any more once that is closed', async () => {
  const store = memoryStore();
  await put(store, 1, seen('04:10:00', 'eni-1'), seen('04:50:00', 'eni-2'));
  await store.putIfAbsent(closedKey(time('05:00:00').getTime() / 3_600_000), Buffer.from('{}'));
  const { created } = await fold(store, [silent], time('09:00:00'));
  expect(created).toMatchObject([{ group: { interface_id: 'eni-1' } }]);
});

test('only hours that changed or became due are read', async () => {
  const reads: string[] = [];
  const store = memoryStore(undefined, (operation, key) => {
    if (operation === 'get' && key.startsWith('windows/hours/')) reads.push(key);
  });
  const keys = (...hours: string[]): string[] => hours.map((hour) => hourKey(time(hour).getTime() / 3_600_000));
  const readBy = async (now: string): Promise<string[]> => {
    reads.length = 0;
    await fold(store, [silent], time(now));
    return [...new Set(reads)].sort();
  };
  await put(store, 1, seen('02:10:00'), seen('03:10:00'), seen('04:10:00'));
  await readBy('04:25:00');
  // of the hour 03 the first minutes are due, the last ones are not
  expect(await readBy('04:30:00')).toEqual(keys('03:00:00', '04:00:00'));
  expect(await readBy('04:30:00')).toEqual([]);
  await put(store, 2, seen('02:30:00'));
  await fold(store, [silent], time('04:30:00'), 'later');
  store.date(keys('02:00:00')[0]!, time('04:31:00'));
  expect(await readBy('04:30:00')).toEqual(keys('02:00:00', '03:00:00'));
});

test('what is remembered of judging is only a hint', async () => {
  const store = memoryStore();
  await put(store, 1, seen('04:10:00'));
  const [alert] = (await fold(store, [silent], time('09:00:00'))).created;
  await store.delete(`alerts/day=2026-11-03/${alert!.id}.json`);
  expect((await fold(store, [silent], time('09:00:00'))).created).toEqual([]);
  for (const hint of ['nonsense', '{"schema":"sekisho.window-judged/9"}', undefined]) {
    if (hint === undefined) await store.delete(JUDGED);
    else await store.put(JUDGED, Buffer.from(hint));
    expect((await fold(store, [silent], time('09:00:00'))).created).toMatchObject([{ id: alert!.id }]);
    await store.delete(`alerts/day=2026-11-03/${alert!.id}.json`);
  }
  const other = ruleOf({ id: 'other', condition: absenceOf(600) });
  expect((await fold(store, [silent, other], time('09:00:00'))).created).toHaveLength(1);
});

test('an hour that can not be read is told of, and the others are judged', async () => {
  const store = memoryStore();
  const broken = hourKey(time('02:00:00').getTime() / 3_600_000);
  await store.put(broken, Buffer.from('nonsense'));
  await put(store, 1, seen('04:10:00'));
  const { created, unreadable } = await fold(store, [silent], time('09:00:00'));
  expect(created).toHaveLength(1);
  expect(unreadable).toMatchObject([{ key: broken }]);
});

const RULES = [
  silent,
  ruleOf({ id: 'pause', by: ['srcaddr'], condition: absenceOf(600), suppress: 60 }),
  ruleOf({ id: 'stop', by: ['srcaddr', 'interface_id'], condition: absenceOf(3600), suppress: 600 }),
];
const START = time('22:30:00').getTime() / 1000;
const LATEST = 40 * 60;

/** Deliveries of records of one minute, each with how late it comes and how its writer fares. */
const arrivals = fc.array(
  fc.record({
    start: fc.integer({ min: START, max: START + 4 * 3600 }),
    delay: fc.integer({ min: 60, max: LATEST }),
    records: fc.array(
      fc.record({ interface_id: fc.constantFrom('eni-1', 'eni-2'), srcaddr: fc.constantFrom('10.0.0.1', '10.0.0.2') }),
      { minLength: 1, maxLength: 3 },
    ),
    /** After how many operations the writer that brings it dies. */
    operations: fc.oneof(fc.nat({ max: 30 }), fc.constant(1000)),
    /** How long after it the clock strikes once more. */
    wait: fc.nat({ max: 5400 }),
  }),
  { minLength: 1, maxLength: 14 },
);

test('judged at any moments while records come late, by writers that die: the same ids as from all of it at once', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (arrivals) => {
      let now = 0;
      const clock = (): Date => new Date(now * 1000);
      const store = memoryStore(clock);
      const all = arrivals.map(({ start, records }) => records.map((record) => ({ ...record, start })));
      const events = arrivals.flatMap(({ start, delay, wait, operations }, number) => [
        { at: start + delay, number, operations },
        { at: start + delay + wait, number: undefined, operations: 1000 },
      ]);
      const end = START + 9 * 3600;
      for (const { at, number, operations } of [...events.sort((a, b) => a.at - b.at), { at: end, operations: 1000 }]) {
        now = at;
        if (number !== undefined) await putDelta(store, `${number}`, [matched(number, RULES, all[number]!)]);
        await fold(mortal(store, operations), RULES, clock()).catch((error: unknown) =>
          expect(String(error)).toContain('killed'),
        );
      }
      expect(await alertIds(store)).toEqual(naiveIds(RULES, all.flat(), end));
    }),
    { numRuns: 200 },
  );
});
