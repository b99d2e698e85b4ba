import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { FieldValue } from '../../shared/flow/columns.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { startDelta } from '../../shared/windows/contribute.ts';
import { decodeDelta, encodeDelta, type Delta } from '../../shared/windows/delta.ts';
import { placeOfPath } from '../../shared/windows/paths.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { matched, type Fields } from './world.ts';

const RULES = [
  ruleOf({ id: 'scan', by: ['srcaddr'], condition: windowOf(600, 'distinct(dstport) >= 3') }),
  ruleOf({ id: 'flood', by: [], condition: windowOf(3600, 'sum(bytes) > 1000') }),
  ruleOf({ id: 'no-memory' }),
];

const schema = '{"schema":"sekisho.window-delta/3","rules":[],"values":[null],"formats":[],';

const records: readonly Fields[] = [
  { srcaddr: '203.0.113.9', dstport: 22, bytes: 40, start: 1_793_743_800, end: 1_793_743_900 },
  { srcaddr: '203.0.113.9', dstport: 23, bytes: 40, start: 1_793_743_801, interface_id: 'eni-1' },
  { srcaddr: null, bytes: null, start: 1_793_747_400 },
];

/** The internet's: one record a source. */
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

test('a delta reads back as it was', () => {
  const builder = startDelta();
  builder.add(matched(1, RULES, records));
  builder.add(matched(2, RULES, records.slice(1)));
  const bytes = encodeDelta(builder.build()!);
  const delta = decodeDelta(bytes) as Delta;
  const [early, late] = [29_895_730, 29_895_790];
  const ip = '203.0.113.9';
  expect(rowsOf(delta)).toEqual([
    { batch: 1, minute: early, count: 1, bytes: 40, times: [0, 100], srcaddr: ip, dstport: 22, nic: null },
    { batch: 1, minute: early, count: 1, bytes: 40, times: [1, 1], srcaddr: ip, dstport: 23, nic: 'eni-1' },
    { batch: 1, minute: late, count: 1, bytes: 0, times: [0, 0], srcaddr: null, dstport: null, nic: null },
    { batch: 2, minute: early, count: 1, bytes: 40, times: [1, 1], srcaddr: ip, dstport: 23, nic: 'eni-1' },
    { batch: 2, minute: late, count: 1, bytes: 0, times: [0, 0], srcaddr: null, dstport: null, nic: null },
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
  ['of another schema', framed('{"schema":"sekisho.window-delta/9","columns":[]}\n'), 'sekisho.window-delta/9'],
  ['with something behind its end', Buffer.concat([smallDelta(), Buffer.of(0)]), 'bytes where'],
  ['whose head lacks its end', framed(`${schema} "columns":[["set",2,1,0,0]]}\n`), 'its head has 0 bytes where 2'],
  ['of columns that nobody wrote', framed(`${schema} "columns":[]}\n`), 'no column'],
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

test('what several rules look at is kept once', () => {
  const sweep = ruleOf({ id: 'sweep', by: ['srcaddr', 'dstport'], condition: windowOf(3600, 'distinct(dstaddr) > 9') });
  const same = Array.from({ length: 20 }, (_, i) => ({ ...sweep, id: `sweep-${i}`, stateKey: `sweep-${i}` }));
  const sizeFor = (rules: readonly Rule[]): number => {
    const builder = startDelta();
    builder.add(matched(1, rules, noise));
    expect(builder.rows).toBe(noise.length);
    return encodeDelta(builder.build()!).length;
  };
  expect(sizeFor([RULES[0]!, ...same])).toBeLessThan(sizeFor([RULES[0]!, sweep]) * 1.1);
});

test('noise of one record a group costs a fraction of the records', () => {
  const [scan] = RULES;
  const builder = startDelta();
  builder.add(matched(1, [scan!], noise));
  expect(builder.rows).toBe(4_000);
  const bytes = encodeDelta(builder.build()!);
  expect(bytes.length / 4_000).toBeLessThan(10);
  expect(encodeDelta(decodeDelta(bytes) as Delta)).toEqual(bytes);
});

/** A head as it is stored: its length, and itself compressed. */
function framed(head: string): Uint8Array {
  const frame = zstdCompressSync(head);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(frame.length);
  return Buffer.concat([length, frame]);
}

function smallDelta(): Uint8Array {
  const builder = startDelta();
  builder.add(matched(1, RULES, records));
  return encodeDelta(builder.build()!);
}

/** What every row says; all of them are of both rules with memory. */
function rowsOf(delta: Delta): unknown[] {
  const { rows, values } = delta;
  const of = (field: string, row: number): FieldValue => values.at(rows.codes.get(field)![row]!);
  return Array.from({ length: rows.length }, (_, row) => {
    expect(delta.sets.rulesOf(rows.set[row]!).map((rule) => delta.rules[rule]!.id)).toEqual(['scan', 'flood']);
    return {
      batch: Number(`0x${delta.batches[rows.batch[row]!]}`),
      minute: rows.minute[row],
      count: rows.count[row],
      bytes: rows.bytes[row],
      times: [rows.first[row], rows.last[row]],
      srcaddr: of('srcaddr', row),
      dstport: of('dstport', row),
      nic: placeOfPath(delta, rows.place[row]!).interface,
    };
  });
}
