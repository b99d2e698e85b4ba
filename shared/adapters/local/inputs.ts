/** What a command reads: files, whole folders, standard input; found one by one and opened when asked for. */
import type { Stats } from 'node:fs';
import { createReadStream, readFileSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describeFileError, fileError } from './file-errors.ts';

/** A file or standard input, ready to be opened. */
export interface InputFile {
  readonly kind: 'file';
  /** The path as the user would type it; `-` for standard input. */
  readonly name: string;
  /** Bytes; undefined for what has no size (standard input, pipes). */
  readonly size: number | undefined;
  /** The bytes, from the start; rejects with an error for people when it can't be read (to the end). */
  open(): AsyncIterable<Uint8Array>;
}

/** Something that was named, or lies in a folder that was, and can't be read; `message` says what, why, what to do. */
interface InputProblem {
  readonly kind: 'problem';
  readonly name: string;
  readonly message: string;
}

/** What a walk finds. */
export type Input = InputFile | InputProblem;

/** How to walk. */
export interface WalkOptions {
  /** The lake's folder: passed over wherever it is met. */
  readonly lake?: string | undefined;
  /** What `-` stands for; the process's own standard input by default. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/** The state of one walk. */
interface Walk {
  /** The lake's real path. */
  readonly lake: string | undefined;
  /** Real paths of the folders entered, so that links in a circle end. */
  readonly entered: Set<string>;
}

/** Bytes read at once. */
const chunkSize = 256 * 1024;

/**
 * The inputs that `paths` name, in that order: files, folders (recursively, sorted by name, without names that start
 * with a dot), `-` for standard input.
 *
 * Symbolic links are followed, and each folder is read once for each path. Nothing is opened before `open`.
 */
export async function* walkInputs(paths: readonly string[], options: WalkOptions = {}): AsyncGenerator<Input> {
  const lake = options.lake === undefined ? undefined : await futureRealpath(resolve(options.lake));
  let stdinNamed = false;
  for (const path of paths) {
    if (path !== '-') {
      yield* walkPath(path, { lake, entered: new Set() }, true);
    } else if (stdinNamed) {
      yield problem('-', 'cannot read `-` twice: standard input ends only once; name it once');
    } else {
      stdinNamed = true;
      yield { kind: 'file', name: '-', size: undefined, open: () => options.stdin ?? process.stdin };
    }
  }
}

/** The real path of a folder that may not be there yet: the lake is made while its inputs are walked. */
async function futureRealpath(path: string): Promise<string> {
  const parent = dirname(path);
  return realpath(path).catch(async () =>
    parent === path ? path : join(await futureRealpath(parent), basename(path)),
  );
}

/** How much there is to read: the inputs with a size, for showing progress; `complete` is false where some have none. */
export async function measureInputs(
  paths: readonly string[],
  options: WalkOptions = {},
): Promise<{ readonly bytes: number; readonly complete: boolean }> {
  let bytes = 0;
  let complete = true;
  for await (const input of walkInputs(paths, options)) {
    if (input.kind === 'problem') continue;
    if (input.size === undefined) complete = false;
    else bytes += input.size;
  }
  return { bytes, complete };
}

async function* walkPath(path: string, walk: Walk, named: boolean): AsyncGenerator<Input> {
  let found: Stats;
  try {
    found = await stat(path);
  } catch (error) {
    yield problem(path, describeFileError('read', path, error));
    return;
  }
  if (found.isDirectory()) {
    yield* walkFolder(path, walk, named);
  } else if (found.isFile()) {
    yield { kind: 'file', name: path, size: found.size, open: () => readChunks(path, found.size) };
  } else if (named) {
    // A pipe (`<(zcat …)`) or a device: it has no size to go by.
    yield { kind: 'file', name: path, size: undefined, open: () => readChunks(path) };
  } else {
    yield problem(path, `cannot read \`${path}\`: it is neither a file nor a folder; name it itself to read it`);
  }
}

async function* walkFolder(folder: string, walk: Walk, named: boolean): AsyncGenerator<Input> {
  let names: string[];
  try {
    const real = await realpath(folder);
    if (walk.lake !== undefined && isWithin(real, walk.lake)) {
      if (named)
        yield problem(folder, `cannot read \`${folder}\`: it lies in the lake, which is written; name another`);
      return;
    }
    if (walk.entered.has(real)) return;
    walk.entered.add(real);
    names = await readdir(folder);
  } catch (error) {
    yield problem(folder, describeFileError('read', folder, error));
    return;
  }
  for (const name of names.sort()) {
    if (!name.startsWith('.')) yield* walkPath(join(folder, name), walk, false);
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

async function* readChunks(path: string, size?: number): AsyncGenerator<Uint8Array> {
  try {
    if (size !== undefined && size <= chunkSize) {
      // A folder of deliveries is thousands of small files: a stream each costs ten times the reading.
      yield readFileSync(path);
    } else {
      yield* createReadStream(path, { highWaterMark: chunkSize });
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
}

const problem = (name: string, message: string): InputProblem => ({ kind: 'problem', name, message });
