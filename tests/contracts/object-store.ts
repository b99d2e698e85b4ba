/** What every object store keeps, whatever holds its objects. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStore, ObjectSummary } from '../../shared/ports.ts';
import { collect } from '../support/collect.ts';
import { increment } from '../support/increment.ts';
import type { Open, Opened } from './open.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const bodyOf = async (store: ObjectStore, key: string): Promise<string | undefined> => {
  const found = await store.get(key);
  return found && new TextDecoder('utf-8', { fatal: true }).decode(found.body);
};

const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> =>
  (await collect(store.list(prefix))).map(({ key }) => key);

const times = <T>(count: number, action: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => action(index)));

/** Runs the contract of ObjectStore on empty stores made by `open`. */
export function describeObjectStore(name: string, open: Open<ObjectStore>): void {
  describe(`${name} keeps the contract of ObjectStore`, () => {
    let opened: Opened<ObjectStore>;
    let store: ObjectStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.port;
    });
    afterEach(() => opened.close());

    describe('get', () => {
      test('what is not there is undefined, beside and below what is', async () => {
        expect(await store.get('a/b.json')).toBeUndefined();
        await store.put('a/b.json', bytes('1'));
        expect(await store.get('a')).toBeUndefined();
        expect(await store.get('a/b')).toBeUndefined();
        expect(await store.get('a/b.json/c')).toBeUndefined();
      });

      test('the version changes with every write, however fast, and not without one', async () => {
        const versions: (string | undefined)[] = [];
        for (const body of ['one', 'two', 'six']) {
          await store.put('a', bytes(body));
          versions.push((await store.get('a'))?.version, (await store.get('a'))?.version);
        }
        expect(new Set(versions).size).toBe(3);
        expect(versions[0]).toBe(versions[1]);
      });
    });

    describe('put', () => {
      test.each([
        ['an empty body', new Uint8Array()],
        ['every byte value', Uint8Array.from({ length: 256 }, (_, value) => value)],
        ['a megabyte', new Uint8Array(1 << 20).fill(7)],
        ['a part of a larger buffer', new Uint8Array(100).fill(9).subarray(10, 20)],
      ])('keeps %s as it is', async (_, body) => {
        await store.put('a/b', body);
        expect(Buffer.compare((await store.get('a/b'))!.body, body)).toBe(0);
      });

      test('replaces what was there', async () => {
        await store.put('a', bytes('a long body'));
        await store.put('a', bytes('short'));
        expect(await bodyOf(store, 'a')).toBe('short');
      });

      test('a read beside writes sees one of them, whole', async () => {
        const bodies = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
        await store.put('k', bytes(bodies[0]!));
        const writes = times(bodies.length, (index) => store.put('k', bytes(bodies[index]!)));
        const seen = await times(20, () => bodyOf(store, 'k'));
        await writes;
        for (const body of seen) expect(bodies.includes(body!)).toBe(true);
      });

      test.each(['flows/raw/arrived=2026-11-03-04/x y.parquet', 'ログ/関所.json', 'a/é.json', 'a/😀', 'a/%2F&+#?.txt'])(
        'takes the key %s',
        async (key) => {
          await store.put(key, bytes(key));
          expect(await bodyOf(store, key)).toBe(key);
          expect(await keysOf(store, '')).toEqual([key]);
        },
      );

      test.each(['', '/a', 'a/../b', '..', 'a//b', 'a/', './a'])('refuses the key `%s`', async (key) => {
        await expect(store.put(key, bytes('1'))).rejects.toThrow('key');
      });
    });

    describe('putIfAbsent', () => {
      test('creates once and leaves the first body', async () => {
        expect(await store.putIfAbsent('alerts/1.json', bytes('first'))).toBe(true);
        expect(await store.putIfAbsent('alerts/1.json', bytes('second'))).toBe(false);
        expect(await bodyOf(store, 'alerts/1.json')).toBe('first');
      });

      test('creates again after a delete', async () => {
        await store.putIfAbsent('a', bytes('first'));
        await store.delete('a');
        expect(await store.putIfAbsent('a', bytes('second'))).toBe(true);
      });

      test('of twenty writers at once exactly one creates, and its body stays', async () => {
        const created = await times(20, (index) => store.putIfAbsent('a/b/c', bytes(`writer ${index}`)));
        expect(created.filter(Boolean)).toHaveLength(1);
        expect(await bodyOf(store, 'a/b/c')).toBe(`writer ${created.indexOf(true)}`);
      });
    });

    describe('putIfUnchanged', () => {
      test('creates where nothing is, and only there', async () => {
        const version = await store.putIfUnchanged('s', bytes('1'), undefined);
        expect(await store.get('s')).toMatchObject({ version });
        expect(await store.putIfUnchanged('s', bytes('2'), undefined)).toBeUndefined();
        expect(await bodyOf(store, 's')).toBe('1');
      });

      test('replaces the version it was given, and no other', async () => {
        const first = await store.putIfUnchanged('s', bytes('1'), undefined);
        const second = await store.putIfUnchanged('s', bytes('2'), first);
        expect(second).not.toBe(first);
        expect(await store.putIfUnchanged('s', bytes('3'), first)).toBeUndefined();
        expect(await bodyOf(store, 's')).toBe('2');
        expect(await store.get('s')).toMatchObject({ version: second });
      });

      test('a version from before a delete is stale', async () => {
        const first = await store.putIfUnchanged('s', bytes('1'), undefined);
        await store.delete('s');
        expect(await store.get('s')).toBeUndefined();
        expect(await store.putIfUnchanged('s', bytes('2'), first)).toBeUndefined();
        expect(await store.putIfUnchanged('s', bytes('3'), undefined)).toEqual(expect.any(String));
        expect(await store.putIfUnchanged('s', bytes('4'), first)).toBeUndefined();
        expect(await bodyOf(store, 's')).toBe('3');
      });

      test('of twenty writers of one version exactly one succeeds', async () => {
        const version = await store.putIfUnchanged('s', bytes('0'), undefined);
        const written = await times(20, (index) => store.putIfUnchanged('s', bytes(`writer ${index}`), version));
        const winners = written.flatMap((found, index) => (found === undefined ? [] : [`writer ${index}`]));
        expect(winners).toEqual([await bodyOf(store, 's')]);
      });

      test('twenty increments at once, each with retries, add up to twenty', async () => {
        const numbers = await times(20, () => increment(store, 'windows/counter'));
        expect(await bodyOf(store, 'windows/counter')).toBe('20');
        expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      });
    });

    describe('copy', () => {
      test('copies over what is there and leaves the source', async () => {
        await store.put('a/1', bytes('one'));
        await store.put('b/1', bytes('something longer'));
        await store.copy('a/1', 'b/1');
        expect(await bodyOf(store, 'b/1')).toBe('one');
        expect(await bodyOf(store, 'a/1')).toBe('one');
      });

      test('copies what was written by putIfUnchanged', async () => {
        await store.putIfUnchanged('s', bytes('state'), undefined);
        await store.copy('s', 'backup/s');
        expect(await bodyOf(store, 'backup/s')).toBe('state');
      });

      test('throws where there is nothing to copy, and writes nothing', async () => {
        await expect(store.copy('nothing', 'b')).rejects.toThrow('nothing');
        expect(await store.get('b')).toBeUndefined();
      });
    });

    describe('delete', () => {
      test('removes one object and no neighbour', async () => {
        await store.put('a/1', bytes('1'));
        await store.put('a/10', bytes('10'));
        await store.delete('a/1');
        expect(await store.get('a/1')).toBeUndefined();
        expect(await keysOf(store, '')).toEqual(['a/10']);
      });

      test('deleting what is not there, or only leads to objects, is no error', async () => {
        await store.put('a/1', bytes('1'));
        await store.delete('nothing');
        await store.delete('a');
        await store.delete('a/1/2');
        expect(await keysOf(store, '')).toEqual(['a/1']);
      });
    });

    describe('list', () => {
      test('gives keys in order, by code unit and not by folder', async () => {
        const keys = ['a', 'b/1', 'b/10', 'b/2', 'b-x/1', 'b.json', 'B', 'ba', 'é', '関', '😀'];
        for (const key of keys) await store.put(key, bytes(key));
        expect(await keysOf(store, '')).toEqual(keys.sort());
      });

      test.each([
        ['flows/raw/', ['flows/raw/arrived=1/a', 'flows/raw/arrived=2/a', 'flows/raw/b']],
        ['flows/raw/arr', ['flows/raw/arrived=1/a', 'flows/raw/arrived=2/a']],
        ['flows/raw/arrived=1/a', ['flows/raw/arrived=1/a']],
        ['flows', ['flows/compact/a', 'flows/raw/arrived=1/a', 'flows/raw/arrived=2/a', 'flows/raw/b', 'flows2/a']],
        ['f', ['flows/compact/a', 'flows/raw/arrived=1/a', 'flows/raw/arrived=2/a', 'flows/raw/b', 'flows2/a']],
        ['flows/x', []],
        ['nothing/at/all/', []],
      ])('gives what starts with `%s`', async (prefix, expected) => {
        const keys = ['flows/raw/arrived=1/a', 'flows/raw/arrived=2/a', 'flows/raw/b', 'flows/compact/a', 'flows2/a'];
        for (const key of keys) await store.put(key, bytes(key));
        expect(await keysOf(store, prefix)).toEqual(expected);
      });

      test('tells size and time of the newest write, once a key', async () => {
        const since = Date.now();
        await store.put('a', bytes('12345'));
        const first = await store.putIfUnchanged('s', bytes('1'), undefined);
        await store.putIfUnchanged('s', bytes('123'), first);
        const listed: ObjectSummary[] = await collect(store.list(''));
        expect(listed.map(({ key, size }) => ({ key, size }))).toEqual([
          { key: 'a', size: 5 },
          { key: 's', size: 3 },
        ]);
        for (const { modified } of listed) expect(Math.abs(modified.getTime() - since)).toBeLessThan(60_000);
      });

      test('leaves out what was deleted, also after putIfUnchanged', async () => {
        await store.put('a', bytes('1'));
        await store.putIfUnchanged('s', bytes('1'), undefined);
        await store.delete('a');
        await store.delete('s');
        expect(await keysOf(store, '')).toEqual([]);
      });

      test('beside writes and deletes it gives what was there all along, each key once, and never fails', async () => {
        const steady = Array.from({ length: 150 }, (_, index) => `d/${String(index).padStart(3, '0')}`);
        await times(steady.length, (index) => store.put(steady[index]!, bytes('x')));
        const listed = new AbortController();
        const churn = times(4, async (writer) => {
          for (let round = 0; !listed.signal.aborted; round++) {
            await store.put(`d/${writer}-passing`, bytes(String(round)));
            await increment(store, 'd/state');
            await store.delete(`d/${writer}-passing`);
          }
        });
        for (let round = 0; round < 5; round++) {
          const keys = await keysOf(store, 'd/');
          expect(keys).toEqual([...new Set(keys)].sort());
          expect(keys.filter((key) => /^d\/\d{3}$/.test(key))).toEqual(steady);
        }
        listed.abort();
        await churn;
      });
    });
  });
}
