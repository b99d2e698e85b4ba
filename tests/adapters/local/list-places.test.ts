import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listPlaces } from '../../../shared/adapters/local/list-places.ts';
import { openFolderStore } from '../../../shared/adapters/local/object-store.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import type { ListPlace } from '../../../shared/rules/list-source.ts';
import type { FetchedList, FetchList } from '../../../shared/rules/outside-lists.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text and version that a look finds; fails the test where it finds none. */
async function found(look: Promise<FetchedList>): Promise<{ text: string; version: string }> {
  const fetched = await look;
  if (fetched.kind !== 'bytes') throw new Error(JSON.stringify(fetched));
  return { text: new TextDecoder().decode(fetched.bytes), version: fetched.version };
}

const noS3 = async (): Promise<FetchedList> => ({ kind: 'failed', message: 'not asked for' });

test('a file is read again only when it has changed', async () => {
  const path = join(await temporaryFolder(), 'list.txt');
  const fetch: FetchList = listPlaces({ store: openFolderStore('nowhere'), fetchFromS3: noS3 });
  const place: ListPlace = { kind: 'file', path };
  expect(await fetch(place, undefined)).toEqual({
    kind: 'failed',
    message: expect.stringContaining('there is no such'),
  });
  await writeFile(path, 'one');
  const first = await found(fetch(place, undefined));
  expect(await fetch(place, first.version)).toEqual({ kind: 'unchanged' });
  await writeFile(path, 'two');
  // the same length, and on some disks the same time
  await utimes(path, new Date(), new Date(Date.now() + 5_000));
  expect(await found(fetch(place, first.version))).toMatchObject({ text: 'two' });
});

test('an object of the lake is found by its whole key, and read again only when it has changed', async () => {
  const store = openFolderStore(await temporaryFolder());
  const fetch: FetchList = listPlaces({ store, fetchFromS3: noS3 });
  const place: ListPlace = { kind: 'object', key: 'lists/bad' };
  await store.put('lists/bad.txt', bytes('another'));
  const missing = 'cannot read the list `lists/bad`: the lake has no such object';
  expect(await fetch(place, undefined)).toEqual({ kind: 'failed', message: missing });
  await store.put('lists/bad', bytes('192.0.2.1'));
  const first = await found(fetch(place, undefined));
  expect(first.text).toBe('192.0.2.1');
  expect(await fetch(place, first.version)).toEqual({ kind: 'unchanged' });
  await store.put('lists/bad', bytes('192.0.2.1\n192.0.2.2'));
  expect(await found(fetch(place, first.version))).toMatchObject({ text: '192.0.2.1\n192.0.2.2' });
});

test('a lake that can not be listed is a failure with its reason, not an exception', async () => {
  const store = openFolderStore(await temporaryFolder());
  const list: ObjectStore['list'] = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the disk is gone')) }),
  });
  const broken = { ...store, list };
  const fetch = listPlaces({ store: broken, fetchFromS3: noS3 });
  expect(await fetch({ kind: 'object', key: 'a' }, undefined)).toEqual({ kind: 'failed', message: 'the disk is gone' });
});
