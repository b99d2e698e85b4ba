/** Where data comes from and goes to: standard input, folders, standard output, and one JSON object at its end. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AS_OF, contentsOf, EVENTS, jsonLines, PROGRAM, sekisho, start } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = join(EVENTS, 'hour');
const EVENT = join(EVENTS, 'cloudwatch-logs', 'data-v2.json');
const UNREADABLE = join(EVENTS, 'text', 'unreadable-lines.log');

test('standard input is read like the file', async () => {
  const folder = await temporaryFolder();
  for (const input of [EVENT, join(EVENTS, 'text', 'crlf.log'), join(EVENTS, 'firehose', 'wrapped.jsonl')]) {
    const file = await sekisho(['parse', input, ...AS_OF], { cwd: folder });
    const stdin = await sekisho(['parse', '-', ...AS_OF], { cwd: folder, input: readFileSync(input) });
    expect(stdin).toEqual(file);
    expect(stdin.code).toBe(0);
  }
  const args = ['ingest', '-', '--lake', 'lake', '--json', ...AS_OF];
  const { code, stdout } = await sekisho(args, { cwd: folder, input: readFileSync(EVENT) });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, records: 40, batches: 1 });
});

test('standard input ends only once', async () => {
  const folder = await temporaryFolder();
  const { code, stderr } = await sekisho(['parse', '-', '-', ...AS_OF], { cwd: folder, input: readFileSync(EVENT) });
  expect(code).toBe(1);
  expect(stderr).toBe('sekisho: cannot read `-` twice: standard input ends only once; name it once\n');
});

test('a signal ends a run that waits for standard input, and what came whole is kept', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'rules.yml'), 'rules:\n  - id: anything\n    where: action = ACCEPT\n');
  const args = [
    'ingest',
    '-',
    '--lake',
    'lake',
    '--rules',
    'rules.yml',
    '--alerts',
    'alerts.jsonl',
    '--json',
    ...AS_OF,
  ];
  const { child, ended } = start([PROGRAM, ...args], { cwd: folder });
  child.stdin?.write(readFileSync(EVENT));
  // the event is taken once its alert is told; no end of input follows
  while (!existsSync(join(folder, 'lake', 'alerts'))) await setTimeout(10);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 130, records: 40, objects: 1 });
  expect(await contentsOf(join(folder, 'lake'))).toMatchObject({ records: 40 });
});

test('folders are read with all below them, without hidden files', async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'in', 'a', 'b'), { recursive: true });
  mkdirSync(join(folder, 'in', '.git'));
  copyFileSync(EVENT, join(folder, 'in', 'a', 'b', 'event.json'));
  copyFileSync(join(EVENTS, 'text', 'crlf.log'), join(folder, 'in', 'a', 'some.log'));
  copyFileSync(UNREADABLE, join(folder, 'in', '.git', 'hidden.log'));
  const { stdout } = await sekisho(['ingest', 'in', '--lake', 'lake', '--json', ...AS_OF], { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({ records: 46, batches: 2, unreadable_lines: 0 });
});

test('--json ends stdout with one object of exactly these keys', async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await sekisho(['ingest', HOUR, '--json', '--lake', 'lake', ...AS_OF], {
    cwd: folder,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const counts = JSON.parse(stdout);
  expect(Object.keys(counts)).toEqual([
    'records',
    'accepted',
    'rejected',
    'nodata',
    'skipdata',
    'unreadable_lines',
    'batches',
    'duplicate_batches',
    'alerts',
    'objects',
    'bytes_written',
    'seconds',
  ]);
  for (const value of Object.values(counts)) expect(value).toEqual(expect.any(Number));
});

test('--alerts - and --rejects - put JSON lines on stdout, the counts after them', async () => {
  const folder = await temporaryFolder();
  const outputs = ['--alerts', '-', '--rejects', '-', '--json', '--lake', 'lake'];
  const { stdout } = await sekisho(['ingest', UNREADABLE, HOUR, ...outputs, ...AS_OF], { cwd: folder });
  const lines = jsonLines(stdout);
  const counts = lines.at(-1);
  const alerts = lines.filter((line) => line.schema === 'sekisho.alert/1');
  const rejects = lines.filter((line) => 'reason' in line);
  expect(counts).toMatchObject({ alerts: alerts.length, unreadable_lines: 4, records: 21_869 });
  expect(alerts.length).toBeGreaterThanOrEqual(4);
  expect(rejects.map((reject) => Object.keys(reject))).toEqual(
    rejects.map(() => ['line', 'reason', 'source', 'number']),
  );
  expect(rejects.map(({ number }) => number)).toEqual([2, 3, 4, 5]);
  expect(lines).toHaveLength(alerts.length + rejects.length + 1);
});

test('without --json the report leaves stdout to the alerts', async () => {
  const folder = await temporaryFolder();
  const args = ['ingest', HOUR, UNREADABLE, '--alerts', '-', '--rejects', 'rejects.jsonl', '--lake', 'lake', ...AS_OF];
  const { stdout, stderr } = await sekisho(args, { cwd: folder });
  for (const { schema } of jsonLines(stdout)) expect(schema).toBe('sekisho.alert/1');
  expect(stderr).toMatch(/^Read 21,869 records from 145 files/);
  expect(stderr).toContain('4 unreadable lines, kept in rejects.jsonl; the first: ');
  expect(jsonLines(readFileSync(join(folder, 'rejects.jsonl'), 'utf8'))).toHaveLength(4);
});

test('parse prints rejects apart, and says how many there were', async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await sekisho(['parse', UNREADABLE, '--rejects', 'r.jsonl', ...AS_OF], {
    cwd: folder,
  });
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toHaveLength(2);
  expect(jsonLines(readFileSync(join(folder, 'r.jsonl'), 'utf8'))).toHaveLength(4);
  expect(stderr).toMatch(
    /^sekisho: 4 lines could not be read, 2 records could; the first: .*; they are in r\.jsonl\n$/,
  );
});

test.for([
  ['parse', HOUR],
  ['ingest', HOUR, '--lake', 'lake'],
])('%s into a pipe that is closed early ends quietly', async (args) => {
  const folder = await temporaryFolder();
  const child = spawn(process.execPath, [PROGRAM, ...args, ...AS_OF], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a reader of alerts that has had enough does not stop the run', async () => {
  const folder = await temporaryFolder();
  const line = (i: number): string =>
    `2 123456789012 eni-${i} 203.0.113.9 10.0.0.5 50000 22 6 1 60 1794877200 1794877260 ACCEPT OK\n`;
  writeFileSync(join(folder, 'many.log'), Array.from({ length: 2000 }, (_, i) => line(i)).join(''));
  const args = ['ingest', join(folder, 'many.log'), '--lake', join(folder, 'lake'), '--alerts', '-', ...AS_OF];
  const { child, ended } = start([PROGRAM, ...args]);
  child.stdin?.end();
  child.stdout?.once('data', () => child.stdout?.destroy());
  expect((await ended).code).toBe(0);
  const { records, alerts } = await contentsOf(join(folder, 'lake'));
  expect({ records, alerts: alerts.length }).toEqual({ records: 2000, alerts: 2000 });
});
