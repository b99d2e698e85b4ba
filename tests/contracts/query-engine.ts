/** What every query engine keeps, in SQL that Athena and DuckDB both read. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { QueryEngine, ResultValue } from '../../shared/ports.ts';
import type { Open, Opened } from './open.ts';

/** Runs the contract of QueryEngine on engines made by `open`; they need no table. */
export function describeQueryEngine(name: string, open: Open<QueryEngine>): void {
  describe(`${name} keeps the contract of QueryEngine`, () => {
    let opened: Opened<QueryEngine>;
    let engine: QueryEngine;
    beforeEach(async () => {
      opened = await open();
      engine = opened.port;
    });
    afterEach(() => opened.close());

    test('gives columns by name and rows in order', async () => {
      const sql = "select a, b from (values (2, 'two'), (1, 'one'), (3, null)) as t (a, b) order by a";
      const { columns, rows } = await engine.query(sql);
      expect(columns.map((column) => column.name)).toEqual(['a', 'b']);
      expect(rows).toEqual([
        [1, 'one'],
        [2, 'two'],
        [3, null],
      ]);
    });

    test('columns are told where no row is', async () => {
      const { columns, rows } = await engine.query('select a from (values (1)) as t (a) where a > 1');
      expect(columns).toMatchObject([{ name: 'a', type: expect.stringMatching(/^integer$/i) }]);
      expect(rows).toEqual([]);
    });

    test.each<[string, ResultValue]>([
      ['cast(null as varchar)', null],
      ['true', true],
      ["'関所 ''quoted'''", "関所 'quoted'"],
      ['cast(42 as bigint)', 42],
      ['cast(9007199254740991 as bigint)', 9007199254740991],
      ['cast(9007199254740993 as bigint)', 9007199254740993n],
      ['cast(-9223372036854775808 as bigint)', -9223372036854775808n],
      ['cast(0.5 as double)', 0.5],
      ['sum(cast(3 as bigint))', 3],
      ['count(*)', 1],
      ['cast(1.25 as decimal(10, 2))', 1.25],
      ["date '2026-11-03'", '2026-11-03'],
      ["cast(timestamp '2026-11-03 04:05:06' as varchar)", '2026-11-03 04:05:06'],
    ])('%s comes as %o', async (sql, expected) => {
      expect((await engine.query(`select ${sql} as x`)).rows).toEqual([[expected]]);
    });

    test('a failing query rejects with the words that failed, and the next one works', async () => {
      await expect(engine.query('select no_such_column from (values (1)) as t (a)')).rejects.toThrow('no_such_column');
      await expect(engine.query('selekt 1')).rejects.toThrow('selekt');
      expect((await engine.query('select 1 as x')).rows).toEqual([[1]]);
    });

    test('queries at the same time each get their own answer', async () => {
      const results = await Promise.all([1, 2, 3, 4].map((value) => engine.query(`select ${value} as x`)));
      expect(results.map(({ rows }) => rows)).toEqual([[[1]], [[2]], [[3]], [[4]]]);
    });

    test('lists are there for the queries that name them, as they are by then', async () => {
      const sql = 'select list, kind, entry from lists order by list, kind, entry';
      const ports = { list: 'ports', kind: 'numbers', entries: ['22', '3389'] };
      const texts = { list: 'ports', kind: 'text', entries: ["it's", '関 "所"'] };
      expect((await engine.query(sql, [texts, ports])).rows).toEqual([
        ['ports', 'numbers', '22'],
        ['ports', 'numbers', '3389'],
        ['ports', 'text', "it's"],
        ['ports', 'text', '関 "所"'],
      ]);
      const { rows } = await engine.query(sql.replace('order', "where kind = 'numbers' order"), [
        { ...ports, entries: ['23'] },
      ]);
      expect(rows).toEqual([['ports', 'numbers', '23']]);
    });

    test('closes twice without complaint, and refuses queries afterwards', async () => {
      await engine.close();
      await engine.close();
      await expect(engine.query('select 1')).rejects.toThrow('closed');
    });
  });
}
