/** Whatever the order, the repetition, the interruptions and the company: the same alerts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rule, Sequel } from '../../shared/rules/rule.ts';
import { memoryStore } from '../support/memory-store.ts';
import { absenceOf, isNumber, ruleOf, windowOf } from '../support/rules.ts';
import { naiveIds, type Fields } from './naive.ts';
import { alertIds, fold, matched, mortal, othersTurn, putDelta } from './world.ts';

const then22 = (within: number): Sequel => ({ where: isNumber('dstport', 22), within });

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
  ruleOf({ id: 'odd', by: ['srcaddr'], condition: windowOf(60, 'count() >= 3'), suppress: 45 }),
  ruleOf({ id: 'fast', by: ['dstaddr'], condition: windowOf(120, 'rate(bytes) >= 1.5') }),
  ruleOf({ id: 'often', by: [], condition: windowOf(300, 'rate() > 0.0125'), suppress: 300 }),
  ruleOf({ id: 'broken-in', by: ['srcaddr'], condition: windowOf(3600, 'distinct(dstaddr) >= 2', then22(3600)) }),
  ruleOf({
    id: 'got-through',
    by: ['interface_id'],
    where: isNumber('dstport', 23),
    except: isNumber('bytes', 120),
    condition: windowOf(300, 'count() >= 1', then22(120)),
    suppress: 600,
  }),
  ruleOf({ id: 'silent', condition: absenceOf(3600), suppress: 60 }),
  ruleOf({ id: 'quiet', by: ['srcaddr', 'dstport'], condition: absenceOf(600) }),
];

/** Around a day's border: twenty minutes on both sides, and over as many hours as a sequence can reach. */
const START = Date.parse('2026-11-03T23:40:00Z') / 1000;
const span = fc.constantFrom(2_400, 12_000);

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
const deliveries = span.chain((seconds) =>
  fc.array(
    fc
      .tuple(fc.integer({ min: START, max: START + seconds }), fc.array(fields, { minLength: 1, maxLength: 4 }))
      .map(([time, records]) => records.map((record) => ({ ...record, start: time + Number(record['start']) }))),
    { minLength: 1, maxLength: 12 },
  ),
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

/** When it is judged what is absent, once everything is there. */
const judged = fc.array(fc.integer({ min: START, max: START + 30_000 }), { minLength: 1, maxLength: 3 });

test('deliveries in any order, repeated, split over deltas, folded by writers that collide or die: the same ids', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, runs, judged, async (batches, runs, judged) => {
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
          await fold(mortal(store, operations), RULES, undefined, 'later');
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
      for (const judgeAt of judged) await fold(store, RULES, undefined, new Date(judgeAt * 1000));

      expect(await alertIds(store)).toEqual(naiveIds(RULES, batches.flat(), Math.max(...judged)));
      expect(store.keys().filter((key) => key.startsWith('windows/deltas/'))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
