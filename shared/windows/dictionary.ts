/** Dictionaries that are looked up while they grow. */

/** Entries by code, and codes by entry. */
export interface Interner<T> {
  /** The entry's code, a new one where it has none yet. */
  code(this: void, entry: T): number;
  /** The entry's code, undefined where it has none. */
  find(this: void, entry: T): number | undefined;
}

/** Makes `entries` (which grows) findable; two entries are the same when their keys are. */
export function intern<T>(entries: T[], keyOf: (entry: T) => unknown = (entry) => entry): Interner<T> {
  const codes = new Map<unknown, number>();
  for (const [code, entry] of entries.entries()) codes.set(keyOf(entry), code);
  return {
    code(entry) {
      const key = keyOf(entry);
      const known = codes.get(key);
      if (known !== undefined) return known;
      codes.set(key, entries.length);
      return entries.push(entry) - 1;
    },
    find: (entry) => codes.get(keyOf(entry)),
  };
}
