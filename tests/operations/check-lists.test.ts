import { expect, test } from 'vitest';
import { checkLists } from '../../shared/operations/check-lists.ts';
import { briefly, only } from './support.ts';

test('lists that are read, that hold nothing, or too little, and that are not read', () => {
  const findings = checkLists([
    { place: 's3://a/fine.txt', read: { entries: 1200, faults: 0 } },
    { place: 's3://a/empty.txt', read: { entries: 0, faults: 1 } },
    { place: 's3://a/half.txt', read: { entries: 1, faults: 2 } },
    { place: 's3://a/gone.txt', read: { failed: 'there is no such object' } },
  ]);
  expect(briefly(findings)).toEqual([
    'ok s3://a/fine.txt',
    'warning s3://a/empty.txt',
    'warning s3://a/half.txt',
    'problem s3://a/gone.txt',
  ]);
  expect(only(findings, 's3://a/fine.txt').seen).toBe('1,200 entries');
  expect(only(findings, 's3://a/half.txt').seen).toBe("1 entry, and 2 lines that can't be used");
  expect(only(findings, 's3://a/gone.txt').seen).toBe('there is no such object');
  expect(checkLists([])).toEqual([]);
});
