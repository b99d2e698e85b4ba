/** Questions over a lake: as a table, CSV and JSON, over lakes that are full, empty or missing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AS_OF, EVENTS, sekisho, type Ended } from '../support/program.ts';
import { makeFolder, removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  mkdirSync(join(folder, 'empty'));
  const inputs = ['cloudwatch-logs/gaps.json', 'text/unreadable-lines.log'].map((file) => join(EVENTS, file));
  await sekisho(['ingest', ...inputs, '--lake', 'lake', ...AS_OF], { cwd: folder });
});
afterAll(() => removeFolder(folder));

const query = (...args: readonly string[]): Promise<Ended> => sekisho(['query', ...args], { cwd: folder });

const VALUES = `SELECT 9007199254740993 AS large, 1.5 AS half, 'a"b,c' AS text, NULL AS nothing, [1, 2] AS list,
  {'a': 'x'} AS struct, DATE '2026-11-17' AS day, TIMESTAMP '2026-11-17 01:02:03' AS moment, true AS yes`;

test('values as JSON keep every digit', async () => {
  expect(await query(VALUES, '--lake', 'lake', '--json')).toEqual({
    code: 0,
    stdout:
      '[\n{"large":9007199254740993,"half":1.5,"text":"a\\"b,c","nothing":null,"list":[1,2],"struct":{"a":"x"},"day":"2026-11-17","moment":"2026-11-17T01:02:03","yes":true}\n]\n',
    stderr: '',
  });
});

test('values as CSV are quoted where they must be', async () => {
  expect(await query(VALUES, '--lake', 'lake', '--csv')).toEqual({
    code: 0,
    stdout:
      'large,half,text,nothing,list,struct,day,moment,yes\r\n' +
      '9007199254740993,1.5,"a""b,c",,"[1,2]","{""a"":""x""}",2026-11-17,2026-11-17T01:02:03,true\r\n',
    stderr: '',
  });
});

test('values as a table', async () => {
  const { code, stdout } = await query(
    'SELECT log_status, count(*) AS n FROM flows GROUP BY 1 ORDER BY 1',
    '--lake',
    'lake',
  );
  expect(code).toBe(0);
  expect(stdout).toBe(`\
┌────────────┬───┐
│ log_status │ n │
├────────────┼───┤
│ NODATA     │ 2 │
│ OK         │ 2 │
│ SKIPDATA   │ 1 │
└────────────┴───┘
`);
});

test('a result without rows', async () => {
  expect((await query('SELECT * FROM flows WHERE false', '--lake', 'lake', '--json')).stdout).toBe('[]\n');
  expect((await query('SELECT 1 AS a WHERE false', '--lake', 'lake', '--csv')).stdout).toBe('a\r\n');
});

test.for(['flows', 'vpc_flow_logs', 'tgw_flows', 'alerts', 'quarantine'])('an empty lake has %s', async (view) => {
  const { code, stdout } = await query(`SELECT count(*) AS n FROM ${view}`, '--lake', 'empty', '--csv');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'n\r\n0\r\n' });
});

test('SQL from standard input', async () => {
  const ended = await sekisho(['query', '-', '--lake', 'lake', '--csv'], { cwd: folder, input: 'SELECT 1 AS one;\n' });
  expect(ended).toEqual({ code: 0, stdout: 'one\r\n1\r\n', stderr: '' });
});

test('a missing lake is said with what makes one', async () => {
  writeFileSync(join(folder, 'file'), '');
  for (const lake of ['nowhere', 'file']) {
    expect(await query('SELECT 1', '--lake', lake)).toEqual({
      code: 1,
      stdout: '',
      stderr: `sekisho: there is no lake at \`${lake}\`: make one with \`sekisho ingest INPUT --lake ${lake}\`\n`,
    });
  }
});

test('a failing query says what the engine says, with the place', async () => {
  const { code, stdout, stderr } = await query('SELECT srcadr FROM flows', '--lake', 'lake');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^sekisho: the query failed: Binder Error: .*"srcadr" not found/);
  expect(stderr).toContain('"srcaddr"');
  expect(stderr).toMatch(/LINE 1: SELECT srcadr FROM flows\n +\^\n$/);
});

test('a result of very many rows: the table is cut and says so, CSV has all', async () => {
  const folder = await temporaryFolder();
  const sql = 'SELECT range AS r FROM range(200000)';
  const table = await sekisho(['query', sql, '--lake', folder]);
  expect({ ...table, stdout: table.stdout.split('\n').length }).toEqual({
    code: 0,
    stdout: 10_005,
    stderr: 'sekisho: these are the first 10,000 of 200,000 rows: --csv and --json print all\n',
  });
  const csv = await sekisho(['query', sql, '--lake', folder, '--csv']);
  expect({ code: csv.code, lines: csv.stdout.split('\r\n').length }).toEqual({ code: 0, lines: 200_002 });
});
