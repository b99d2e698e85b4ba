/** SQL over a lake in a folder, by DuckDB in this process: nothing is installed, nothing leaves the machine. */
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { QueryEngine, QueryList, QueryResult } from '../../ports.ts';
import { DUCKDB_DIALECT } from '../../query/dialect.ts';
import { registerFunctions } from './duckdb-functions.ts';
import { openListTable, type ListTable } from './duckdb-lists.ts';
import { valueConverter, type DuckDbApi } from './duckdb-values.ts';

/** How the engine starts. */
export interface DuckDbOptions {
  /** Statements run before the first query: the views. */
  readonly setup?: string | undefined;
  /** Most memory before it spills to disk, in bytes; by default half of what the process may have. */
  readonly memory?: number;
  /** Where it spills; made when needed and removed afterwards. By default a folder in the system's temporary one. */
  readonly spillFolder?: string;
}

interface Opened {
  readonly api: DuckDbApi;
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly lists: ListTable;
}

/**
 * An engine over an empty in-memory database, started by its first query; queries run one after the other.
 *
 * A text of several statements gives the last one's result. A query that fails rejects with DuckDB's own message.
 * `close` interrupts what runs and frees everything.
 */
export function openDuckDb(options: DuckDbOptions = {}): QueryEngine {
  let opened: Promise<Opened> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  const runInTurn = async (sql: string, named: readonly QueryList[]): Promise<QueryResult> => {
    if (closed) throw new Error('the query engine is closed');
    opened ??= start(options);
    const { api, connection, lists } = await opened;
    await lists.fill(named);
    return run(api, connection, sql);
  };

  return {
    query(sql, lists = []) {
      const result = turn.then(() => runInTurn(sql, lists));
      turn = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      const engine = await opened?.catch(() => undefined);
      engine?.connection.interrupt();
      await turn;
      opened = undefined;
      if (engine !== undefined) stop(engine);
    },
  };
}

/** Loads the library (70 MB, so only when a query comes) and prepares the database. */
async function start({ setup, memory, spillFolder }: DuckDbOptions): Promise<Opened> {
  const api = await import('@duckdb/node-api');
  const instance = await api.DuckDBInstance.create(':memory:', {
    // icu, json and parquet are built in; nothing else is fetched, whatever a query names.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    threads: String(availableParallelism()),
    memory_limit: `${Math.ceil((memory ?? usableMemory() / 2) / 1e6)}MB`,
    temp_directory: spillFolder ?? join(tmpdir(), `sekisho-duckdb-${process.pid}`),
  });
  const connection = await instance.connect();
  const opened = { api, instance, connection, lists: openListTable(connection) };
  try {
    await run(api, opened.connection, "set timezone = 'UTC'");
    registerFunctions(api, opened.connection);
    await run(api, opened.connection, DUCKDB_DIALECT.join(';\n'));
    if (setup !== undefined) await run(api, opened.connection, setup);
    return opened;
  } catch (error) {
    stop(opened);
    throw error;
  }
}

/** A container's limit where there is one. */
function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function stop({ connection, instance }: Opened): void {
  connection.closeSync();
  instance.closeSync();
}

/** Runs every statement of `sql`; the last one's result. */
async function run(api: DuckDbApi, connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  // Text without a statement, or with an error of syntax, is left to DuckDB to answer to.
  const statements = await connection.extractStatements(sql).catch(() => undefined);
  if (statements === undefined || statements.count < 2) return readResult(api, await connection.run(sql));
  for (let index = 0; ; index++) {
    const statement = await statements.prepare(index);
    try {
      const result = await statement.run();
      if (index === statements.count - 1) return await readResult(api, result);
    } finally {
      statement.destroySync();
    }
  }
}

async function readResult(api: DuckDbApi, result: DuckDBResult): Promise<QueryResult> {
  const columns = result.columnNames().map((name, column) => {
    // JSON is text with another name.
    const alias = result.columnLogicalType(column).alias;
    return { name, type: alias ?? String(result.columnType(column)) };
  });
  return { columns, rows: await result.convertRows(valueConverter(api)) };
}
