/** Interrupted at any moment and run again: rows once in the view, every alert present and told at least once. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../bench/traffic/random.ts';
import { contentsOf, type Ended, type Running } from '../support/program.ts';
import { makeFolder, removeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { ingest, leftIn } from './small-steps.ts';

const TIMES = 15;

/** Milliseconds for all of them, on a machine that is busy with something else. */
const PATIENCE = 240_000;

let folder: string;
/** What a run that nobody disturbs leaves, and how many milliseconds it writes where two run beside each other. */
let undisturbed: Awaited<ReturnType<typeof leftIn>>;
let duration: number;

beforeAll(async () => {
  folder = await makeFolder();
  const durations = await Promise.all(['one', 'other'].map((name) => timed(join(folder, name))));
  duration = Math.min(...durations);
  undisturbed = await leftIn(join(folder, 'one'));
  if (undisturbed.contents.alerts.length < 30) throw new Error('the input has too few alerts to lose');
});
afterAll(() => removeFolder(folder));

async function timed(folder: string): Promise<number> {
  const run = ingest(folder);
  await firstWrite(folder, run);
  const begin = performance.now();
  const { code, stderr } = await run.ended;
  if (code !== 0) throw new Error(stderr);
  return performance.now() - begin;
}

/** Waits until a run has begun to write, or has ended. */
async function firstWrite(folder: string, { child }: Running): Promise<void> {
  const lake = join(folder, 'lake');
  const entries = (): number => (existsSync(lake) ? readdirSync(lake, { recursive: true }).length : 0);
  const before = entries();
  while (entries() === before && child.exitCode === null) await setTimeout(2);
}

/** Sends a run a signal at a moment, given as a part of the time in which an undisturbed run writes. */
async function interrupt(folder: string, signal: NodeJS.Signals, moment: number): Promise<Ended> {
  const run = ingest(folder);
  await firstWrite(folder, run);
  await Promise.race([setTimeout(moment * duration), once(run.child, 'close')]);
  run.child.kill(signal);
  return run.ended;
}

/** Runs the whole input again: how that ended, and what is there then. */
async function rerun(folder: string): Promise<unknown> {
  const { code, stderr } = await ingest(folder).ended;
  return { code, stderr, ...(await leftIn(folder)) };
}

/** What {@link rerun} gives where nothing is lost and nothing doubled. */
const complete = (): unknown => ({ code: 0, stderr: '', ...undisturbed });

const STOPPING = 'sekisho: stopping: finishing what was read (again to stop at once)\n';
/** A signal may come while the run reads, or while it finishes. */
const ENDS = [
  'sekisho: interrupted: what was read is in the lake; run it again to read the rest\n',
  'sekisho: interrupted after everything was read: all of it is in the lake\n',
];

/** Does something at moments all over the time in which a run writes, two beside each other, each with a folder of its own. */
async function atManyMoments(name: string, act: (folder: string, moment: number) => Promise<void>): Promise<void> {
  const random = createRandom(name);
  const moments = Array.from({ length: TIMES }, (_, index) => (index + random.unit()) / TIMES);
  while (moments.length > 0) {
    await Promise.all(moments.splice(0, 2).map((moment) => act(join(folder, `${name}-${moment}`), moment)));
  }
}

test(
  `SIGINT (Ctrl-C) at ${TIMES} moments: exit code 130, a readable lake, and a rerun completes it`,
  { timeout: PATIENCE },
  async () => {
    let interrupted = 0;
    await atManyMoments('SIGINT', async (folder, moment) => {
      const { code, stdout, stderr } = await interrupt(folder, 'SIGINT', moment);
      if (code === 130) {
        interrupted++;
        expect(ENDS.map((end) => STOPPING + end)).toContain(stderr);
        const { records } = JSON.parse(stdout);
        expect(await contentsOf(join(folder, 'lake'))).toMatchObject({ records });
      }
      expect(await rerun(folder), `interrupted at ${moment}`).toEqual(complete());
    });
    expect(interrupted).toBeGreaterThan(0);
  },
);

test(`SIGKILL at ${TIMES} moments: a rerun completes what there is`, { timeout: PATIENCE }, async () => {
  let interrupted = 0;
  await atManyMoments('SIGKILL', async (folder, moment) => {
    const { code } = await interrupt(folder, 'SIGKILL', moment);
    if (code === null) interrupted++;
    expect(await rerun(folder), `killed at ${moment}`).toEqual(complete());
  });
  expect(interrupted).toBeGreaterThan(0);
});

test('killed again and again in one lake, each time a little later', async () => {
  const folder = await temporaryFolder();
  for (let moment = 0; moment < 0.8; moment += 0.1) await interrupt(folder, 'SIGKILL', moment);
  expect(await rerun(folder)).toEqual(complete());
});
