/** The relation `lists` on Athena: JSON lines in the lake, an object a list and kind, behind a table of that name. */
import type { ObjectStore, QueryList } from '../../ports.ts';
import { listFolder } from '../../query/athena-tables.ts';

/** The objects of a lake's lists. */
export interface ListObjects {
  /** Sees to it that the objects hold these lists as they are now. */
  write(this: void, lists: readonly QueryList[]): Promise<void>;
}

/** Writes an object only where it is not what it should be: most runs name lists that have not changed. */
export function openListObjects(store: ObjectStore): ListObjects {
  const held = new Map<string, readonly string[]>();
  const write = async ({ list, kind, entries }: QueryList): Promise<void> => {
    const key = listKey(kind, list);
    if (held.get(key) === entries) return;
    const body = Buffer.from(entries.map((entry) => `${JSON.stringify({ list, kind, entry })}\n`).join(''));
    const stored = await store.get(key);
    if (stored === undefined || Buffer.compare(stored.body, body) !== 0) await store.put(key, body);
    held.set(key, entries);
  };
  return {
    async write(lists) {
      await Promise.all(lists.map(write));
    },
  };
}

/** `lists/entries/<kind>/<name>.json`; a name's own slashes and dots are written as URLs write them. */
function listKey(kind: string, name: string): string {
  return `${listFolder(kind)}${encodeURIComponent(name).replaceAll('.', '%2E')}.json`;
}
