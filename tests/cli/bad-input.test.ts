/** Input that can't be read: one message (what, where, what to do), exit code 1, and everything else is in the lake. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { AS_OF, canLosePrivileges, contentsOf, EVENTS, jsonLines, sekisho, type Ended } from '../support/program.ts';
import { queryLake } from '../support/lakes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const GOOD = join(EVENTS, 'text', 'no-header.log');
const EVENT = readFileSync(join(EVENTS, 'cloudwatch-logs', 'data-v2.json'), 'utf8');
const LINES = readFileSync(GOOD, 'utf8').repeat(400);

/** Half a gzip file: compressed little, so that half of its bytes hold half of its lines. */
const HALF_GZIP = gzipSync(LINES, { level: 1 }).subarray(0, 8_000);

interface BadInput {
  readonly name: string;
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly message: RegExp;
  /** Records of it that can be read after all. */
  readonly readable: (records: number) => boolean;
}

const none = (records: number): boolean => records === 0;
const some = (records: number): boolean => records > 100 && records < 8_000;

const INPUTS: readonly BadInput[] = [
  {
    name: 'a truncated gzip',
    file: 'cut.log.gz',
    content: HALF_GZIP,
    message:
      /cut\.log\.gz: the compressed data ends too early, in line \d+: everything before it was read; fetch the file again/,
    readable: some,
  },
  {
    name: 'JSON that is no event',
    file: 'other.json',
    content: '{"hello": "world"}',
    message:
      /other\.json: this JSON is no CloudWatch Logs event \(.*\), no export \(.*\) and no wrapped line \(.*\): check what the file is/,
    readable: none,
  },
  {
    name: 'a truncated event',
    file: 'half.json',
    content: EVENT.slice(0, EVENT.length / 2),
    message: /half\.json: the JSON that starts in line 1 ends too early: fetch the file again/,
    readable: none,
  },
  {
    name: 'an event whose data is cut',
    file: 'data.json',
    content: `${EVENT.slice(0, EVENT.length / 2)}"}}`,
    message: /data\.json: `awslogs\.data` is not whole: gzip says unexpected end of file; fetch the event again/,
    readable: none,
  },
  {
    name: 'a picture',
    file: 'logo.png',
    content: Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    message: /logo\.png: it is neither flow-log text, JSON, gzip, zstd nor Parquet: check what the file is/,
    readable: none,
  },
];

/** Ingests files of a folder, the good one among them: how it ended, what it said, and how many records the lake has. */
async function ingest(folder: string, ...files: readonly string[]): Promise<Ended & { readonly records: number }> {
  const args = ['ingest', ...files, GOOD, '--lake', 'lake', '--json', ...AS_OF];
  // without root's powers everywhere: they would only matter where a file may not be read
  const ended = await sekisho(args, { cwd: folder, unprivileged: true });
  const { records } = await contentsOf(join(folder, 'lake'));
  return { ...ended, records };
}

/** One message on stderr, and nothing else there. */
const told = (message: RegExp): unknown => expect.stringMatching(new RegExp(`^sekisho: ${message.source}\\n$`));

test.for(INPUTS)('$name: told once, the rest ingested', async ({ file, content, message, readable }) => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, file), content);
  const { code, stdout, stderr, records } = await ingest(folder, file);
  expect({ code, stderr }).toEqual({ code: 1, stderr: told(message) });
  expect(records - 20).toSatisfy(readable);
  expect(JSON.parse(stdout)).toMatchObject({ records });
});

test.for(INPUTS)('$name: parse says the same and prints the rest', async ({ file, content, message, readable }) => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, file), content);
  const { code, stdout, stderr } = await sekisho(['parse', file, GOOD, ...AS_OF], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^sekisho: ${message.source}\\n`));
  expect(stderr).not.toMatch(/^ +at /m);
  expect(jsonLines(stdout).length - 20).toSatisfy(readable);
});

test('a missing file: told once, the others ingested', async () => {
  const folder = await temporaryFolder();
  const message = /cannot read `missing\.log`: there is no such file or folder; check the spelling/;
  expect(await ingest(folder, 'missing.log')).toMatchObject({ code: 1, stderr: told(message), records: 20 });
});

test.skipIf(!canLosePrivileges)('a file without permission: told once, the others ingested', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'secret.log'), LINES);
  chmodSync(join(folder, 'secret.log'), 0o000);
  const message = /cannot read `secret\.log`: permission denied; give this user access to it, or choose another place/;
  expect(await ingest(folder, 'secret.log')).toMatchObject({ code: 1, stderr: told(message), records: 20 });
});

test('the same bad file twice is told twice', async () => {
  const folder = await temporaryFolder();
  for (const name of ['a.json', 'b.json']) writeFileSync(join(folder, name), '{"hello": "world"}');
  const { stderr } = await sekisho(['ingest', 'a.json', 'b.json', '--lake', 'lake'], { cwd: folder });
  expect(stderr.match(/^sekisho: [ab]\.json: this JSON is no CloudWatch Logs event/gm)).toHaveLength(2);
});

test('unreadable lines are counted, kept with their reason, and an error only with --strict', async () => {
  const folder = await temporaryFolder();
  const input = join(EVENTS, 'text', 'unreadable-lines.log');
  const run = (...more: readonly string[]): Promise<Ended> =>
    sekisho(['ingest', input, '--lake', 'lake', '--json', ...AS_OF, ...more], { cwd: folder });
  expect(await run()).toMatchObject({ code: 0, stderr: '' });
  expect(await run('--strict')).toMatchObject({ code: 3, stderr: '' });
  const sql = "SELECT number || ': ' || split_part(reason, ' (', 1) FROM quarantine ORDER BY number";
  const { rows } = await queryLake(join(folder, 'lake'), sql);
  expect(rows.flat()).toEqual([
    '2: 2 values where the format has 14 fields',
    '3: 13 values where the format has 14 fields',
    '4: 15 values where the format has 14 fields',
    '5: `srcaddr` is `10.0.10.300`, not an IPv4 or IPv6 address',
  ]);
});

test('--strict is content where every line can be read', async () => {
  const folder = await temporaryFolder();
  expect(await sekisho(['ingest', GOOD, '--strict', '--lake', 'lake', ...AS_OF], { cwd: folder })).toMatchObject({
    code: 0,
  });
});
