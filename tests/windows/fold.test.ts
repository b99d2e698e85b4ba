import { describe, expect, test } from 'vitest';
import { startDelta } from '../../shared/windows/contribute.ts';
import { encodeDelta } from '../../shared/windows/delta.ts';
import { foldWindows } from '../../shared/windows/fold.ts';
import { closedKey, deltaKey, DELTAS, hourKey } from '../../shared/windows/layout.ts';
import { memoryStore } from '../support/memory-store.ts';
import { absenceOf, ruleOf, windowOf } from '../support/rules.ts';
import { alertIds, fold, matched, putDelta, type Fields } from './world.ts';

const scan = ruleOf({ id: 'scan', by: ['srcaddr'], condition: windowOf(600, 'distinct(dstport) >= 3') });
const RULES = [scan];

const try_ = (port: number, time: string): Fields => ({
  srcaddr: '203.0.113.9',
  dstport: port,
  start: Date.parse(time) / 1000,
});
const one = matched(1, RULES, [try_(22, '2026-11-03T04:55:00Z')]);
const two = matched(2, RULES, [try_(23, '2026-11-03T04:58:00Z')]);
const three = matched(3, RULES, [try_(80, '2026-11-03T05:01:00Z')]);

const deltas = (store: { keys(): string[] }): string[] =>
  store.keys().filter((key) => key.startsWith('windows/deltas/'));

test('a window crosses the border of its hour, and the earlier side may come last', async () => {
  const store = memoryStore();
  for (const [name, delivery] of Object.entries({ c: three, b: two })) {
    await putDelta(store, name, [delivery]);
    expect((await fold(store, RULES)).created).toEqual([]);
  }
  await putDelta(store, 'a', [one]);
  const { created } = await fold(store, RULES);
  expect(created.map(({ window }) => window)).toEqual([{ start: '2026-11-03T04:52:00Z', end: '2026-11-03T05:02:00Z' }]);
});

test('a writer that lost the race for an hour adds to what the winner stored', async () => {
  let raced = false;
  const store = memoryStore(undefined, async (operation) => {
    if (operation !== 'putIfUnchanged' || raced) return;
    raced = true;
    await putDelta(store, 'b', [two]);
    // The other one listed the deltas at a moment when it saw its own alone.
    const list: typeof store.list = (prefix) => store.list(prefix === DELTAS ? deltaKey('b') : prefix);
    await fold({ ...store, list }, RULES);
  });
  await putDelta(store, 'a', [one]);
  await fold(store, RULES);
  await putDelta(store, 'c', [three]);
  expect((await fold(store, RULES)).created).toHaveLength(1);
  expect(raced).toBe(true);
});

test('a delta whose alerts could not be created stays, and its alerts come with the next run', async () => {
  const store = memoryStore();
  await putDelta(store, 'a', [one, two, three]);
  const raise = (): Promise<void> => Promise.reject(new Error('no space'));
  const clock = { now: () => new Date() };
  await expect(foldWindows({ store, clock, judgeAt: 'later', rules: RULES, raise })).rejects.toThrow('no space');
  expect(deltas(store)).toHaveLength(1);
  expect((await fold(store, RULES)).created).toHaveLength(1);
  expect(deltas(store)).toEqual([]);
});

test('a delta that vanishes while it is read was folded by somebody else', async () => {
  const store = memoryStore(undefined, async (operation, key) => {
    if (operation === 'get' && key === deltaKey('a')) await store.delete(key);
  });
  await putDelta(store, 'a', [one, two, three]);
  expect(await fold(store, RULES)).toMatchObject({ deltas: 0, created: [], unreadable: [] });
});

test('a delta that can not be read is told of and left, and the others are folded', async () => {
  const store = memoryStore();
  await store.put(deltaKey('a'), Buffer.from('nonsense'));
  await putDelta(store, 'b', [one, two, three]);
  const { unreadable, created } = await fold(store, RULES);
  expect(unreadable).toMatchObject([{ key: deltaKey('a') }]);
  expect(created).toHaveLength(1);
  expect(deltas(store)).toEqual([deltaKey('a')]);
});

