/** An object store in memory, with hooks for tests that interrupt or interleave its callers. */
import type { ObjectStore } from '../../shared/ports.ts';

/** Called before every operation takes effect; throwing makes it fail. */
export type Interrupt = (operation: string, key: string) => void | Promise<void>;

/** A store whose objects can be looked at, and made older. */
export interface MemoryStore extends ObjectStore {
  readonly keys: () => string[];
  /** Sets when an object was written. */
  readonly date: (key: string, modified: Date) => void;
}

/** An empty store. */
export function memoryStore(now: () => Date = () => new Date(), interrupt: Interrupt = () => {}): MemoryStore {
  const objects = new Map<string, { body: Uint8Array; version: string; modified: Date }>();
  let writes = 0;
  const write = (key: string, body: Uint8Array): string => {
    if (key.split('/').some((part) => ['', '.', '..'].includes(part))) throw new Error(`\`${key}\` is not a key`);
    const version = `${++writes}`;
    objects.set(key, { body: Uint8Array.from(body), version, modified: now() });
    return version;
  };
  return {
    async get(key) {
      await interrupt('get', key);
      const found = objects.get(key);
      return found && { body: found.body, version: found.version };
    },
    async put(key, body) {
      await interrupt('put', key);
      write(key, body);
    },
    async putIfAbsent(key, body) {
      await interrupt('putIfAbsent', key);
      if (objects.has(key)) return false;
      write(key, body);
      return true;
    },
    async putIfUnchanged(key, body, version) {
      await interrupt('putIfUnchanged', key);
      return objects.get(key)?.version === version ? write(key, body) : undefined;
    },
    async copy(from, to) {
      await interrupt('copy', from);
      const found = objects.get(from);
      if (found === undefined) throw new Error(`\`${from}\` does not exist`);
      write(to, found.body);
    },
    async delete(key) {
      await interrupt('delete', key);
      objects.delete(key);
    },
    async *list(prefix) {
      await interrupt('list', prefix);
      for (const key of [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()) {
        const found = objects.get(key);
        if (found !== undefined) yield { key, size: found.body.length, modified: found.modified };
      }
    },
    keys: () => [...objects.keys()].sort(),
    date: (key, modified) => Object.assign(objects.get(key)!, { modified }),
  };
}
