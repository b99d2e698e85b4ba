/** A counter in an object: what shows whether "if unchanged" loses a write. As a program: FOLDER KEY TIMES. */
import { openFolderStore } from '../../shared/adapters/local/object-store.ts';
import type { ObjectStore } from '../../shared/ports.ts';

/** Adds one to the number in `key`, starting again whenever somebody else was faster; the number it wrote. */
export async function increment(store: ObjectStore, key: string): Promise<number> {
  for (;;) {
    const before = await store.get(key);
    const next = Number(before ? new TextDecoder().decode(before.body) : '0') + 1;
    const body = new TextEncoder().encode(String(next));
    if ((await store.putIfUnchanged(key, body, before?.version)) !== undefined) return next;
  }
}

if (import.meta.main) {
  const [folder = '', key = '', times = ''] = process.argv.slice(2);
  const store = openFolderStore(folder);
  for (let done = 0; done < Number(times); done++) process.stdout.write(`${await increment(store, key)}\n`);
}
