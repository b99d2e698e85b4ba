/** Hours end: what comes later is counted, not evaluated. */
import { expect, test } from 'vitest';
import { encodeClosed } from '../../shared/windows/hour.ts';
import { closedKey, hourKey } from '../../shared/windows/layout.ts';
import { memoryStore, type MemoryStore } from '../support/memory-store.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { fold, matched, putDelta } from './world.ts';

const RULES = [ruleOf({ id: 'any', by: [], condition: windowOf(600, 'count() >= 2') })];

const ARRIVED = new Date('2026-11-03T05:00:00Z');
const later = (hours: number): Date => new Date(ARRIVED.getTime() + hours * 3_600_000);

const at = (number: number, ...times: string[]): ReturnType<typeof matched> =>
  matched(
    number,
    RULES,
    times.map((time) => ({ start: Date.parse(`2026-11-03T${time}:00Z`) / 1000 })),
  );
const hour = (text: string): number => Date.parse(`2026-11-03T${text}:00:00Z`) / 3_600_000;

/** A store whose hour 04 was written at ARRIVED. */
async function storeWithHour(): Promise<MemoryStore> {
  const store = memoryStore(() => ARRIVED);
  await putDelta(store, 'a', [at(1, '04:30')]);
  await fold(store, RULES, ARRIVED);
  return store;
}

const windowKeys = (store: MemoryStore): string[] => store.keys().filter((key) => key.startsWith('windows/'));

test('an hour is open for 24 hours after its last arrival, and repeats are no arrival', async () => {
  const store = await storeWithHour();
  await putDelta(store, 'b', [at(1, '04:30')]);
  expect((await fold(store, RULES, later(24))).closed).toBe(0);
  expect((await fold(store, RULES, later(24.01))).closed).toBe(1);
  expect(windowKeys(store)).toEqual([closedKey(hour('04'))]);
});

test('what comes for a closed hour is counted by rule and not evaluated', async () => {
  const store = await storeWithHour();
  await fold(store, RULES, later(25));
  await putDelta(store, 'b', [at(2, '04:31', '04:32'), at(3, '05:10')]);
  const { late, created } = await fold(store, RULES, later(26));
  expect(late).toEqual(new Map([['any', 2]]));
  expect(created).toEqual([]);
  expect(windowKeys(store)).not.toContain(hourKey(hour('04')));
});

test('an hour stays while one beside it still takes contributions', async () => {
  const store = await storeWithHour();
  await putDelta(store, 'b', [at(2, '05:01')]);
  await fold(store, RULES, ARRIVED);
  store.date(hourKey(hour('04')), later(-2));
  expect((await fold(store, RULES, later(23))).closed).toBe(0);
  await putDelta(store, 'c', [at(3, '04:59')]);
  expect((await fold(store, RULES, later(23))).created).toHaveLength(1);
});

test.each([1, 2, 3])('closing that is interrupted at write %i is finished by the next run', async (interruptAt) => {
  let writes = Number.POSITIVE_INFINITY;
  const store = memoryStore(
    () => ARRIVED,
    (operation) => {
      if (['putIfUnchanged', 'putIfAbsent', 'delete'].includes(operation) && --writes <= 0) throw new Error('killed');
    },
  );
  await putDelta(store, 'a', [at(1, '04:30')]);
  await fold(store, RULES, ARRIVED);
  writes = interruptAt;
  await expect(fold(store, RULES, later(25))).rejects.toThrow('killed');
  writes = Number.POSITIVE_INFINITY;
  await putDelta(store, 'b', [at(2, '04:31')]);
  const { late, created } = await fold(store, RULES, later(25));
  // Before the first write the hour was still open, and has grown.
  expect(created).toHaveLength(interruptAt === 1 ? 1 : 0);
  expect(late).toEqual(new Map(interruptAt === 1 ? [] : [['any', 1]]));
  await fold(store, RULES, later(50));
  expect(windowKeys(store)).toEqual([closedKey(hour('04'))]);
});

test('a writer that read the hour before it was closed counts its records as late', async () => {
  const store = memoryStore(
    () => ARRIVED,
    async (operation, key) => {
      if (operation !== 'putIfUnchanged' || !armed) return;
      armed = false;
      const { version } = (await store.get(key))!;
      await store.putIfUnchanged(key, encodeClosed(), version);
    },
  );
  let armed = false;
  await putDelta(store, 'a', [at(1, '04:30')]);
  await fold(store, RULES, ARRIVED);
  armed = true;
  await putDelta(store, 'b', [at(2, '04:31')]);
  const { late, created } = await fold(store, RULES, ARRIVED);
  expect(late).toEqual(new Map([['any', 1]]));
  expect(created).toEqual([]);
});

test('an arrival between the reading and the closing keeps the hour open', async () => {
  let armed = false;
  const store = memoryStore(
    () => ARRIVED,
    async (operation, key) => {
      if (operation !== 'putIfUnchanged' || !armed || !key.startsWith('windows/hours/')) return;
      armed = false;
      await store.put(key, (await store.get(key))!.body);
    },
  );
  await putDelta(store, 'a', [at(1, '04:30')]);
  await fold(store, RULES, ARRIVED);
  armed = true;
  expect((await fold(store, RULES, later(25))).closed).toBe(0);
});

test("hours close by the clock of the runs, not by the store's", async () => {
  const store = memoryStore(() => ARRIVED);
  const farAhead = later(24 * 365);
  await putDelta(store, 'a', [at(1, '04:30')]);
  expect((await fold(store, RULES, farAhead)).closed).toBe(0);
  await putDelta(store, 'b', [at(2, '04:31')]);
  const { closed, created } = await fold(store, RULES, farAhead);
  expect({ closed, alerts: created.length }).toEqual({ closed: 0, alerts: 1 });
});
