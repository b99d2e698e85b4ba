/** Walks a store's folders in the order of keys, one folder in memory at a time. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSummary } from '../../ports.ts';
import { isMissing } from './file-errors.ts';
import { objectPath, versionedName } from './object-keys.ts';
import { newestVersionFile } from './object-versions.ts';

/** How many files are looked at together: the disk answers in parallel. */
const together = 64;

/** A folder's entry, with the text that puts it in its place among keys. */
interface Entry {
  readonly kind: 'folder' | 'file' | 'versions';
  readonly key: string;
  readonly path: string;
  readonly order: string;
}

/** All objects under `root` whose key starts with `prefix`, in key order; what vanishes meanwhile is left out. */
export async function* listObjects(root: string, prefix: string): AsyncGenerator<ObjectSummary> {
  const folderKey = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const folder = folderKey === '' ? root : objectPath(root, folderKey.slice(0, -1));
  yield* walk(folder, folderKey, prefix);
}

async function* walk(folder: string, folderKey: string, prefix: string): AsyncGenerator<ObjectSummary> {
  let files: Entry[] = [];
  for (const entry of await entriesOf(folder, folderKey, prefix)) {
    if (entry.kind === 'folder') {
      yield* await summarize(files);
      files = [];
      yield* walk(entry.path, `${entry.key}/`, '');
    } else if (files.push(entry) === together) {
      yield* await summarize(files);
      files = [];
    }
  }
  yield* await summarize(files);
}

/**
 * The entries of one folder in the order of the keys they lead to: a folder `a` stands for keys `a/…`,
 * so it comes after a file `a-b` and `a.b`.
 */
async function entriesOf(folder: string, folderKey: string, prefix: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const found of await readFolder(folder)) {
    if (found.name.startsWith('.')) continue;
    const path = join(folder, found.name);
    const isFolder = found.isSymbolicLink() ? await isFolderAt(path) : found.isDirectory();
    const versioned = isFolder ? versionedName(found.name) : undefined;
    const key = folderKey + (versioned ?? found.name);
    if (!key.startsWith(prefix)) continue;
    const kind = versioned !== undefined ? 'versions' : isFolder ? 'folder' : 'file';
    entries.push({ kind, key, path, order: kind === 'folder' ? `${key}/` : key });
  }
  return entries.sort((a, b) => (a.order < b.order ? -1 : 1));
}

async function readFolder(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function isFolderAt(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function summarize(files: readonly Entry[]): Promise<readonly ObjectSummary[]> {
  const summaries = await Promise.all(files.map(summarizeOne));
  return summaries.filter((summary) => summary !== undefined);
}

async function summarizeOne({ kind, key, path }: Entry): Promise<ObjectSummary | undefined> {
  for (;;) {
    const file = kind === 'versions' ? await newestVersionFile(path) : path;
    if (file === undefined) return undefined;
    try {
      const { size, mtime } = await stat(file);
      return { key, size, modified: mtime };
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (kind === 'file') return undefined;
    }
  }
}
