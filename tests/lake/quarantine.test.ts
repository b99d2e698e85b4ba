import { expect, test } from 'vitest';
import { encodeQuarantine } from '../../shared/lake/quarantine.ts';
import { batchId, delivery } from '../support/batches.ts';

test('every reject is a line of JSON that keeps the line, the reason and the place', () => {
  const reject = { line: 'bogus "line"\t関所', reason: '2 values where the format has 14', source: 'a.log', number: 7 };
  const object = encodeQuarantine([
    delivery({ id: batchId(1), rejects: [reject, { ...reject, number: 9 }] }),
    delivery({ id: batchId(2) }),
    delivery({ id: batchId(3), rejects: [reject] }),
  ])!;
  const lines = new TextDecoder().decode(object.body).trimEnd().split('\n');
  expect(object.lines).toBe(3);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { batch: batchId(1), ...reject },
    { batch: batchId(1), ...reject, number: 9 },
    { batch: batchId(3), ...reject },
  ]);
});

test('without rejects there is no object', () => {
  expect(encodeQuarantine([delivery({})])).toBeUndefined();
});
