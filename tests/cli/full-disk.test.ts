/** A disk that fills up: what was written stays readable, and a run on a freed disk completes it. */
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AS_OF, contentsOf, EVENTS, idsIn, sekisho, type Ended } from '../support/program.ts';
import { mayMount, smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.skipIf(!mayMount)('a full disk (skipped where this user may not mount one)', async () => {
  const disk = await smallDisk();
  const [lake, alerts] = [join(disk, 'lake'), join(disk, 'alerts.jsonl')];
  const ingest = (...inputs: readonly string[]): Promise<Ended> =>
    sekisho(['ingest', ...inputs, '--lake', lake, '--alerts', alerts, ...AS_OF]);

  expect(await ingest(join(EVENTS, 'cloudwatch-logs', 'data-v2.json'))).toMatchObject({ code: 0 });
  const { records, digest } = await contentsOf(lake);
  writeFileSync(join(disk, 'filler'), new Uint8Array(800_000));
  const { code, stdout, stderr } = await ingest(join(EVENTS, 'hour'));
  expect(stderr).toMatch(
    /^sekisho: cannot write `[^`]*\.parquet`: no space left on the disk; free some and run again: what was written stays\n$/,
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(await contentsOf(lake)).toMatchObject({ records, digest });

  unlinkSync(join(disk, 'filler'));
  expect(await ingest(join(EVENTS, 'hour'))).toMatchObject({ code: 0, stderr: '' });
  const elsewhere = await temporaryFolder();
  const undisturbed = ['ingest', join(EVENTS, 'cloudwatch-logs', 'data-v2.json'), join(EVENTS, 'hour')];
  await sekisho([...undisturbed, '--lake', join(elsewhere, 'lake'), ...AS_OF]);
  expect(await contentsOf(lake)).toEqual(await contentsOf(join(elsewhere, 'lake')));
  expect(idsIn(alerts)).toEqual((await contentsOf(lake)).alerts);
});
