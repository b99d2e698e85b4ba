import { expect, test } from 'vitest';
import { openDuckDb } from '../shared/adapters/local/duckdb.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import type { QueryEngine } from '../shared/ports.ts';
import type { Rule } from '../shared/rules/rule.ts';
import { runSchedule } from '../shared/run-schedule.ts';
import { batchId, delivery } from './support/batches.ts';
import { testLake } from './support/lakes.ts';
import { ruleOf, windowOf } from './support/rules.ts';
import { engineOf, NETWORKS } from './query/lake-of-rules.ts';

const START = Date.UTC(2026, 10, 5, 13) / 1000;
const NOW = new Date('2026-11-05T18:00:00Z');
const long = windowOf(86_400, 'count() >= 2');
const RULES: readonly Rule[] = [
  ruleOf({ id: 'one', by: ['interface_id'], condition: long }),
  ruleOf({ id: 'broken', by: ['dstaddr'], condition: long }),
  ruleOf({ id: 'streamed', condition: windowOf(60, 'count() >= 1') }),
  ruleOf({ id: 'two', by: ['srcaddr'], condition: long }),
];

test('a rule that fails keeps no other from running, and those that stream are left alone', async () => {
  using lake = testLake();
  const records = [1, 2].map((bytes) => ({
    fields: { interface_id: 'eni-1', srcaddr: '10.0.0.1', bytes, start: START },
  }));
  await lake.writeRaw('2026-11-05T13:10:00Z', [
    delivery({ id: batchId(1), batches: [{ format: 'default', records }] }),
  ]);
  const inner = await engineOf(lake);
  const asked: string[] = [];
  const engine: QueryEngine = {
    query: async (sql, lists) => {
      asked.push(sql);
      if (sql.includes('by_dstaddr')) throw new Error('Bytes scanned limit was exceeded');
      return inner.query(sql, lists);
    },
    close: () => inner.close(),
  };
  const options = { store: lake.store, clock: { now: () => NOW }, networks: NETWORKS, rules: RULES };
  const { runs, failed } = await runSchedule({ ...options, engine, seen: noAlertMemory() });
  expect(runs.map(({ rule, created }) => [rule.id, created.length])).toEqual([
    ['one', 1],
    ['two', 1],
  ]);
  expect(failed.map(({ rule, error }) => [rule.id, String(error)])).toEqual([
    ['broken', 'Error: Bytes scanned limit was exceeded'],
  ]);

  // the one that failed begins where it would have
  const again = await runSchedule({ ...options, engine: inner, seen: noAlertMemory() });
  expect(again.failed).toEqual([]);
  const found = Object.fromEntries(again.runs.map(({ rule, created, known }) => [rule.id, [created.length, known]]));
  expect(found).toEqual({ one: [0, 1], broken: [1, 0], two: [0, 1] });

  // which records have come since is the same for all, and asked once
  asked.length = 0;
  await runSchedule({ ...options, rules: RULES.filter(({ id }) => id !== 'broken'), engine, seen: noAlertMemory() });
  expect(asked.filter((sql) => sql.includes('AS oldest'))).toHaveLength(1);
  expect(new Set(asked).size).toBe(asked.length);
  await inner.close();
});

test('an engine that can not be asked at all fails every rule', async () => {
  const engine = openDuckDb();
  await engine.close();
  using lake = testLake();
  const options = { store: lake.store, clock: { now: () => NOW }, networks: NETWORKS, rules: RULES, engine };
  const { runs, failed } = await runSchedule({ ...options, seen: noAlertMemory() });
  expect(runs).toEqual([]);
  expect(failed).toHaveLength(3);
});
