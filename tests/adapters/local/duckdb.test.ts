import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDuckDb, type DuckDbOptions } from '../../../shared/adapters/local/duckdb.ts';
import type { QueryResult, ResultValue } from '../../../shared/ports.ts';
import { describeQueryEngine } from '../../contracts/query-engine.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describeQueryEngine('DuckDB', async () => {
  const engine = openDuckDb();
  return { port: engine, close: () => engine.close() };
});

/** Runs queries on an engine of their own; the last one's result. */
async function ask(options: DuckDbOptions, ...queries: readonly string[]): Promise<QueryResult> {
  const engine = openDuckDb(options);
  try {
    let result: QueryResult = { columns: [], rows: [] };
    for (const sql of queries) result = await engine.query(sql);
    return result;
  } finally {
    await engine.close();
  }
}

const module = new URL('../../../shared/adapters/local/duckdb.ts', import.meta.url).href;
const importEngine = `import { openDuckDb } from ${JSON.stringify(module)};`;

/** What a process of its own prints until it ends by itself. */
const runProgram = (program: string, environment: NodeJS.ProcessEnv = {}): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, ...environment },
  });

describe('values', () => {
  test.each<[string, string, ResultValue]>([
    ["timestamptz '2026-11-03 04:05:06.5+09'", 'TIMESTAMP WITH TIME ZONE', '2026-11-02T19:05:06.5Z'],
    ["timestamp '2026-11-03 04:05:06'", 'TIMESTAMP', '2026-11-03T04:05:06'],
    ["timestamp_ns '2026-11-03 04:05:06.000000001'", 'TIMESTAMP_NS', '2026-11-03T04:05:06.000000001'],
    ["timestamp '-infinity'", 'TIMESTAMP', '-infinity'],
    ["date 'infinity'", 'DATE', 'infinity'],
    ["time '04:05:06'", 'TIME', '04:05:06'],
    ["interval '90 minutes'", 'INTERVAL', '01:30:00'],
    ['170141183460469231731687303715884105727::hugeint', 'HUGEINT', 2n ** 127n - 1n],
    ['123456789012345678901234.50::decimal(30, 2)', 'DECIMAL(30,2)', '123456789012345678901234.50'],
    ["'nan'::double", 'DOUBLE', 'NaN'],
    ["'\\x00\\xFFa'::blob", 'BLOB', '00ff61'],
    ['[1, null, 3]', 'INTEGER[]', [1, null, 3]],
    ["{'a': 1, 'b': ['x']}", 'STRUCT("a" INTEGER, "b" VARCHAR[])', { a: 1, b: ['x'] }],
    ["map {22: 'ssh'}", 'MAP(INTEGER, VARCHAR)', { 22: 'ssh' }],
    ['\'{"a": [1]}\'::json', 'JSON', '{"a": [1]}'],
    ["'00000000-0000-0000-0000-000000000001'::uuid", 'UUID', '00000000-0000-0000-0000-000000000001'],
  ])('%s, of type %s, comes as %o', async (sql, type, expected) => {
    expect(await ask({}, `select ${sql} as x`)).toEqual({ columns: [{ name: 'x', type }], rows: [[expected]] });
  });
});

describe('statements', () => {
  test('the setup runs once, before the first query', async () => {
    const setup =
      'create table t (a integer); insert into t values (1), (2); create view v as select a + 1 as b from t';
    expect((await ask({ setup }, 'select 1', 'select sum(b) from v')).rows).toEqual([[5]]);
  });

  test('a setup that fails fails every query, with its own message', async () => {
    const engine = openDuckDb({ setup: 'create view v as select * from no_such_table' });
    await expect(engine.query('select 1')).rejects.toThrow('no_such_table');
    await expect(engine.query('select 1')).rejects.toThrow('no_such_table');
    await engine.close();
  });

  test('of several statements the last gives the result; none at all gives none', async () => {
    const several =
      "create table t as select 'a;b' as x; insert into t values ('c'); select x from t order by x; -- end";
    expect((await ask({}, several)).rows).toEqual([['a;b'], ['c']]);
    expect(await ask({}, '-- nothing')).toEqual({ columns: [], rows: [] });
    await expect(ask({}, 'select 1; select no_such_column; select 2')).rejects.toThrow('no_such_column');
  });
});

describe('what the engine keeps to itself', () => {
  test('nothing is fetched, whatever a query names', async () => {
    await expect(ask({}, "select * from 'https://192.0.2.1/x.parquet'")).rejects.toThrow('httpfs');
    await expect(ask({}, "select inet '192.0.2.1'")).rejects.toThrow('inet');
    const { rows } = await ask({}, "select value from duckdb_settings() where name like 'auto%_known_extensions'");
    expect(rows).toEqual([['false'], ['false']]);
  });

  test('it spills where it is told, and leaves nothing there', async () => {
    const folder = await temporaryFolder();
    const sort = 'select count(*) from (select hash(a) as h from range(5000000) t(a) order by h limit 4000000)';
    const options = { memory: 60e6, spillFolder: join(folder, 'spill') };
    expect((await ask(options, sort)).rows).toEqual([[4_000_000]]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('times are UTC wherever the machine stands', () => {
    const program = `${importEngine}
      const engine = openDuckDb();
      const sql = "select current_setting('timezone'), date '2026-11-03'::timestamptz";
      console.log(JSON.stringify((await engine.query(sql)).rows[0]));
      await engine.close();`;
    expect(JSON.parse(runProgram(program, { TZ: 'Asia/Tokyo' }))).toEqual(['UTC', '2026-11-03T00:00:00Z']);
  });

  test('close interrupts a running query, and the process ends', () => {
    const program = `${importEngine}
      const engine = openDuckDb();
      await engine.query('select 1');
      const endless = engine.query('select count(*) from range(1000000000000) t(a) where a % 7 = 3');
      setTimeout(() => void engine.close(), 100);
      await endless.catch((error) => console.log(error.message));`;
    expect(runProgram(program)).toMatch(/interrupt/i);
  });
});
