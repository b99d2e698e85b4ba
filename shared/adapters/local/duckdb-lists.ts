/** The relation `lists` as a temporary table of DuckDB: filled with what queries name, as far as it does not hold it yet. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { QueryList } from '../../ports.ts';

/** The table of one connection. */
export interface ListTable {
  /** Sees to it that the table holds these lists as they are now. */
  fill(this: void, lists: readonly QueryList[]): Promise<void>;
}

/** Makes no table before the first list. */
export function openListTable(connection: DuckDBConnection): ListTable {
  const held = new Map<string, readonly string[]>();
  return {
    async fill(lists) {
      for (const { list, kind, entries } of lists) {
        const key = JSON.stringify([list, kind]);
        const before = held.get(key);
        if (before !== undefined && isSame(before, entries)) continue;
        held.delete(key);
        await connection.run('CREATE TEMP TABLE IF NOT EXISTS lists (list VARCHAR, kind VARCHAR, entry VARCHAR)');
        await connection.run('DELETE FROM lists WHERE list = $1 AND kind = $2', [list, kind]);
        await connection.run(`INSERT INTO lists SELECT $1, $2, unnest(from_json($3, '["VARCHAR"]'))`, [
          list,
          kind,
          JSON.stringify(entries),
        ]);
        held.set(key, entries);
      }
    },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((entry, index) => entry === b[index]));
}
