/** What a rule would have raised on a lake's records. */
import { expect, test } from 'vitest';
import { alertKey } from '../../shared/alerts/layout.ts';
import { backtest, lookAt, type Backtest } from '../../shared/query/backtest.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { alertWith } from '../alerts/sample.ts';
import type { RecordInput } from '../support/batches.ts';
import { testLake, type TestLake } from '../support/lakes.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { checked, decoded, engineOf, NETWORKS } from './lake-of-rules.ts';

const DAY = 86_400;
const START = Date.parse('2026-11-03T00:00:00Z') / 1000;

/** So many ports that a source tried within a minute. */
function scan(srcaddr: string, ports: number, start: number): readonly RecordInput[] {
  return Array.from({ length: ports }, (_, port) => ({
    fields: {
      interface_id: 'eni-1',
      srcaddr,
      dstaddr: '10.0.0.5',
      srcport: 50_000,
      dstport: port + 1,
      protocol: 6,
      packets: 1,
      bytes: 40,
      action: 'REJECT',
      start,
      end: start + 50,
    },
  }));
}

const scanRule = ruleOf({
  id: 'scan',
  where: checked('action = REJECT'),
  by: ['srcaddr'],
  condition: windowOf(600, 'distinct(dstport) >= 50'),
});

async function run(lake: TestLake, rule: Rule, limits: { since?: number; until?: number } = {}): Promise<Backtest> {
  const engine = await engineOf(lake);
  try {
    const options = { networks: NETWORKS, since: limits.since, until: limits.until };
    return await backtest(rule, engine, options, await lookAt('vpc', engine, options));
  } finally {
    await engine.close();
  }
}

/** Three days: one source scans twice in a row and once more, another once, some try a few ports. */
async function threeDays(lake: TestLake): Promise<void> {
  const records = [
    scan('203.0.113.7', 80, START + 100),
    scan('203.0.113.7', 60, START + 3700),
    scan('203.0.113.7', 55, START + 2 * DAY),
    scan('198.51.100.9', 120, START + 2 * DAY + 60),
    scan('198.51.100.1', 31, START + DAY),
    scan('198.51.100.2', 2, START + DAY),
  ];
  await lake.writeRaw('2026-11-06T00:00:00Z', decoded(records));
}

test('counts alerts by day and group, and incidents that go on as one', async () => {
  using lake = testLake();
  await threeDays(lake);
  const { alerts, incidents, days, groups, span, records } = await run(lake, scanRule);
  expect({ alerts: alerts.length, incidents, records }).toEqual({ alerts: 4, incidents: 3, records: 348 });
  expect(days).toEqual([
    { day: '2026-11-03', alerts: 2 },
    { day: '2026-11-04', alerts: 0 },
    { day: '2026-11-05', alerts: 2 },
  ]);
  expect(groups).toEqual([
    { group: ['203.0.113.7'], alerts: 3, value: 80 },
    { group: ['198.51.100.9'], alerts: 1, value: 120 },
  ]);
  expect(span).toEqual({ from: START + 100, to: START + 2 * DAY + 60 });
});

test('tells how near the others came, and what another threshold would have raised', async () => {
  using lake = testLake();
  await threeDays(lake);
  const { tuning } = await run(lake, scanRule);
  expect(tuning).toMatchObject({ measured: 6, largestBelow: 31, smallestAlerting: 55, sameAlerts: 40, oneADay: 60 });
  expect(tuning?.lines).toContainEqual({ threshold: 60, alerts: 3, perDay: 1, isPresent: false });
});

test('looks only at the time that is asked for', async () => {
  using lake = testLake();
  await threeDays(lake);
  const { alerts, days } = await run(lake, scanRule, { since: START + DAY, until: START + 2 * DAY + 30 });
  expect(alerts.map(({ group }) => group)).toEqual([['203.0.113.7']]);
  expect(days.map(({ day }) => day)).toEqual(['2026-11-04', '2026-11-05']);
});

test('large sums are told to three digits, and every count stays exact', async () => {
  using lake = testLake();
  const bytes = [1_234_567, 1_234_999, 1_235_000, 9_999_999, 400];
  const records = bytes.map((each, at): RecordInput => {
    const [first] = scan(`203.0.113.${at}`, 1, START);
    return { fields: { ...first!.fields, bytes: each } };
  });
  await lake.writeRaw('2026-11-03T01:00:00Z', decoded([records]));
  const { alerts, tuning } = await run(lake, { ...scanRule, condition: windowOf(600, 'sum(bytes) >= 1234999') });
  expect(alerts).toHaveLength(3);
  expect(tuning?.lines.find(({ isPresent }) => isPresent)).toMatchObject({ threshold: 1_234_999, alerts: 3 });
});

test('every match of a rule without a window alerts, and has no threshold to tune', async () => {
  using lake = testLake();
  await threeDays(lake);
  const { alerts, tuning } = await run(lake, { ...scanRule, condition: { kind: 'match' }, suppress: DAY });
  expect(alerts).toHaveLength(5);
  expect(tuning).toBeUndefined();
});

test('an empty lake has raised nothing', async () => {
  using lake = testLake();
  expect(await run(lake, scanRule)).toMatchObject({
    span: undefined,
    records: 0,
    alerts: [],
    days: [],
    tuning: undefined,
  });
});

test('names the rules that alerted about the same groups and times', async () => {
  using lake = testLake();
  await threeDays(lake);
  const period = { start: '2026-11-03T00:00:00Z', end: '2026-11-03T01:00:00Z' };
  const about = (number: number, id: string, group: Readonly<Record<string, string>>): Promise<void> => {
    const alert = alertWith(number, { rule: { id, quiets: id === 'specific' ? ['scan'] : [] }, group, period });
    return lake.store.put(alertKey(alert), Buffer.from(JSON.stringify(alert)));
  };
  await about(1, 'general', { srcaddr: '203.0.113.7' });
  await about(2, 'specific', { srcaddr: '203.0.113.7', dstport: '22' });
  await about(3, 'other-source', { srcaddr: '198.51.100.200' });
  await about(4, 'other-fields', { interface_id: 'eni-1' });
  const { overlaps } = await run(lake, { ...scanRule, quiets: ['general'] });
  expect(overlaps).toEqual([
    { rule: 'general', alerts: 1, fields: ['srcaddr'], relation: 'quiets' },
    { rule: 'specific', alerts: 1, fields: ['srcaddr'], relation: 'quieted_by' },
  ]);
});
