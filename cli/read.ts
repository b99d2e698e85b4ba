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
    try {
      for await (const arrival of openInput(counted(input.open(), progress), input.name, { isHeader })) {
        yield arrival;
        if (this.#options.stop?.aborted === true) return;
      }
    } catch (error) {
      if (!(error instanceof InputBroken)) throw error;
      this.problem(input.name, error.message);
    }
  }
}

/** An input that broke; told apart from a consumer's own error, which passes through the same generator. */
class InputBroken extends Error {}

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
