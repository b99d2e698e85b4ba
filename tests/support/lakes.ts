/** A lake in a temporary folder, filled by hand and read through its views. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDuckDb } from '../../shared/adapters/local/duckdb.ts';
import { openFolderStore } from '../../shared/adapters/local/object-store.ts';
import type { DecodedDelivery } from '../../shared/flow/columns.ts';
import type { FlowTable } from '../../shared/flow/fields.ts';
import { encodeObject } from '../../shared/lake/encode.ts';
import { objectName, rawKey } from '../../shared/lake/layout.ts';
import type { ObjectStore, QueryResult, ResultValue } from '../../shared/ports.ts';
import { findContents } from '../../shared/query/contents.ts';
import { NOTHING_PUBLISHED, type Published } from '../../shared/query/flow-view.ts';
import { createViews } from '../../shared/query/views.ts';

/** A lake for one test; `using` deletes it at the end. */
export interface TestLake {
  readonly folder: string;
  readonly store: ObjectStore;
  /** Writes one raw object, as if its writing had started at `time`. */
  writeRaw(time: string, deliveries: readonly DecodedDelivery[], table?: FlowTable): Promise<void>;
  /** A query's rows over the views as they are now. */
  rows(sql: string, published?: Published): Promise<readonly (readonly ResultValue[])[]>;
  /** The names and types of a view's columns. */
  columns(view: string): Promise<Readonly<Record<string, string>>>;
  [Symbol.dispose](): void;
}

/** An empty lake in a folder of this name below a temporary one. */
export function testLake(name = 'lake'): TestLake {
  const parent = mkdtempSync(path.join(tmpdir(), 'sekisho-lake-'));
  const folder = path.join(parent, name);
  const store = openFolderStore(folder);
  let written = 0;
  return {
    folder,
    store,
    async writeRaw(time, deliveries, table = 'vpc') {
      const start = new Date(time);
      await store.put(rawKey(table, start, objectName(start, `t${written++}`)), encodeObject(deliveries, table).body);
    },
    rows: async (sql, published = NOTHING_PUBLISHED) => (await queryLake(folder, sql, published)).rows,
    async columns(view) {
      const { columns } = await queryLake(folder, `SELECT * FROM ${view} LIMIT 0`);
      return Object.fromEntries(columns.map(({ name, type }) => [name, type]));
    },
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** Asks any lake, through its views as they are now. */
export async function queryLake(folder: string, sql: string, published = NOTHING_PUBLISHED): Promise<QueryResult> {
  const contents = await findContents(openFolderStore(folder));
  const engine = openDuckDb({ setup: createViews({ folder, contents, published }).join(';\n') });
  try {
    return await engine.query(sql);
  } finally {
    await engine.close();
  }
}
