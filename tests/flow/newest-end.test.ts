import { expect, test } from 'vitest';
import { newestEnd } from '../../shared/flow/newest-end.ts';
import { columnBatch } from '../support/batches.ts';

const batchOf = (...records: Record<string, number | null>[]): ReturnType<typeof columnBatch> =>
  columnBatch(
    'default',
    records.map((fields) => ({ fields, timestamp: 5_000 })),
  );

test.each([
  ['the newest end of any batch', [batchOf({ start: 100, end: 160 }, { start: 50, end: 400 }), batchOf()], 400],
  ['the start of a record without end', [batchOf({ start: 700, end: null }, { start: 100, end: 160 })], 700],
  ['the time of delivery of a record without either', [batchOf({ start: null, end: null })], 5_000],
  ['no end that a record can not have', [batchOf({ start: 100, end: 4_000_000_000 })], 760],
  ['nothing where there is nothing', [batchOf()], undefined],
])('the clock of records is %s', (_, batches, expected) => {
  expect(newestEnd(batches)).toBe(expected);
});
