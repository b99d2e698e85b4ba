import { describe, expect, test } from 'vitest';
import { deliver, HOUR, hourAttacks, hourRecords, type HourDelivery } from '../../bench/traffic/hour.ts';
import { CUSTOM, V2, V5 } from '../../bench/traffic/line.ts';
import { createRandom } from '../../bench/traffic/random.ts';
import { APPS, BATCH, CACHE, DATABASES, WEB } from '../../bench/traffic/vpc.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import { raise, told } from './pack.ts';

const FORMATS = [
  ['the default format', V2],
  ['the 29 fields of versions 2 to 5', V5],
  ['a custom order of fields', CUSTOM],
] as const;

/** What somebody is told of the attacks: by rule, the group's values. */
const EXPECTED = [
  ['admin-port-open-to-internet', [WEB[1].id, 3389]],
  ['crypto-mining-port', ['203.0.113.99', 3333]],
  ['data-exfiltration', ['203.0.113.66']],
  ['database-open-to-internet', [WEB[0].id, 5432]],
  ['internal-reject', [DATABASES[0].id, APPS[2].address]],
  ['port-scan', [WEB[0].id, '203.0.113.7']],
  ['port-sweep', [BATCH.address, 445]],
  ['skipped-records', [CACHE.id]],
  ['smtp-egress', [WEB[1].address]],
  ['ssh-brute-force', ['198.51.100.77', WEB[0].address]],
];

describe.each(FORMATS)('an hour in %s', (_, format) => {
  test.each(['one', 'two', 'three'])('of ordinary traffic (%s) raises nothing', async (seed) => {
    expect(named(await raise(deliver(hourRecords([], { seed }), format), format))).toEqual([]);
  });

  test('at another time of the day, five times as busy, raises nothing', async () => {
    const options = { seed: 'busy', start: HOUR + 9 * 3_600, rate: 5 };
    expect(named(await raise(deliver(hourRecords([], options), format), format))).toEqual([]);
  });

  const attacked = deliver(hourRecords(hourAttacks()), format);

  test('with attacks tells of each of them once', async () => {
    expect(named(told(await raise(attacked, format)))).toEqual(EXPECTED);
  });

  test('with attacks, a fifth delivered again and all of it in any order, tells the same', async () => {
    const straight = await raise(attacked, format);
    const again = await raise(shuffled([...attacked, ...attacked.filter((_, index) => index % 5 === 0)]), format);
    expect(idsOf(again)).toEqual(idsOf(straight));
    expect(named(told(again))).toEqual(EXPECTED);
  });
});

test('the attacks raise the same alerts in every format', async () => {
  const hour = hourRecords(hourAttacks());
  const [first, ...others] = await Promise.all(FORMATS.map(([, format]) => raise(deliver(hour, format), format)));
  for (const other of others) expect(idsOf(other)).toEqual(idsOf(first!));
});

/** Rule and group of every alert, in order. */
function named(alerts: readonly Alert[]): readonly unknown[] {
  return alerts
    .map(({ rule, group }) => [rule.id, Object.values(group)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function idsOf(alerts: readonly Alert[]): readonly string[] {
  return alerts.map(({ id }) => id).toSorted();
}

function shuffled(deliveries: readonly HourDelivery[]): readonly HourDelivery[] {
  const random = createRandom('shuffled');
  return deliveries
    .map((delivery) => ({ delivery, place: random.unit() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ delivery }) => delivery);
}
