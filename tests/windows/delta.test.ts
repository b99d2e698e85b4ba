import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startDelta } from '../../shared/windows/contribute.ts';
import { decodeDelta, encodeDelta, type Delta } from '../../shared/windows/delta.ts';
import { valuesOfPath } from '../../shared/windows/paths.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { matched, type Fields } from './world.ts';

const RULES = [
  ruleOf({ id: 'scan', by: ['srcaddr'], condition: windowOf(600, 'distinct(dstport) >= 3') }),
  ruleOf({ id: 'flood', by: [], condition: windowOf(3600, 'sum(bytes) > 1000') }),
  ruleOf({ id: 'no-memory' }),
];

const schema = '{"schema":"sekisho.window-delta/2","rules":[],"values":[null],"formats":[],';

const records: readonly Fields[] = [
  { srcaddr: '203.0.113.9', dstport: 22, bytes: 40, start: 1_793_743_800, end: 1_793_743_900 },
  { srcaddr: '203.0.113.9', dstport: 23, bytes: 40, start: 1_793_743_801, interface_id: 'eni-1' },
  { srcaddr: null, bytes: null, start: 1_793_747_400 },
];

test('a delta reads back as it was', () => {
  const builder = startDelta();
  builder.add(matched(1, RULES, records));
  builder.add(matched(2, RULES, records.slice(1)));
  const bytes = encodeDelta(builder.build()!);
  const delta = decodeDelta(bytes) as Delta;
  const [early, late] = [29_895_730, 29_895_790];
  const [scanner, unknown, all] = [['203.0.113.9'], [null], []];
  expect(rowsOf(delta)).toEqual([
    { batch: 1, group: scanner, minute: early, count: 2, bytes: 80, times: [0, 100], sum: 0, distinct: [22, 23] },
    { batch: 1, group: unknown, minute: late, count: 1, bytes: 0, times: [0, 0], sum: 0, distinct: [] },
    { batch: 1, group: all, minute: early, count: 2, bytes: 80, times: [0, 100], sum: 80, distinct: [] },
    { batch: 1, group: all, minute: late, count: 1, bytes: 0, times: [0, 0], sum: 0, distinct: [] },
    { batch: 2, group: scanner, minute: early, count: 1, bytes: 40, times: [1, 1], sum: 0, distinct: [23] },
    { batch: 2, group: unknown, minute: late, count: 1, bytes: 0, times: [0, 0], sum: 0, distinct: [] },
    { batch: 2, group: all, minute: early, count: 1, bytes: 40, times: [1, 1], sum: 40, distinct: [] },
    { batch: 2, group: all, minute: late, count: 1, bytes: 0, times: [0, 0], sum: 0, distinct: [] },
  ]);
  expect(delta.rules.map(({ id }) => id)).toEqual(['scan', 'flood']);
  expect(encodeDelta(delta)).toEqual(bytes);
});

test('a delivery given twice counts once', () => {
  const [once, twice] = [startDelta(), startDelta()];
  once.add(matched(1, RULES, records));
  for (let time = 0; time < 2; time++) twice.add(matched(1, RULES, records));
  expect(encodeDelta(twice.build()!)).toEqual(encodeDelta(once.build()!));
});

test('without a match of a windowed rule there is no delta', () => {
  const builder = startDelta();
  builder.add(matched(1, [RULES[2]!], records));
  builder.add(matched(2, RULES, []));
  expect(builder.build()).toBeUndefined();
});

test.each([
  ['of another schema', zstdCompressSync('{"schema":"sekisho.window-delta/9"}\n'), 'sekisho.window-delta/9'],
  ['that lacks its end', zstdCompressSync(zstdDecompressSync(smallDelta()).subarray(0, -1)), 'bytes where'],
  ['of columns that nobody wrote', zstdCompressSync(`${schema} "columns":[]}\n`), 'no column'],
  ['of plain text', Buffer.from('{}'), ''],
])('a delta %s is unreadable, and says why', (_, bytes, reason) => {
  const read = decodeDelta(bytes);
  expect(read).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});

test('a delta cut off or damaged anywhere is unreadable, unless it still says the same', () => {
  const bytes = smallDelta();
  const isUnreadable = (damaged: Uint8Array): boolean => 'kind' in decodeDelta(damaged);
  for (let end = 0; end < bytes.length; end++) expect(isUnreadable(bytes.subarray(0, end))).toBe(true);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.with(at, bytes[at]! ^ 0x10);
    const read = decodeDelta(damaged);
    if (!('kind' in read)) expect(encodeDelta(read)).toEqual(bytes);
  }
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
  expect(encodeDelta(builder.build()!).length / 4_000).toBeLessThan(15);
});

function smallDelta(): Uint8Array {
  const builder = startDelta();
  builder.add(matched(1, RULES, records));
  return encodeDelta(builder.build()!);
}

function rowsOf(delta: Delta): unknown[] {
  const { cells, values } = delta;
  return Array.from({ length: cells.length }, (_, row) => ({
    batch: Number(`0x${delta.batches[delta.batch[row]!]}`),
    group: valuesOfPath(delta, cells.group(row)),
    minute: cells.minute(row),
    count: cells.count[row],
    bytes: cells.bytes[row],
    times: [cells.first[row], cells.last[row]],
    sum: cells.sum[row],
    distinct: Array.from(cells.distinct.codesOf(row), (code) => values.at(code)),
  }));
}
