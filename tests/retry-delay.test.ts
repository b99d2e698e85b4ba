import { expect, test } from 'vitest';
import { TRIES } from '../shared/operations/deployed-queues.ts';
import { retryDelay } from '../shared/retry-delay.ts';

test('a message comes again after half a minute, and each time later, but within a quarter of an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(retryDelay)).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  // SQS counts before anybody sees a message
  expect(retryDelay(0)).toBe(30);
});

test('a message outlives an outage of two hours, and is given up within three', () => {
  let tried = 0;
  for (let received = 1; received < TRIES; received++) tried += retryDelay(received);
  expect(tried).toBeGreaterThan(2 * 3600);
  expect(tried).toBeLessThan(3 * 3600);
});
