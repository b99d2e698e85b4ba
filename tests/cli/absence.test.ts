/** What is absent is decided when everything is read: the order of files makes no difference. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../bench/traffic/random.ts';
import { contentsOf, jsonOf, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RULES = `rules:
  - { id: silent, where: log_status = OK, when: no records for 30m }
`;

const START = Date.parse('2026-11-24T06:00:00Z') / 1000;

/** An interface's records, one a minute. */
const recordsOf = (nic: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => {
    const start = START + (from + index) * 60;
    return `2 123456789012 ${nic} 10.0.0.1 10.0.0.2 51000 443 6 1 40 ${start} ${start + 59} ACCEPT OK`;
  });

/** A folder with rules and files, a dozen minutes of records each, under names that do not tell their order. */
async function folderOf(seed: string, records: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const random = createRandom(seed);
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'rules.yml'), RULES);
  for (let at = 0; at < records.length; at += 12) {
    writeFileSync(join(folder, 'logs', `${random.hex(8)}.log`), records.slice(at, at + 12).join('\n'));
  }
  return folder;
}

const ingest = (folder: string): Promise<{ readonly alerts: number }> =>
  jsonOf(
    sekisho(['ingest', 'logs', '--rules', 'rules.yml', '--format', 'default', '--json'], { cwd: folder }),
  ) as never;

test('interfaces that went silent are told of, whatever the order of files, by the clock of what was read', async () => {
  const records = [
    ...recordsOf('eni-always', 0, 180),
    ...recordsOf('eni-gone', 0, 90),
    ...recordsOf('eni-paused', 0, 60),
    ...recordsOf('eni-paused', 100, 180),
    // the last record may still be on its way
    ...recordsOf('eni-late', 0, 120),
  ];
  const found = await Promise.all(
    ['a', 'b', 'c'].map(async (seed) => {
      const folder = await folderOf(seed, records);
      expect(await ingest(folder)).toMatchObject({ alerts: 2 });
      expect(await ingest(folder)).toMatchObject({ alerts: 0 });
      return (await contentsOf(join(folder, 'sekisho-lake'))).alerts;
    }),
  );
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
});
