/** Unreadable lines to a file, as JSON lines. */
import { open, type FileHandle } from 'node:fs/promises';
import { fileError } from '../shared/adapters/local/file-errors.ts';
import type { Reject } from '../shared/flow/columns.ts';
import { writeOut } from './output.ts';

/** Where rejects go. */
export interface RejectFile {
  /** How many there were. */
  readonly count: number;
  /** The first of them, as a person reads it. */
  readonly first: string | undefined;
  /** Their place as a person reads it; undefined where they are only counted. */
  readonly where: string | undefined;
  write(rejects: readonly Reject[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file of this run's rejects, replacing an earlier run's; `-` is stdout, undefined only counts. */
export async function openRejectFile(path: string | undefined): Promise<RejectFile> {
  const file: FileHandle | undefined =
    path === undefined || path === '-' ? undefined : await attempt(path, () => open(path, 'w'));
  let count = 0;
  let first: string | undefined;
  return {
    get count() {
      return count;
    },
    get first() {
      return first;
    },
    where: path === '-' ? 'standard output' : path,
    async write(rejects) {
      if (rejects.length === 0) return;
      count += rejects.length;
      const [{ source, number, reason }] = rejects as [Reject];
      first ??= `${source}:${number}: ${reason}`;
      if (path === undefined) return;
      const text = rejects.map((reject) => `${JSON.stringify(reject)}\n`).join('');
      if (file === undefined) await writeOut(text);
      else await attempt(path, () => file.appendFile(text));
    },
    async close() {
      await file?.close();
    },
  };
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError('write rejects to', path, error);
  }
}
