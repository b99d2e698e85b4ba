import { expect, test } from 'vitest';
import type { QueryEngine } from '../../shared/ports.ts';
import { athenaViews } from '../../shared/query/athena-views.ts';
import { ensureViews } from '../../shared/query/ensure-views.ts';
import { memoryStore } from '../support/memory-store.ts';

const NAMES = ['flows', 'vpc_flow_logs', 'tgw_flows', 'alerts', 'quarantine'];
const NOW = new Date('2026-11-24T13:30:00Z');

/** A database with views in it, and the statements that it was asked to run. */
function database(present: readonly string[], before: (name: string) => void = () => undefined) {
  const views = new Set(present);
  const statements: string[] = [];
  const engine: QueryEngine = {
    async query(sql) {
      statements.push(sql);
      const name = /^CREATE VIEW (\w+) AS\n/.exec(sql)?.[1];
      if (name === undefined) throw new Error(`not the way to create a view: ${sql}`);
      before(name);
      if (views.has(name)) throw new Error(`View already exists: ${name}`);
      views.add(name);
      return { columns: [], rows: [] };
    },
    close: async () => undefined,
  };
  return { views, statements, engine, catalog: { has: async (name: string) => views.has(name) } };
}

test('views that are missing are created, each after those that it reads', async () => {
  const { engine, catalog, statements } = database([]);
  expect(await ensureViews({ engine, catalog, store: memoryStore(), now: NOW })).toEqual(NAMES);
  expect(statements).toHaveLength(5);
  expect(await ensureViews({ engine, catalog, store: memoryStore(), now: NOW })).toEqual([]);
  expect(statements).toHaveLength(5);
});

test('views that are there stay as they were published', async () => {
  const { engine, catalog, statements } = database(['flows', 'alerts']);
  expect(await ensureViews({ engine, catalog, store: memoryStore(), now: NOW })).toEqual(
    NAMES.filter((name) => !['flows', 'alerts'].includes(name)),
  );
  expect(statements.join()).not.toContain('CREATE VIEW flows AS');
});

test('a view that another caller has just created is no error; any other failure is', async () => {
  const other = database([], (name) => {
    if (name === 'flows') other.views.add('flows');
  });
  const { engine, catalog } = other;
  expect(await ensureViews({ engine, catalog, store: memoryStore(), now: NOW })).toEqual(NAMES.slice(1));
  const broken = database([], () => {
    throw new Error('Insufficient permissions to execute the query');
  });
  await expect(ensureViews({ ...broken, store: memoryStore(), now: NOW })).rejects.toThrow('Insufficient permissions');
});

test.each([
  [[], '2026-11-24-11'],
  [['flows/raw/arrived=2026-11-05-00/a.parquet', 'flows/raw/arrived=2026-11-06-13/b.parquet'], '2026-11-04-22'],
  [['flows/raw/arrived=2026-11-06-13/a.parquet', 'tgw/raw/arrived=2026-11-05-14/b.parquet'], '2026-11-05-12'],
  [['flows/raw/notes.txt'], '2026-11-24-11'],
])('with %o nothing is looked for up to %s', async (keys, hour) => {
  const store = memoryStore();
  for (const key of keys) await store.put(key, new Uint8Array(1));
  const { engine, catalog, statements } = database([]);
  await ensureViews({ engine, catalog, store, now: NOW });
  const expected = athenaViews({ run: 0, watermark: hour }).map(
    ({ name, query }) => `CREATE VIEW ${name} AS\n${query}`,
  );
  expect(statements).toEqual(expected);
});

test('an object that began in the hour before, and ends in this one, is in sight', async () => {
  const { engine, catalog, statements } = database([]);
  // nothing is there yet: it is still on its way into `arrived=2026-11-24-12/`
  await ensureViews({ engine, catalog, store: memoryStore(), now: new Date('2026-11-24T13:00:30Z') });
  const [, after] = /arrived > '([^']*)'/.exec(statements[0]!)!;
  expect(after! < '2026-11-24-12').toBe(true);
});

test('over a lake that was compacted no views are made that would hide what compaction moved', async () => {
  const store = memoryStore();
  await store.put('ledger/day=2026-11-24/7.json', new Uint8Array(1));
  const { engine, catalog, statements } = database([]);
  await expect(ensureViews({ engine, catalog, store, now: NOW })).rejects.toThrow(
    'the lake holds compacted records (`ledger/day=2026-11-24/7.json`)',
  );
  expect(statements).toEqual([]);
  const whole = database(NAMES);
  expect(await ensureViews({ ...whole, store, now: NOW })).toEqual([]);
});
