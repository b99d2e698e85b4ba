/** Inputs that are right, and yet easily got wrong. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatString, V5 } from '../../bench/traffic/line.ts';
import { queryLake } from '../support/lakes.ts';
import { AS_OF, contentsOf, EVENTS, jsonLines, jsonOf, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LOG = join(EVENTS, 'text', 'no-header.log');

const ingest = (cwd: string, ...args: readonly string[]): Promise<any> =>
  jsonOf(sekisho(['ingest', ...args, '--lake', 'lake', '--json', ...AS_OF], { cwd }));

/** A configuration for a log group that two flow logs write to. */
const BOTH_FORMATS = `sources:\n  - log_group: /vpc/*\n    format:\n      - default\n      - '${formatString(V5)}'\n`;

/** A line of the default format that starts at this second. */
const lineAt = (second: number): string =>
  `2 123456789012 eni-0123456789abcdef0 10.0.0.1 10.0.0.2 49152 443 6 1 40 ${second} ${second + 59} ACCEPT OK\n`;

test('a text file that has grown: its former lines count again, as documented', async () => {
  const folder = await temporaryFolder();
  const text = readFileSync(LOG, 'utf8');
  writeFileSync(join(folder, 'grown.log'), text.split('\n').slice(0, 10).join('\n'));
  expect(await ingest(folder, 'grown.log')).toMatchObject({ records: 10 });
  writeFileSync(join(folder, 'grown.log'), text);
  expect(await ingest(folder, 'grown.log')).toMatchObject({ records: 20 });
  expect(await contentsOf(join(folder, 'lake'))).toMatchObject({ records: 30 });
});

test('the same file under another name, and with other line ends at its end, is the same batch', async () => {
  const folder = await temporaryFolder();
  copyFileSync(LOG, join(folder, 'a.log'));
  writeFileSync(join(folder, 'b.log'), readFileSync(LOG, 'utf8').trimEnd());
  expect(await ingest(folder, 'a.log', 'b.log')).toMatchObject({ records: 20, batches: 1, duplicate_batches: 1 });
});

test('times before 2014 and in the future are kept apart with their reason, each once however often they come', async () => {
  const folder = await temporaryFolder();
  const now = Date.parse(AS_OF[1]) / 1000;
  writeFileSync(
    join(folder, 'times.log'),
    [1_388_534_399, 1_388_534_400, now, now + 86_400, now + 86_401].map(lineAt).join(''),
  );
  for (const _ of [1, 2]) expect(await ingest(folder, 'times.log')).toMatchObject({ records: 3, unreadable_lines: 2 });
  await jsonOf(
    sekisho(['ingest', 'times.log', '--lake', 'lake', '--json', '--now', '2026-11-17T03:00:00Z'], { cwd: folder }),
  );
  const { rows } = await queryLake(join(folder, 'lake'), 'SELECT number, reason FROM quarantine ORDER BY number');
  expect(rows).toEqual([
    [1, '`start` is 2013-12-31T23:59:59Z, before 2014-01-01T00:00:00Z, where the lake begins'],
    [5, '`start` is 2026-11-18T02:10:01Z, more than a day after it arrived'],
  ]);
});

test('milliseconds are taken as such', async () => {
  const folder = await temporaryFolder();
  writeFileSync(
    join(folder, 'ms.log'),
    lineAt(1_794_879_005).replace(' 1794879005 1794879064 ', ' 1794879005123 1794879064987 '),
  );
  const { stdout } = await sekisho(['parse', 'ms.log', ...AS_OF], { cwd: folder });
  expect(jsonLines(stdout)).toMatchObject([{ start: 1_794_879_005, end: 1_794_879_064 }]);
});

test('two formats in one log group: each line is read by the one it fits', async () => {
  const folder = await temporaryFolder();
  const mixed = join(EVENTS, 'cloudwatch-logs', 'interleaved-formats.json');
  writeFileSync(join(folder, 'sekisho.yml'), BOTH_FORMATS);
  expect(await ingest(folder, mixed)).toMatchObject({ records: 24, unreadable_lines: 0, batches: 1 });
  const { rows } = await queryLake(join(folder, 'lake'), 'SELECT version, count(*) FROM flows GROUP BY 1 ORDER BY 1');
  expect(rows.map((row) => row.map(Number))).toEqual([
    [2, 12],
    [5, 12],
  ]);
});

test('a format that nobody told is not guessed: the lines are kept, with what to do', async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await sekisho(['parse', join(EVENTS, 'text', 'custom.log'), ...AS_OF], {
    cwd: folder,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toMatch(
    /^sekisho: 10 lines could not be read, 0 records could; the first: .*: 18 values where the format has 14 fields \(no format is known for this line: read as the default one\); lines of another format than the default need --format, a header line, or `sources` in sekisho.yml; keep them with --rejects FILE\n$/,
  );
});

test('Windows files: rules and logs with CRLF give what others give', async () => {
  const folder = await temporaryFolder();
  const rules = 'rules:\n  - id: database\n    where: dstport = 5432\n    by: dstaddr\n';
  writeFileSync(join(folder, 'unix.yml'), rules);
  writeFileSync(join(folder, 'windows.yml'), rules.replaceAll('\n', '\r\n'));
  writeFileSync(join(folder, 'windows.log'), readFileSync(LOG, 'utf8').replaceAll('\n', '\r\n'));
  const told = async (...args: readonly string[]): Promise<unknown[]> => {
    const { stdout } = await sekisho(['ingest', ...args, '--alerts', '-', '--json', ...AS_OF], { cwd: folder });
    return jsonLines(stdout).slice(0, -1);
  };
  const alerts = await told(LOG, '--rules', 'unix.yml', '--lake', 'unix');
  expect(alerts.length).toBeGreaterThan(0);
  expect(await told('windows.log', '--rules', 'windows.yml', '--lake', 'windows')).toEqual(alerts);
});

test('what a line holds of control characters does not reach the terminal', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'escape.log'), lineAt(1_794_877_200).replace('10.0.0.1', '10.0.0.1\u001B[31m'));
  for (const args of [['ingest', '--lake', 'lake', ...AS_OF], ['parse']]) {
    const { stdout, stderr } = await sekisho([...args, 'escape.log'], { cwd: folder });
    expect(`${stdout}${stderr}`).toContain('\uFFFD[31m');
    expect(`${stdout}${stderr}`).not.toContain('\u001B');
  }
});

test('a batch that is read again with the right format shows all its records', async () => {
  const folder = await temporaryFolder();
  const event = join(EVENTS, 'cloudwatch-logs', 'interleaved-formats.json');
  expect(await ingest(folder, event)).toMatchObject({ records: 12, unreadable_lines: 12 });
  writeFileSync(join(folder, 'sekisho.yml'), BOTH_FORMATS);
  expect(await ingest(folder, event)).toMatchObject({ records: 24, unreadable_lines: 0 });
  expect(await contentsOf(join(folder, 'lake'))).toMatchObject({ records: 24 });
});
