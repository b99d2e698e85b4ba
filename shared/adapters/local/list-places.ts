/** The places in which lists are kept, as seen from a machine: files, and objects of a lake. */
import { readFile, stat } from 'node:fs/promises';
import type { ObjectStore } from '../../ports.ts';
import type { FetchedList, FetchList } from '../../rules/outside-lists.ts';
import { describeFileError } from './file-errors.ts';

/** Where objects come from. */
export interface ListPlaces {
  /** The lake's store. */
  readonly store: ObjectStore;
  /** Looks at an object of S3, which takes a client that most runs do not need. */
  readonly fetchFromS3: (bucket: string, key: string, known: string | undefined) => Promise<FetchedList>;
}

/** Looks at places; what has not changed since it was seen last is not read again. */
export function listPlaces({ store, fetchFromS3 }: ListPlaces): FetchList {
  return async (place, known) => {
    switch (place.kind) {
      case 'file':
        return fetchFile(place.path, known);
      case 'object':
        return fetchObject(store, place.key, known);
      case 's3':
        return fetchFromS3(place.bucket, place.key, known);
    }
  };
}

async function fetchFile(path: string, known: string | undefined): Promise<FetchedList> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    const version = `${mtimeNs} ${size} ${ino}`;
    return version === known ? { kind: 'unchanged' } : { kind: 'bytes', bytes: await readFile(path), version };
  } catch (error) {
    return { kind: 'failed', message: describeFileError('read the list', path, error) };
  }
}

async function fetchObject(store: ObjectStore, key: string, known: string | undefined): Promise<FetchedList> {
  try {
    for await (const summary of store.list(key)) {
      if (summary.key !== key) continue;
      const version = `${summary.modified.getTime()} ${summary.size}`;
      if (version === known) return { kind: 'unchanged' };
      const found = await store.get(key);
      if (found !== undefined) return { kind: 'bytes', bytes: found.body, version };
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  return { kind: 'failed', message: `cannot read the list \`${key}\`: the lake has no such object` };
}