describe('an hour that can not be read', () => {
  const at = Date.parse('2026-11-03T04:00:00Z') / 3_600_000;
  const far = matched(
    4,
    RULES,
    [22, 23, 80].map((port) => try_(port, '2026-11-03T08:00:00Z')),
  );

  test('is set aside with all deltas about it or beside it, and the others go on', async () => {
    const store = memoryStore();
    await store.put(hourKey(at), Buffer.from('nonsense'));
    await putDelta(store, 'a', [one, two]);
    await putDelta(store, 'b', [three]);
    await putDelta(store, 'c', [far]);
    const first = await fold(store, RULES);
    expect(first.unreadable).toMatchObject([
      { key: hourKey(at), reason: expect.stringContaining('delete it') as string },
    ]);
    expect(first.created).toHaveLength(1);
    expect(first.deltas).toBe(1);
    // the hour after it is stored, but its windows reach into the one that is not known
    expect(deltas(store)).toEqual([deltaKey('a'), deltaKey('b')]);
    expect(await fold(store, RULES)).toMatchObject({ deltas: 0, created: [], unreadable: [{ key: hourKey(at) }] });

    await store.delete(hourKey(at));
    const mended = await fold(store, RULES);
    expect(mended).toMatchObject({ deltas: 2, unreadable: [] });
    expect(mended.created.map(({ window }) => window.end)).toEqual(['2026-11-03T05:02:00Z']);
    expect(deltas(store)).toEqual([]);
  });

  test('is neither judged nor closed', async () => {
    const store = memoryStore();
    await store.put(hourKey(at), Buffer.from('nonsense'));
    const silent = ruleOf({ id: 'silent', condition: absenceOf(600) });
    const { unreadable, closed } = await fold(store, [silent], new Date('2030-01-01T00:00:00Z'));
    expect({ keys: unreadable.map(({ key }) => key), closed }).toEqual({ keys: [hourKey(at)], closed: 0 });
  });

  test('counts what is late in another hour once, though its delta stays', async () => {
    const store = memoryStore();
    await store.put(hourKey(at), Buffer.from('nonsense'));
    await store.put(closedKey(at + 4), Buffer.from('{}'));
    await putDelta(store, 'a', [one, far]);
    expect((await fold(store, RULES)).late).toEqual(new Map());
    await store.delete(hourKey(at));
    expect((await fold(store, RULES)).late).toEqual(new Map([['scan', 3]]));
    expect((await fold(store, RULES)).late).toEqual(new Map());
  });
});

test('a rule that this writer does not know yet is folded and waits for one that does, but not for ever', async () => {
  const written = new Date('2026-11-03T05:05:00Z');
  const after = (minutes: number): Date => new Date(written.getTime() + minutes * 60_000);
  const store = memoryStore(() => written);
  await putDelta(store, 'a', [one, two, three]);
  await fold(store, [], after(1));
  expect(deltas(store)).toHaveLength(1);
  expect((await fold(store, RULES, after(2))).created).toHaveLength(1);

  await putDelta(store, 'b', [one]);
  await fold(store, [], after(20));
  expect(deltas(store)).toEqual([]);
});

test('an edited rule starts afresh and keeps its alerts', async () => {
  const store = memoryStore();
  const edited = { ...scan, stateKey: 'scan-1' };
  await putDelta(store, 'a', [one, two]);
  await fold(store, RULES);
  await putDelta(store, 'b', [
    { ...three, batches: [{ ...three.batches[0]!, matches: [{ ...three.batches[0]!.matches[0]!, rule: edited }] }] },
  ]);
  expect((await fold(store, [edited])).created).toEqual([]);

  await putDelta(store, 'c', [three]);
  const [alert] = (await fold(store, RULES)).created;
  expect(await alertIds(store)).toEqual([alert!.id]);
});

test('more deltas than are held at once are all folded', async () => {
  const store = memoryStore();
  const ports = Array.from({ length: 250 }, (_, port) => matched(port, RULES, [try_(port, '2026-11-03T04:55:00Z')]));
  const rule = { ...scan, condition: windowOf(600, 'distinct(dstport) >= 250') };
  for (const [number, delivery] of ports.entries()) {
    const builder = startDelta();
    builder.add(delivery);
    await store.put(deltaKey(`${number}`), encodeDelta(builder.build()!));
  }
  const { deltas: folded, created } = await fold(store, [rule]);
  expect(folded).toBe(250);
  expect(created).toMatchObject([{ measure: { 'distinct(dstport)': 250 }, records: 250 }]);
});
