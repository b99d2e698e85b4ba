import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleDetect, measureColdStart } from '../../bench/cold-start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the bundle of detect is small, and has what reads YAML in none of its parts', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const { bundle } = await bundleDetect(folder);
  expect(bundle).toBeLessThan(600_000);
  const { sources } = JSON.parse(await readFile(join(folder, 'detect.js.map'), 'utf8')) as { sources: string[] };
  expect(sources.some((source) => source.endsWith('shared/pipeline.ts'))).toBe(true);
  expect(sources.filter((source) => /node_modules\/(yaml|zod|@aws-sdk|@smithy|csv-parse)\//.test(source))).toEqual([]);
});

test('a first event is timed beside the floor', { timeout: 60_000 }, async () => {
  const { starts } = await measureColdStart({ sizes: [20], rounds: 1 });
  expect(starts).toEqual([expect.objectContaining({ size: 20 })]);
  const [{ floor, detect, ratio }] = starts as [(typeof starts)[number]];
  expect(floor).toBeGreaterThan(0);
  expect(ratio).toBeCloseTo(detect / floor);
});
