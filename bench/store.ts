/** A store that costs nothing: what is timed is the work, not a disk or a network. */
import type { ObjectStore, StoredObject } from '../shared/ports.ts';

/** An empty store in memory, for one caller; it keeps the bodies that it is given, uncopied. */
export function benchStore(now: () => Date): ObjectStore {
  const objects = new Map<string, StoredObject & { readonly modified: Date }>();
  let writes = 0;
  const write = (key: string, body: Uint8Array): string => {
    const version = String(++writes);
    objects.set(key, { body, version, modified: now() });
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
        const { body, modified } = objects.get(key)!;
        yield { key, size: body.length, modified };
      }
    },
  };
}
