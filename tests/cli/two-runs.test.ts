/** Two runs at the same time on one lake: rows once in the view, every alert present, and told by one of them at least. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ingest, leftIn } from './small-steps.ts';

test.for([1, 2, 3])('two runs at once, time %i', async () => {
  const folder = await temporaryFolder();
  const [alone, shared] = [join(folder, 'alone'), join(folder, 'shared')];
  const first = await ingest(alone).ended;
  const runs = await Promise.all([ingest(shared).ended, ingest(shared).ended]);
  for (const run of [first, ...runs]) expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(await leftIn(shared)).toEqual(await leftIn(alone));

  // each alert is new to one run only
  const counted = ({ stdout }: { readonly stdout: string }): number => JSON.parse(stdout).alerts;
  expect(counted(runs[0]) + counted(runs[1])).toBe(counted(first));
});
