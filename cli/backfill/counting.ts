/** A number that grows, on a terminal: for work whose end is not known. */
import { count } from '../output.ts';

/** Progress of which only the number so far is known. */
export interface Counting {
  /** At most ten times a second does the terminal see it. */
  update(n: number): void;
  stop(): void;
}

/** Shows `listed 12,000 objects` on stderr if that is a terminal. */
export function startCounting(verb: string, noun: string): Counting {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  let shown = 0;
  return {
    update(n) {
      const now = performance.now();
      if (now - shown < 100) return;
      shown = now;
      process.stderr.write(`\r\u001B[K${verb} ${count(n)} ${noun}`);
    },
    stop: () => void process.stderr.write('\r\u001B[K'),
  };
}
