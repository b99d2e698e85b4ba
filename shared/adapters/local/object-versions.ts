/**
 * An object that is replaced only if unchanged, kept as numbered versions in a folder of its own: `state.json~/`.
 *
 * The highest number is the object; an empty folder as the highest says that the object was deleted (or, as number 0,
 * is not there yet), so that numbers only ever grow. Writing version n + 1 is taking its name, which one writer can.
 * A writer that slept must not take a name that was used and cleaned up meanwhile. So superseded versions stay for
 * `keptFor`, are removed from below, and a writer looks back after it took the name n + 1: where higher ones exist
 * and n is gone, it came too late, gives the name back and reports a conflict. A writer that sleeps for longer between
 * taking the name and looking back may report a conflict for a write that others have seen; never the other way round.
 * Nothing is locked, so a killed process leaves nothing to be mended.
 *
 * Small folders are listed in one system call, so a listing is one moment's truth.
 */
import { readdir, readFile, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredObject } from '../../ports.ts';
import { isMissing } from './file-errors.ts';
import { createFile, createFolder } from './whole-files.ts';

/** Milliseconds that a superseded version stays. */
const keptFor = 10_000;

/** One numbered entry of a versions folder. */
interface Version {
  readonly number: number;
  readonly path: string;
  /** False where the object was deleted, or is not there yet. */
  readonly live: boolean;
}

/** The object whose versions lie in `folder`, or undefined where it has no live one. */
export async function readVersioned(folder: string): Promise<StoredObject | undefined> {
  for (;;) {
    const newest = (await listVersions(folder)).at(-1);
    if (!newest?.live) return undefined;
    try {
      return { body: await readFile(newest.path), version: String(newest.number) };
    } catch (error) {
      // Superseded and removed since the listing: there is a newer one now.
      if (!isMissing(error)) throw error;
    }
  }
}

/** The file of the newest live version, or undefined where there is none. */
export async function newestVersionFile(folder: string): Promise<string | undefined> {
  const newest = (await listVersions(folder)).at(-1);
  return newest?.live ? newest.path : undefined;
}

/** Makes `temporary` the version after `version` (undefined: the first); the new version, or undefined on conflict. */
export async function writeVersioned(
  folder: string,
  temporary: string,
  version: string | undefined,
): Promise<string | undefined> {
  if (version === undefined) await createFolder(versionPath(folder, 0));
  const base = (await listVersions(folder)).at(-1);
  if (base === undefined || (base.live ? String(base.number) : undefined) !== version) return undefined;
  const next = await takeNext(folder, base, (path) => createFile(temporary, path), unlink);
  return next === undefined ? undefined : String(next);
}

/** Deletes the object; nothing happens where there is none. */
export async function deleteVersioned(folder: string): Promise<void> {
  for (;;) {
    const base = (await listVersions(folder)).at(-1);
    if (!base?.live) return;
    if ((await takeNext(folder, base, createFolder, rmdir)) !== undefined) return;
  }
}

/** Takes the number after `base`, and removes what has been superseded for long; undefined where it came too late. */
async function takeNext(
  folder: string,
  base: Version,
  take: (path: string) => Promise<boolean>,
  giveBack: (path: string) => Promise<void>,
): Promise<number | undefined> {
  const number = base.number + 1;
  const path = versionPath(folder, number);
  if (!(await take(path))) return undefined;
  const versions = await listVersions(folder);
  const isNewest = !versions.some((version) => version.number > number);
  const followsBase = versions.some((version) => version.number === base.number);
  if (isNewest || followsBase) {
    await removeSuperseded(versions);
    return number;
  }
  await giveBack(path).catch(() => undefined);
  return undefined;
}

/** Removes, from below, the versions whose successor is older than `keptFor`. */
async function removeSuperseded(versions: readonly Version[]): Promise<void> {
  const oldest = Date.now() - keptFor;
  for (const [index, { path, live }] of versions.entries()) {
    const successor = versions[index + 1];
    const written = successor && (await stat(successor.path).catch(() => undefined))?.mtimeMs;
    if (written === undefined || written > oldest) return;
    // What cannot be removed now is removed by a later write.
    await (live ? unlink(path) : rmdir(path)).catch(() => undefined);
  }
}

const versionPath = (folder: string, number: number): string => join(folder, String(number).padStart(12, '0'));

/** All versions in `folder`, in order. */
async function listVersions(folder: string): Promise<readonly Version[]> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => /^\d{12}$/.test(entry.name))
      .map((entry) => ({ number: Number(entry.name), path: join(folder, entry.name), live: !entry.isDirectory() }))
      .sort((a, b) => a.number - b.number);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
