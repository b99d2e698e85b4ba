/** Objects in memory: for runs that leave nothing behind, such as the tests inside rule files. */
import type { ObjectStore } from '../../ports.ts';

/** An empty store. */
export function createMemoryStore(): ObjectStore {
  const objects = new Map<string, { readonly body: Uint8Array; readonly version: string; readonly modified: Date }>();
  let writes = 0;
  const write = (key: string, body: Uint8Array): string => {
    if (key.split('/').some((part) => ['', '.', '..'].includes(part))) throw new Error(`\`${key}\` is not a key`);
    const version = `${++writes}`;
    objects.set(key, { body: Uint8Array.from(body), version, modified: new Date() });
    return version;
  };
  return {
    async get(key) {
      const found = objects.get(key);
      return found && { body: found.body, version: found.version };
    },
    async put(key, body) {
      write(key, body);
    },
    async putIfAbsent(key, body) {
      if (objects.has(key)) return false;
      write(key, body);
      return true;
    },
    async putIfUnchanged(key, body, version) {
      return objects.get(key)?.version === version ? write(key, body) : undefined;
    },
    async copy(from, to) {
      const found = objects.get(from);
      if (found === undefined) throw new Error(`\`${from}\` does not exist`);
      write(to, found.body);
    },
    async delete(key) {
      objects.delete(key);
    },
    async *list(prefix) {
      for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
        const found = objects.get(key);
        if (found !== undefined) yield { key, size: found.body.length, modified: found.modified };
      }
    },
  };
}
