import { expect, test } from 'vitest';
import { runFleet } from '../../bench/fleet.ts';
import { fleetMinute } from '../../bench/fleet-traffic.ts';
import { costOfFleet } from '../../bench/prices.ts';

const FLEET = { interfaces: 20, scanners: 10, visitors: 3 };

test('a minute holds a delivery an interface, refused sources and answered visitors', () => {
  const deliveries = [...fleetMinute(FLEET, 1_794_877_200)];
  expect(new Set(deliveries.map(({ logStream }) => logStream)).size).toBe(FLEET.interfaces);
  for (const { lines } of deliveries) {
    expect(lines.filter((line) => line.includes(' REJECT '))).toHaveLength(FLEET.scanners);
    expect(lines.filter((line) => line.includes(' ACCEPT '))).toHaveLength(2 * FLEET.visitors);
  }
});

test('everything a fleet takes is counted', async () => {
  const result = await runFleet({ ...FLEET, minutes: 3 });
  expect(result).toMatchObject({ records: 3 * 20 * 16, deliveries: 60, invocations: 66 });
  // each minute an object of records, a delta and an hour; the delta is read and deleted, the hour read again
  expect(result.requests.puts).toBeGreaterThanOrEqual(9);
  expect(result.requests.deletes).toBe(3);
  expect(result.deltaBytes).toBeGreaterThan(0);
  const cost = costOfFleet(result);
  expect(cost.pipeline).toBeCloseTo(cost.storage + cost.queue + cost.invocations + cost.compute);
});
