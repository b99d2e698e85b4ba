/** Reading a command's inputs: every arrival in every file, with progress, and every problem told once. */
import { measureInputs, walkInputs, type Input } from '../shared/adapters/local/inputs.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { openInput } from '../shared/envelope/open.ts';
import { parseHeader } from '../shared/flow/format.ts';
import { tell } from './output.ts';
import { startProgress } from './progress.ts';

/** How inputs are read. */
export interface ReadOptions {
  /** The lake's folder, which is no input. */
  readonly lake?: string | undefined;
  /** Ends reading early: what was read so far stays. */
  readonly stop?: AbortSignal | undefined;
}

/** Reads inputs and counts what went wrong with them. */
export class InputReader {
  /** Inputs read, whole or in part. */
  files = 0;
  /** Inputs (or parts of them) that could not be read; each was told on stderr. */
  problems = 0;
  readonly #paths: readonly string[];
  readonly #options: ReadOptions;

  constructor(paths: readonly string[], options: ReadOptions = {}) {
    this.#paths = paths;
    this.#options = options;
  }

  /** Everything that arrives, in the order of the inputs. */
  async *arrivals(): AsyncGenerator<Arrival> {
    const walk = { lake: this.#options.lake };
    const progress = await startProgress(() => measureInputs(this.#paths, walk));
    try {
      for await (const input of walkInputs(this.#paths, walk)) {
        if (this.#options.stop?.aborted === true) return;
        yield* this.#read(input, (bytes) => progress.add(bytes));
      }
    } finally {
      progress.stop();
    }
  }

  /** Says that something could not be read. */
  problem(place: string, message: string): void {
    this.problems++;
    tell(`sekisho: ${place}: ${message}`);
  }

  async *#read(input: Input, progress: (bytes: number) => void): AsyncGenerator<Arrival> {
    if (input.kind === 'problem') {
      this.problems++;
      tell(`sekisho: ${input.message}`);
      return;
    }
    this.files++;
    const isHeader = (line: string): boolean => parseHeader(line) !== undefined;
    const { stop } = this.#options;
    try {
      yield* until(stop, openInput(counted(input.open(), progress), input.name, { isHeader }));
      // what is still to come would keep the process waiting
      if (stop?.aborted === true && input.name === '-') process.stdin.destroy();
    } catch (error) {
      if (!(error instanceof InputBroken)) throw error;
      // the message names the file
      this.problems++;
      tell(`sekisho: ${error.message}`);
    }
  }
}

/** An input that broke; told apart from a consumer's own error, which passes through the same generator. */
class InputBroken extends Error {}

/**
 * The values up to a signal, which must not wait for a pipe that says nothing. A value that comes after it is dropped:
 * where the pipe's writer got the same signal, it would be half a batch, and the next run would count its records again.
 */
async function* until<T>(stop: AbortSignal | undefined, values: AsyncGenerator<T, void>): AsyncGenerator<T> {
  try {
    for (;;) {
      const next = await unlessAborted(stop, values.next());
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    const closed = values.return();
    if (stop?.aborted === true) closed.catch(() => undefined);
    else await closed;
  }
}

/** What `value` resolves to, or undefined once `stop` is aborted; no listener stays behind. */
function unlessAborted<T>(stop: AbortSignal | undefined, value: Promise<T>): Promise<T | undefined> {
  if (stop === undefined) return value;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    stop.addEventListener('abort', onAbort, { once: true });
    value
      .then((each) => resolve(stop.aborted ? undefined : each), reject)
      .finally(() => stop.removeEventListener('abort', onAbort));
  });
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  progress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      progress(chunk.byteLength);
      yield chunk;
    }
  } catch (error) {
    throw new InputBroken(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
