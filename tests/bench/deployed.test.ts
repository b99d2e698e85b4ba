import { expect, test } from 'vitest';
import { countingQueue } from '../../bench/counting-queue.ts';
import { costOfDeployed, costOfIdling } from '../../bench/deployed-cost.ts';
import { runDeployed } from '../../bench/deployed.ts';

test('a queue bills 64 KB of payload as a request, and ten messages at once', () => {
  const queue = countingQueue();
  for (let i = 0; i < 25; i++) queue.send('x'.repeat(1_000));
  queue.send('x'.repeat(65_537));
  expect(queue.requests).toEqual({ send: 27, receive: 0, delete: 0 });
  expect(queue.drain(1_000, 1).map(({ length }) => length)).toEqual([26]);
  // the last six hold the large one
  expect(queue.requests).toEqual({ send: 27, receive: 4, delete: 3 });
  expect(queue.drain(1_000, 2)).toEqual([]);
});

test('what waits is shared by pollers, and cut where an invocation would be too large', () => {
  const queue = countingQueue();
  for (let i = 0; i < 9; i++) queue.send('x'.repeat(1_000_000));
  expect(queue.drain(1_000, 1).map(({ length }) => length)).toEqual([6, 3]);
  for (let i = 0; i < 9; i++) queue.send('x');
  expect(queue.drain(3, 2).map(({ length }) => length)).toEqual([3, 2, 3, 1]);
});

test('every request of the deployed functions is counted and paid for', { timeout: 60_000 }, async () => {
  const order = { size: 50, deliveries: 30, minutes: 2 };
  const result = await runDeployed(order);
  const { queue, detect, archive, windows, idle, settings } = result;
  expect(result.records).toBe(50 * 30 * 2);
  expect(queue.send).toBe(60);
  expect(detect.invocations).toBe(60);
  // each minute's deliveries are shared by as many archivers as run side by side
  expect(archive.invocations).toBe(2 * settings.concurrency);
  expect(archive.requests.puts).toBeGreaterThanOrEqual(archive.invocations);
  expect(windows.invocations).toBe(2);
  expect(windows.requests.deletes).toBeGreaterThan(0);
  expect(idle.requests.puts).toBe(0);
  const { pipeline, ingestion, ratio, ...cost } = costOfDeployed(result);
  expect(ingestion).toBe(0.5);
  expect(ratio).toBeCloseTo(pipeline / 0.5);
  const { queue: sqs, invocations, compute, storage, logs } = cost;
  expect(sqs + invocations + compute + storage + logs).toBeCloseTo(pipeline);
  expect(sqs).toBeCloseTo(((queue.send + queue.receive + queue.delete) * 0.4e-6) / (result.lineBytes / 1e9));
  const idling = costOfIdling(settings, idle);
  // five pollers a queue, three times a minute
  expect(idling.polling).toBeCloseTo(settings.polledQueues * 5 * 3 * 43_200 * 0.4e-6);
  expect(idling.total).toBeGreaterThan(idling.polling + idling.alarms);
});
