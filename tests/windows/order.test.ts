/** Whatever the order, the repetition, the interruptions and the company: the same alerts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertId, periodStart } from '../../shared/alerts/identity.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import type { Rule, WindowCondition } from '../../shared/rules/rule.ts';
import { memoryStore } from '../support/memory-store.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { alertIds, fold, matched, putDelta, type Fields } from './world.ts';

const RULES: readonly Rule[] = [
  ruleOf({ id: 'scan', by: ['srcaddr'], condition: windowOf(600, 'distinct(dstport) >= 3') }),
  ruleOf({ id: 'slow-scan', by: [], condition: windowOf(3600, 'distinct(dstaddr) > 4'), suppress: 86_400 }),
  ruleOf({
    id: 'flood',
    by: ['srcaddr', 'interface_id'],
    condition: windowOf(3600, 'sum(bytes) >= 400'),
    suppress: 600,
  }),
  ruleOf({ id: 'burst', by: ['dstport'], condition: windowOf(60, 'count() > 1'), suppress: 60 }),
  ruleOf({ id: 'odd', by: ['srcaddr'], condition: windowOf(90, 'count() >= 3'), suppress: 45 }),
];

/** Twenty minutes on both sides of an hour's, and a day's, border. */
const START = Date.parse('2026-11-03T23:40:00Z') / 1000;
const SPAN = 2400;

const fields: fc.Arbitrary<Fields> = fc.record({
  interface_id: fc.constantFrom('eni-1', 'eni-2'),
  srcaddr: fc.constantFrom('203.0.113.9', '198.51.100.7', null),
  dstaddr: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'),
  dstport: fc.constantFrom(22, 23, 80, 443, 3389, null),
  bytes: fc.constantFrom(40, 120, null),
  packets: fc.constant(1),
  start: fc.nat({ max: 100 }),
});

/** Deliveries, each of which holds the records of a minute or two. */
const deliveries = fc.array(
  fc
    .tuple(fc.integer({ min: START, max: START + SPAN }), fc.array(fields, { minLength: 1, maxLength: 4 }))
    .map(([time, records]) => records.map((record) => ({ ...record, start: time + Number(record['start']) }))),
  { minLength: 1, maxLength: 12 },
);

/** Writers at one time: when each begins, which deltas of which deliveries it leaves, after how much folding it dies. */
const runs = fc.array(
  fc.array(
    fc.record({
      delay: fc.nat({ max: 12 }),
      deltas: fc.array(fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 4 }), { maxLength: 2 }),
      operations: fc.oneof(fc.nat({ max: 25 }), fc.constant(1000)),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  { maxLength: 4 },
);

/** Every window that ends at a match, looked at on its own. */
function expectedIds(batches: readonly (readonly Fields[])[]): string[] {
  const ids = new Set<string>();
  const records = batches.flat().map((record) => ({ ...record, minute: Math.floor(Number(record['start']) / 60) }));
  const value = (record: Fields, column: string): Fields[string] => record[column] ?? null;
  for (const rule of RULES) {
    const { seconds, when } = rule.condition as WindowCondition;
    for (const last of records) {
      const group = rule.by.map((column) => value(last, column));
      const inside = records.filter(
        (record) =>
          record.minute <= last.minute &&
          record.minute > last.minute - seconds / 60 &&
          rule.by.every((column, index) => value(record, column) === group[index]),
      );
      const of = (field: string): Fields[string][] => inside.map((record) => value(record, field));
      const { measure } = when;
      const measured =
        measure.kind === 'count'
          ? inside.length
          : measure.kind === 'sum' || measure.kind === 'rate'
            ? of(measure.field!).reduce<number>((sum, number) => sum + Number(number), 0)
            : new Set(of(measure.field).filter((one) => one !== null)).size;
      const met = when.operator === '>' ? measured > when.value : measured >= when.value;
      if (met) ids.add(alertId(rule, group, periodStart(rule, last.minute * 60)));
    }
  }
  return [...ids].sort();
}

test('deliveries in any order, repeated, split over deltas, folded by writers that collide or die: the same ids', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, runs, async (batches, runs) => {
      const store = memoryStore();
      const all = batches.map((records, number) => matched(number, RULES, records));
      const sent = new Set<number>();
      let name = 0;
      for (const writers of runs) {
        const work = writers.map(async ({ delay, deltas, operations }) => {
          for (let turn = 0; turn < delay; turn++) await othersTurn();
          for (const delta of deltas) {
            await putDelta(
              store,
              `${name++}`,
              delta.flatMap((number) => all[number] ?? []),
            );
            for (const number of delta) sent.add(number);
          }
          await fold(mortal(store, operations), RULES);
        });
        for (const ended of await Promise.allSettled(work)) {
          if (ended.status === 'rejected') expect(String(ended.reason)).toContain('killed');
        }
      }
      // Only what no delta held yet: what an interrupted writer lost would stay lost.
      await putDelta(
        store,
        `${name}`,
        all.filter((_, number) => !sent.has(number)),
      );
      await fold(store, RULES);

      expect(await alertIds(store)).toEqual(expectedIds(batches));
      expect(store.keys().filter((key) => key.startsWith('windows/deltas/'))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** The store as one writer sees it that is killed after so many operations; writers take turns at every operation. */
function mortal(store: ObjectStore, operations: number): ObjectStore {
  let left = operations;
  const turn = async (): Promise<void> => {
    await othersTurn();
    if (left-- <= 0) throw new Error('killed');
  };
  return {
    ...store,
    get: (key) => turn().then(() => store.get(key)),
    putIfAbsent: (key, body) => turn().then(() => store.putIfAbsent(key, body)),
    putIfUnchanged: (key, body, version) => turn().then(() => store.putIfUnchanged(key, body, version)),
    delete: (key) => turn().then(() => store.delete(key)),
  };
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
