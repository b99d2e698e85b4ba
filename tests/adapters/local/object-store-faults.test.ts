/** A store on a file system that answers otherwise than the usual disk, or while others write. */
import type * as FileSystem from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { link, mkdir, open, readdir, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openFolderStore } from '../../../shared/adapters/local/object-store.ts';
import { describeObjectStore } from '../../contracts/object-store.ts';
import { collect } from '../../support/collect.ts';
import { makeFolder, removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

vi.mock(import('node:fs/promises'), async (importActual) => {
  const actual = await importActual();
  return { ...actual, link: vi.fn<typeof link>(actual.link), open: vi.fn<typeof open>(actual.open) };
});

const actual = await vi.importActual<typeof FileSystem>('node:fs/promises');

const refusal = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });
const one = new Uint8Array([1]);

afterEach(() => {
  vi.mocked(link).mockReset().mockImplementation(actual.link);
  vi.mocked(open).mockReset().mockImplementation(actual.open);
});

describe('without hard links', () => {
  beforeEach(() => {
    vi.mocked(link).mockImplementation(() => Promise.reject(refusal('EPERM')));
  });
  describeObjectStore('a folder without hard links', async () => {
    const folder = await makeFolder();
    return { port: openFolderStore(folder), close: () => removeFolder(folder) };
  });

  test('a claim that a killed run left is broken, a young one is waited for', async () => {
    const folder = await temporaryFolder();
    const store = openFolderStore(folder);
    const claim = join(folder, '.tmp', `claim-${createHash('sha256').update(join(folder, 'a')).digest('hex')}`);
    await mkdir(claim, { recursive: true });
    const write = store.putIfAbsent('a', one);
    expect(await Promise.race([write, setTimeout(100, 'waits')])).toBe('waits');
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(claim, minuteAgo, minuteAgo);
    expect(await write).toBe(true);
    expect(await readdir(join(folder, '.tmp'))).toEqual([]);
  });
});

describe('a disk that is full in the middle of a write', () => {
  test('leaves neither an object nor a temporary', async () => {
    const folder = await temporaryFolder();
    const store = openFolderStore(folder);
    vi.mocked(open).mockImplementation(async (...arguments_) => {
      const file = await actual.open(...arguments_);
      file.sync = () => Promise.reject(refusal('ENOSPC'));
      return file;
    });
    await expect(store.put('a', one)).rejects.toThrow('no space left on the disk');
    await expect(store.putIfAbsent('a', one)).rejects.toThrow('no space left on the disk');
    await expect(store.putIfUnchanged('a', one, undefined)).rejects.toThrow('no space left on the disk');
    expect(await readdir(join(folder, '.tmp'))).toEqual([]);
    expect(await collect(store.list(''))).toEqual([]);
  });
});

/** A store with `s` at version 2, whose next write sleeps while `meanwhile` happens to the folder of versions. */
async function sleepingWrite(meanwhile: (version: (number: number) => string) => Promise<void>) {
  const folder = await temporaryFolder();
  const store = openFolderStore(folder);
  const first = await store.putIfUnchanged('s', one, undefined);
  const second = await store.putIfUnchanged('s', one, first);
  vi.mocked(link).mockImplementationOnce(async (from, to) => {
    await meanwhile((number) => join(folder, 's~', String(number).padStart(12, '0')));
    await actual.link(from, to);
  });
  const written = await store.putIfUnchanged('s', new Uint8Array([99]), second);
  return { written, body: (await store.get('s'))?.body, names: await readdir(join(folder, 's~')) };
}

describe('a writer that slept just before its version took its name', () => {
  test('finds the name taken', async () => {
    const { written, body } = await sleepingWrite((version) => writeFile(version(3), 'theirs'));
    expect(written).toBeUndefined();
    expect(String(body)).toBe('theirs');
  });

  test('gives back a name that others used and cleaned up', async () => {
    const { written, body, names } = await sleepingWrite(async (version) => {
      await writeFile(version(5), 'theirs');
      await rmdir(version(0));
      for (const number of [1, 2]) await rm(version(number));
    });
    expect(written).toBeUndefined();
    expect(String(body)).toBe('theirs');
    expect(names).toEqual(['000000000005']);
  });
});

describe('a writer that slept just after its version took its name', () => {
  test('knows its write though others have built on it', async () => {
    const store = openFolderStore(await temporaryFolder());
    const first = await store.putIfUnchanged('s', one, undefined);
    vi.mocked(link).mockImplementationOnce(async (from, to) => {
      await actual.link(from, to);
      const theirs = await store.putIfUnchanged('s', new Uint8Array([3]), (await store.get('s'))?.version);
      expect(theirs).toEqual(expect.any(String));
    });
    expect(await store.putIfUnchanged('s', new Uint8Array([2]), first)).toEqual(expect.any(String));
    expect((await store.get('s'))?.body).toEqual(Buffer.from([3]));
  });
});
