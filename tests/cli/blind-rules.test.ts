/** No alerts are no good news where hardly any rule could match. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AS_OF, EVENTS, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WITHOUT_ACTION = '${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end}';

/** What a run says, in a folder with a record that has no action. */
async function ingest(...options: readonly string[]) {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'flow.log'), '10.0.0.1 10.0.0.2 49152 443 6 1 40 1794877920 1794877921\n');
  return await sekisho(['ingest', ...options, '--lake', 'lake', ...AS_OF], { cwd: folder });
}

const BLIND = /^ *(sekisho: )?\d+ of \d+ rules can't work with this format: they need action \(\d+\), .*$/m;

test('a format without action: the report says how many rules need it', async () => {
  const { code, stdout, stderr } = await ingest('flow.log', '--format', WITHOUT_ACTION);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(BLIND);
});

test('with --json stderr says so, and stdout keeps to its counts', async () => {
  const { code, stdout, stderr } = await ingest('flow.log', '--format', WITHOUT_ACTION, '--json');
  expect(code).toBe(0);
  expect(stderr).toMatch(BLIND);
  expect(JSON.parse(stdout)).toMatchObject({ records: 1, alerts: 0 });
});

test('the default format is not held against anybody, though some rules need more', async () => {
  const { stdout } = await ingest(join(EVENTS, 'text', 'no-header.log'));
  expect(stdout).toContain('Read 20 records');
  expect(stdout).not.toContain("can't work");
});
