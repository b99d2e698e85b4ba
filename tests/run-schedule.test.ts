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

test('what the last run did not come to is run before the rest, and no rule that takes up all of the time keeps its place', async () => {
  using lake = testLake();
  const inner = await engineOf(lake);
  const columns = ['interface_id', 'dstaddr', 'srcaddr', 'srcport', 'dstport'];
  const rules = columns.map((by) => ruleOf({ id: by, by: [by], condition: long }));
  let at = NOW.getTime();
  /** A run whose time is over once a rule of these was asked for. */
  const run = async (over: readonly string[]): Promise<readonly string[]> => {
    let isOver = false;
    const order: string[] = [];
    const engine: QueryEngine = {
      query: async (sql, lists) => {
        const by = columns.find((column) => sql.includes(`by_${column}`));
        if (by !== undefined && !order.includes(by)) order.push(by);
        isOver ||= by !== undefined && over.includes(by);
        if (isOver) throw new Error('no time is left');
        return inner.query(sql, lists);
      },
      close: async () => undefined,
    };
    const now = new Date((at += 86_400_000));
    const { runs } = await runSchedule({
      store: lake.store,
      clock: { now: () => now },
      networks: NETWORKS,
      rules,
      engine,
      seen: noAlertMemory(),
    });
    return runs.map(({ rule }) => rule.id);
  };
  expect(await run([])).toEqual(columns);
  // in the order of the rules as long as all of them are run
  expect(await run([])).toEqual(columns);
  const done = new Set(await run(['dstaddr']));
  expect([...done]).toEqual(['interface_id']);
  for (let days = 0; days < 20; days++) for (const id of await run(['dstaddr'])) done.add(id);
  expect([...done].sort()).toEqual(columns.filter((id) => id !== 'dstaddr').sort());
  await inner.close();
});
