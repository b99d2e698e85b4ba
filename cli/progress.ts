/** A progress bar on a terminal, for work that takes long enough to be worth one. */
import { Presets, SingleBar } from 'cli-progress';
import { byteSize } from './output.ts';

/** Progress through a number of bytes. */
export interface Progress {
  add(bytes: number): void;
  stop(): void;
}

/** Below this a bar would only flicker. */
const WORTH_A_BAR = 8_000_000;

/** Starts a bar on stderr if that is a terminal and the work is long; `measure` is asked only then. */
export async function startProgress(
  measure: () => Promise<{ readonly bytes: number; readonly complete: boolean }>,
): Promise<Progress> {
  if (!process.stderr.isTTY) return { add: () => {}, stop: () => {} };
  const { bytes: total, complete } = await measure();
  if (!complete || total < WORTH_A_BAR) return { add: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: 'reading {bar} {percentage}% of {size}, {eta_formatted} left',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 100,
    },
    Presets.rect,
  );
  bar.start(total, 0, { size: byteSize(total) });
  return { add: (bytes) => bar.increment(bytes), stop: () => bar.stop() };
}

/** Progress through things that have names, one after the other. */
export interface StepProgress {
  /** The next one begins. */
  next(name: string): void;
  stop(): void;
}

/** Starts a bar on stderr if that is a terminal and there is more than one step. */
export function startSteps(steps: number, verb: string): StepProgress {
  if (!process.stderr.isTTY || steps < 2) return { next: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: `${verb} {bar} {value} of {total} {name}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.rect,
  );
  let begun = 0;
  bar.start(steps, 0, { name: '' });
  return { next: (name) => bar.update(begun++, { name }), stop: () => bar.stop() };
}
