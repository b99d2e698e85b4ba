/** Objects as files in a folder: the embedded default's store, which two runs may share. */
import { open, stat, unlink, type FileHandle } from 'node:fs/promises';
import type { ObjectStore, StoredObject } from '../../ports.ts';
import { errorCode, fileError, isMissing } from './file-errors.ts';
import { objectPath, versionsFolder } from './object-keys.ts';
import { listObjects } from './object-listing.ts';
import { deleteVersioned, newestVersionFile, readVersioned, writeVersioned } from './object-versions.ts';
import { createFile, isFile, replaceFile, wholeFiles } from './whole-files.ts';

/**
 * The store whose objects are the files under `root` (made by the first write).
 *
 * An object `a/b.json` is the file `a/b.json`; one written by `putIfUnchanged` is the folder `a/b.json~` of its
 * versions. A key cannot be the start of another's path (`a` beside `a/b`). Names that start with a dot are not
 * objects. Failures name the path, the reason and what to do, with the system's error as `cause`.
 */
export function openFolderStore(root: string): ObjectStore {
  const files = wholeFiles(root);

  return {
    async get(key) {
      const path = objectPath(root, key);
      return attempt('read', path, async () => (await readPlain(path)) ?? (await readVersioned(versionsFolder(path))));
    },

    async put(key, body) {
      const path = objectPath(root, key);
      await attempt('write', path, () => files.withBody(body, (temporary) => replaceFile(temporary, path)));
    },

    async putIfAbsent(key, body) {
      const path = objectPath(root, key);
      return attempt('write', path, async () => {
        if (await isFile(path)) return false;
        return files.withBody(body, (temporary) => createFile(temporary, path));
      });
    },

    async putIfUnchanged(key, body, version) {
      const path = objectPath(root, key);
      return attempt('write', path, () =>
        files.withBody(body, (temporary) => writeVersioned(versionsFolder(path), temporary, version)),
      );
    },

    async copy(from, to) {
      const source = objectPath(root, from);
      const target = objectPath(root, to);
      const file = await attempt('read', source, async () =>
        (await isFile(source)) ? source : newestVersionFile(versionsFolder(source)),
      );
      if (file === undefined) throw new Error(`cannot copy \`${source}\` to \`${target}\`: there is no such object`);
      await attempt('write', target, () => files.withCopy(file, (temporary) => replaceFile(temporary, target)));
    },

    async delete(key) {
      const path = objectPath(root, key);
      await attempt('delete', path, async () => {
        await removePlain(path);
        await deleteVersioned(versionsFolder(path));
      });
    },

    async *list(prefix) {
      try {
        yield* listObjects(root, prefix);
      } catch (error) {
        if (errorCode(error) === undefined) throw error;
        throw fileError('list', (error as NodeJS.ErrnoException).path ?? root, error);
      }
    },
  };
}

/** Runs `action`; what the system refuses becomes an error for people. */
async function attempt<T>(verb: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fileError(verb, path, error);
  }
}

async function readPlain(path: string): Promise<StoredObject | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const found = await file.stat({ bigint: true });
    if (!found.isFile()) return undefined;
    return { body: await file.readFile(), version: `${found.ino}-${found.mtimeNs}-${found.size}` };
  } finally {
    await file.close();
  }
}

async function removePlain(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    // A folder is no object: `a/b` may exist where `a` does not.
    const isFolder = async (): Promise<boolean> => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    if (isMissing(error) || (await isFolder())) return;
    throw error;
  }
}
