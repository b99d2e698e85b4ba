/** A store in memory that counts what S3 would bill. */
import type { ObjectStore } from '../shared/ports.ts';
import { benchStore } from './store.ts';

/** Requests by what they cost: puts, copies and lists are one price, gets another; deletes are free. */
export interface Requests {
  puts: number;
  gets: number;
  lists: number;
  deletes: number;
}

/** Keys that one listing request returns. */
const PAGE = 1_000;

/** An empty store; `written` says how many bytes were written below a prefix, overwritten ones included. */
export function countingStore(now: () => Date): {
  readonly store: ObjectStore;
  readonly requests: Requests;
  readonly written: (prefix: string) => number;
} {
  const inner = benchStore(now);
  const requests: Requests = { puts: 0, gets: 0, lists: 0, deletes: 0 };
  const sizes = new Map<string, number>();
  const put = (key: string, body: Uint8Array): void => {
    requests.puts++;
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    sizes.set(folder, (sizes.get(folder) ?? 0) + body.length);
  };
  const store: ObjectStore = {
    get: (key) => {
      requests.gets++;
      return inner.get(key);
    },
    put: (key, body) => {
      put(key, body);
      return inner.put(key, body);
    },
    putIfAbsent: (key, body) => {
      put(key, body);
      return inner.putIfAbsent(key, body);
    },
    putIfUnchanged: (key, body, version) => {
      put(key, body);
      return inner.putIfUnchanged(key, body, version);
    },
    copy: (from, to) => {
      requests.puts++;
      return inner.copy(from, to);
    },
    delete: (key) => {
      requests.deletes++;
      return inner.delete(key);
    },
    async *list(prefix) {
      let listed = 0;
      for await (const summary of inner.list(prefix)) {
        if (listed++ % PAGE === 0) requests.lists++;
        yield summary;
      }
      if (listed === 0) requests.lists++;
    },
  };
  const written = (prefix: string): number =>
    [...sizes].reduce((sum, [folder, bytes]) => (folder.startsWith(prefix) ? sum + bytes : sum), 0);
  return { store, requests, written };
}
