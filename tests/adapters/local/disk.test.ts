/** Real disks that are full or read-only, where the system lets this user mount them. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAlertFile } from '../../../shared/adapters/local/alert-sink.ts';
import { openFolderStore } from '../../../shared/adapters/local/object-store.ts';
import { collect } from '../../support/collect.ts';
import { mayMount, smallDisk } from '../../support/small-disk.ts';

const megabytes = new Uint8Array(2 << 20);
const small = new Uint8Array([1, 2, 3]);

describe.skipIf(!mayMount)('on a full disk (skipped where this user may not mount one)', () => {
  test('alerts that do not fit are taken back, and those before them stay', async () => {
    const path = join(await smallDisk(), 'alerts.jsonl');
    const sink = await openAlertFile<{ id: string }>(path);
    await sink.publish([{ id: 'a' }]);
    await expect(sink.publish([{ id: 'b'.repeat(2 << 20) }])).rejects.toThrow('no space left on the disk');
    await sink.publish([{ id: 'c' }]);
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe('{"id":"a"}\n{"id":"c"}\n');
  });

  test('every write says so, leaves nothing, and what was written stays', async () => {
    const disk = await smallDisk();
    const store = openFolderStore(disk);
    await store.put('kept', small);
    const version = await store.putIfUnchanged('state', small, undefined);
    const full = /^cannot write `.*`: no space left on the disk; free some and run again: what was written stays$/;
    await expect(store.put('kept', megabytes)).rejects.toThrow(full);
    await expect(store.put('a/new', megabytes)).rejects.toThrow(full);
    await expect(store.putIfAbsent('a/new', megabytes)).rejects.toThrow(full);
    await expect(store.putIfUnchanged('state', megabytes, version)).rejects.toThrow(full);
    await expect(store.put('b', megabytes)).rejects.toMatchObject({ code: 'ENOSPC', cause: { code: 'ENOSPC' } });

    expect(await readdir(join(disk, '.tmp'))).toEqual([]);
    expect((await collect(store.list(''))).map(({ key, size }) => `${key} ${size}`)).toEqual(['kept 3', 'state 3']);
    expect(await store.putIfUnchanged('state', small, version)).toEqual(expect.any(String));
  });
});

describe.skipIf(!mayMount)('on a read-only disk (skipped where this user may not mount one)', () => {
  test('reads work, and writes say why they do not', async () => {
    const disk = await smallDisk();
    await openFolderStore(disk).put('kept', small);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const store = openFolderStore(disk);
    expect((await store.get('kept'))?.body).toEqual(Buffer.from(small));
    const readOnly = /^cannot \w+ `.*`: the disk is mounted read-only; choose another place$/;
    await expect(store.put('new', small)).rejects.toThrow(readOnly);
    await expect(store.putIfAbsent('new', small)).rejects.toThrow(readOnly);
    await expect(store.delete('kept')).rejects.toThrow(readOnly);
  });
});
