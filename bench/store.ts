/** A store that costs nothing: what is timed is the work, not a disk or a network. */
import type { ObjectStore, StoredObject } from '../shared/ports.ts';

/** An empty store in memory, for one caller; it keeps the bodies that it is given, uncopied. */
export function benchStore(modified: Date): ObjectStore {
  const objects = new Map<string, StoredObject>();
  let writes = 0;
  const write = (key: string, body: Uint8Array): string => {
    const version = String(++writes);
    objects.set(key, { body, version });
    return version;
  };
  return {
    get: async (key) => objects.get(key),
    put: async (key, body) => {
      write(key, body);
    },
    putIfAbsent: async (key, body) => !objects.has(key) && write(key, body) !== '',
    putIfUnchanged: async (key, body, version) =>
      objects.get(key)?.version === version ? write(key, body) : undefined,
    copy: async (from, to) => {
      write(to, objects.get(from)!.body);
    },
    delete: async (key) => {
      objects.delete(key);
    },
    async *list(prefix) {
      for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
        yield { key, size: objects.get(key)!.body.length, modified };
      }
    },
  };
}
