/** Names and places that break programs which take them for something else. */
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AS_OF, contentsOf, EVENTS, jsonLines, sekisho, type Ended } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = join(EVENTS, 'hour');
const LOG = join(EVENTS, 'text', 'no-header.log');

const ingest = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  sekisho(['ingest', ...args, '--json', ...AS_OF], { cwd });

test('a lake inside the input is not read, however often', async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'in'));
  copyFileSync(LOG, join(folder, 'in', 'a.log'));
  mkdirSync(join(folder, 'in', 'z'));
  // opened to the internet: its alert is written while the folder is still walked, into a lake that was not there before
  const open = '2 123456789012 eni-0a1 203.0.113.9 10.0.0.5 50000 22 6 1 60 1794877200 1794877260 ACCEPT OK\n';
  writeFileSync(join(folder, 'in', 'b.log'), open);
  for (const alerts of [1, 0]) {
    const { code, stdout } = await ingest(folder, 'in', '--lake', 'in/z/lake');
    const expected = { code: 0, records: 21, batches: 2, unreadable_lines: 0, alerts };
    expect({ code, ...JSON.parse(stdout) }).toMatchObject(expected);
  }
  expect(await contentsOf(join(folder, 'in', 'z', 'lake'))).toMatchObject({ records: 21 });
});

test('a lake as input is refused', async () => {
  const folder = await temporaryFolder();
  await ingest(folder, LOG, '--lake', 'lake');
  const { code, stderr } = await ingest(folder, 'lake/flows', '--lake', 'lake');
  expect(code).toBe(1);
  expect(stderr).toBe('sekisho: cannot read `lake/flows`: it lies in the lake, which is written; name another\n');
});

test('a lake whose path holds spaces, quotes, wildcards and other letters', async () => {
  const folder = await temporaryFolder();
  const lake = join(folder, `l a'k"e 関所 [x]*?%$HOME`);
  expect(await ingest(folder, HOUR, '--lake', lake)).toMatchObject({ code: 0, stderr: '' });
  const query = await sekisho(['query', 'SELECT count(*) AS n FROM flows', '--lake', lake, '--csv']);
  expect(query).toEqual({ code: 0, stdout: 'n\r\n21867\r\n', stderr: '' });
  const { alerts } = await contentsOf(lake);
  expect(alerts.length).toBeGreaterThanOrEqual(4);
});

test('files named like options', async () => {
  const folder = await temporaryFolder();
  copyFileSync(LOG, join(folder, '-x'));
  copyFileSync(LOG, join(folder, '--json'));
  expect(await ingest(folder, '-x')).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown option `-x`') });
  const { code, stdout } = await sekisho(['parse', ...AS_OF, '--', '-x', '--json'], { cwd: folder });
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toHaveLength(40);
});

test('empty folders and files are nothing to read, and nothing wrong', async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty.log'), '');
  for (const input of ['empty', 'empty.log', '/dev/null']) {
    const { code, stdout, stderr } = await ingest(folder, input, '--lake', 'lake');
    expect({ code, stderr, ...JSON.parse(stdout) }).toMatchObject({ code: 0, stderr: '', records: 0, objects: 0 });
  }
  expect(readdirSync(folder)).not.toContain('lake');
});

test('links in a circle end', async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'in'));
  copyFileSync(LOG, join(folder, 'in', 'a.log'));
  symlinkSync('..', join(folder, 'in', 'up'));
  const { code, stdout } = await ingest(join(folder), 'in', '--lake', 'lake');
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, records: 20 });
});

test.for(['--alerts', '--rejects'])('%s into a missing folder is told before anything is read', async (option) => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await ingest(folder, HOUR, '--lake', 'lake', option, 'nowhere/file.jsonl');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `sekisho: cannot write ${option.slice(2)} to \`nowhere/file.jsonl\`: there is no such file or folder; check the spelling\n`,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a lake that is a file is told', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'lake'), '');
  const { code, stderr } = await ingest(folder, LOG, '--lake', 'lake');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^sekisho: cannot write `.*`: a part of its path is a file, not a folder; check the path\n$/);
});
