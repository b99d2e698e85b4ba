import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startDelta } from '../../shared/windows/contribute.ts';
import { decodeDelta, encodeDelta } from '../../shared/windows/delta.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { matched, type Fields } from './world.ts';

const RULES = [
  ruleOf({ id: 'scan', by: ['srcaddr'], window: windowOf(600, 'distinct(dstport) >= 3') }),
  ruleOf({ id: 'flood', by: [], window: windowOf(3600, 'sum(bytes) > 1000') }),
  ruleOf({ id: 'no-memory' }),
];

const records: readonly Fields[] = [
  { srcaddr: '203.0.113.9', dstport: 22, bytes: 40, start: 1_793_743_800, end: 1_793_743_900 },
  { srcaddr: '203.0.113.9', dstport: 23, bytes: 40, start: 1_793_743_801, interface_id: 'eni-1' },
  { srcaddr: null, bytes: null, start: 1_793_747_400 },
];

test('a delta reads back as it was', () => {
  const builder = startDelta();
  builder.add(matched(1, RULES, records));
  builder.add(matched(2, RULES, records.slice(1)));
  const delta = builder.build()!;
  expect(decodeDelta(encodeDelta(delta))).toEqual({
    ...delta,
    cells: {
      ...delta.cells,
      distinct: delta.cells.distinct.map((set) => (typeof set === 'number' ? set : [...set])),
      places: delta.cells.places.map((set) => (typeof set === 'number' ? set : [...set])),
    },
  });
  expect(delta.cells.count).toEqual([2, 1, 2, 1, 1, 1, 1, 1]);
  expect(delta.rules.map(({ id }) => id)).toEqual(['scan', 'flood']);
});

test('a delivery given twice counts once', () => {
  const [once, twice] = [startDelta(), startDelta()];
  once.add(matched(1, RULES, records));
  for (let time = 0; time < 2; time++) twice.add(matched(1, RULES, records));
  expect(twice.build()).toEqual(once.build());
});

test('without a match of a windowed rule there is no delta', () => {
  const builder = startDelta();
  builder.add(matched(1, [RULES[2]!], records));
  builder.add(matched(2, RULES, []));
  expect(builder.build()).toBeUndefined();
});

test.each([
  ['of another schema', zstdCompressSync('{"schema":"sekisho.window-delta/9"}\n'), 'sekisho.window-delta/9'],
  ['cut off', encodeDelta(smallDelta()).subarray(0, 50), ''],
  ['of plain text', Buffer.from('{}'), ''],
])('a delta %s is unreadable, and says why', (_, bytes, reason) => {
  const read = decodeDelta(bytes);
  expect(read).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});

test('noise of one record a group costs a fraction of the records', () => {
  const [scan] = RULES;
  const noise = Array.from({ length: 4_000 }, (_, number) => ({
    account_id: '123456789012',
    interface_id: 'eni-0a1b2c3d4e5f60718',
    srcaddr: `198.18.${number % 256}.${Math.floor(number / 256)}`,
    dstaddr: '10.0.0.5',
    srcport: 1024 + ((number * 7919) % 60_000),
    dstport: (number * 104_729) % 65_536,
    protocol: 6,
    packets: 1,
    bytes: 40,
    start: 1_793_743_800 + (number % 60),
    end: 1_793_743_830 + (number % 60),
    action: 'REJECT',
    log_status: 'OK',
  }));
  const builder = startDelta();
  builder.add(matched(1, [scan!], noise));
  expect(builder.rows).toBe(4_000);
  expect(encodeDelta(builder.build()!).length / 4_000).toBeLessThan(30);
});

function smallDelta(): NonNullable<ReturnType<ReturnType<typeof startDelta>['build']>> {
  const builder = startDelta();
  builder.add(matched(1, RULES, records));
  return builder.build()!;
}
