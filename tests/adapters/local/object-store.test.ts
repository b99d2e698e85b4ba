import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolderStore } from '../../../shared/adapters/local/object-store.ts';
import { describeObjectStore } from '../../contracts/object-store.ts';
import { collect } from '../../support/collect.ts';
import { makeFolder, removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

describeObjectStore('a folder', async () => {
  const folder = await makeFolder();
  return { port: openFolderStore(join(folder, 'lake')), close: () => removeFolder(folder) };
});

const one = new Uint8Array([1]);

describe('a folder as a store', () => {
  test('objects are plain files under their keys, and no temporary stays', async () => {
    const folder = await temporaryFolder();
    const store = openFolderStore(folder);
    await store.put('flows/raw/a.parquet', one);
    await store.putIfAbsent('alerts/1.json', one);
    await store.putIfAbsent('alerts/1.json', one);
    await store.putIfUnchanged('windows/state.json', one, undefined);
    await store.putIfUnchanged('windows/state.json', one, undefined);
    await store.copy('alerts/1.json', 'alerts/2.json');
    expect(await readdir(join(folder, 'flows/raw'))).toEqual(['a.parquet']);
    expect(await readdir(join(folder, 'alerts'))).toEqual(['1.json', '2.json']);
    expect(await readdir(join(folder, '.tmp'))).toEqual([]);
  });

  test('reading makes no folder', async () => {
    const folder = await temporaryFolder();
    const store = openFolderStore(join(folder, 'lake'));
    expect(await store.get('a')).toBeUndefined();
    expect(await collect(store.list(''))).toEqual([]);
    await store.delete('a');
    expect(await readdir(folder)).toEqual([]);
  });

  test('temporaries of killed runs are removed after a day, those of running ones are not', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.tmp'));
    for (const name of ['old', 'young']) await writeFile(join(folder, '.tmp', name), 'half');
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(folder, '.tmp/old'), yesterday, yesterday);
    await openFolderStore(folder).put('a', one);
    expect(await readdir(join(folder, '.tmp'))).toEqual(['young']);
  });

  test('superseded versions go once they are old, and the newest stays', async () => {
    const folder = await temporaryFolder();
    const store = openFolderStore(folder);
    let version: string | undefined;
    for (let round = 0; round < 3; round++) version = await store.putIfUnchanged('s', one, version);
    const hourAgo = new Date(Date.now() - 60 * 60 * 1000);
    for (const name of await readdir(join(folder, 's~'))) await utimes(join(folder, 's~', name), hourAgo, hourAgo);
    version = await store.putIfUnchanged('s', new Uint8Array([4]), version);
    // The one before stays for readers that found it before it was superseded.
    expect(await readdir(join(folder, 's~'))).toEqual(['000000000003', '000000000004']);
    expect((await store.get('s'))?.body).toEqual(Buffer.from([4]));
  });

  test.each([
    ['.tmp/a', 'starts with a dot'],
    ['a/.hidden', 'starts with a dot'],
    ['state~', 'ends with `~`'],
    ['a\\b', 'backslash'],
    ['a\0b', 'NUL'],
  ])('refuses the key %j: it %s', async (key, reason) => {
    const store = openFolderStore(await temporaryFolder());
    await expect(store.put(key, one)).rejects.toThrow(reason);
    await expect(store.get(key)).rejects.toThrow(reason);
    await expect(store.delete(key)).rejects.toThrow(reason);
    await expect(store.copy('a', key)).rejects.toThrow(reason);
  });

  test('foreign hidden files are no objects', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.DS_Store'), '');
    expect(await collect(openFolderStore(folder).list(''))).toEqual([]);
  });

  test('a key below another, or above it, is refused and says why', async () => {
    const store = openFolderStore(await temporaryFolder());
    await store.put('a/b', one);
    await expect(store.put('a', one)).rejects.toThrow(/cannot write `.*a`: it is a folder/);
    await expect(store.putIfAbsent('a', one)).rejects.toThrow(/cannot write `.*a`: something else has this name/);
    await expect(store.put('a/b/c', one)).rejects.toThrow(/cannot write `.*c`: a part of its path is a file/);
  });
});
