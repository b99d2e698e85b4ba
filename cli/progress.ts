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
