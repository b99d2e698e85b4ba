/** The store of a bucket whose client is loaded when it is first needed: most deliveries of a quiet network need none. */
import type { ObjectStore } from '../../ports.ts';

/** Objects in `bucket`, as openBucketStore has them. */
export function lazyBucketStore(bucket: string): ObjectStore {
  let opened: Promise<ObjectStore> | undefined;
  const open = (): Promise<ObjectStore> => (opened ??= openStore(bucket));
  return {
    get: async (key) => (await open()).get(key),
    put: async (key, body) => (await open()).put(key, body),
    putIfAbsent: async (key, body) => (await open()).putIfAbsent(key, body),
    putIfUnchanged: async (key, body, version) => (await open()).putIfUnchanged(key, body, version),
    copy: async (from, to) => (await open()).copy(from, to),
    delete: async (key) => (await open()).delete(key),
    async *list(prefix) {
      yield* (await open()).list(prefix);
    },
  };
}

async function openStore(bucket: string): Promise<ObjectStore> {
  const { openBucket } = await import('./late.ts');
  return openBucket(bucket);
}
