/** Parquet readers that are not ours, each giving rows as plain objects with numbers for integers. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** A row: a null is null, an integer a number. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The Python that `npm test` sets up with pyarrow; absent where there is no Python. */
const PYTHON = path.resolve('.cache/venv/bin/python');

/** True where pyarrow can be asked. */
export const hasPyarrow = existsSync(path.resolve('.cache/venv/.pyarrow'));

/** The rows as hyparquet reads them. */
export async function readWithHyparquet(body: Uint8Array): Promise<Row[]> {
  const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength) as ArrayBuffer;
  return (await parquetReadObjects({ file, compressors })).map(plain);
}

/** The rows as DuckDB reads them. */
export async function readWithDuckdb(body: Uint8Array): Promise<Row[]> {
  return withFile(body, async (file) => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    try {
      const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
      return (reader.getRowObjects() as Record<string, unknown>[]).map(plain);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
}

/** The rows as pyarrow reads them. */
export async function readWithPyarrow(body: Uint8Array): Promise<Row[]> {
  const script = 'import sys, json, pyarrow.parquet as pq; print(json.dumps(pq.read_table(sys.argv[1]).to_pylist()))';
  return withFile(body, async (file) => {
    const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', script, file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`pyarrow: ${stderr}`);
    return JSON.parse(stdout) as Row[];
  });
}

function plain(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  ) as Row;
}

async function withFile<T>(body: Uint8Array, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sekisho-parquet-'));
  try {
    const file = path.join(folder, 'object.parquet');
    writeFileSync(file, body);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
