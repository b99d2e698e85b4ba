import { describe, expect, test } from 'vitest';
import { createAlerts } from '../../shared/alerts/create.ts';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import { runRule, scheduledRules, type RuleRun } from '../../shared/query/run-rules.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { alertWith, type AlertParts } from '../alerts/sample.ts';
import { delivery, type RecordInput } from '../support/batches.ts';
import { testLake, type TestLake } from '../support/lakes.ts';
import { ruleOf, windowOf } from '../support/rules.ts';
import { alertIds } from '../windows/world.ts';
import { checked, decoded, engineOf, NETWORKS } from './lake-of-rules.ts';

const DAY = 86_400;
const START = Date.parse('2026-11-01T00:00:00Z') / 1000;
const SCAN: Rule = ruleOf({
  id: 'slow-scan',
  title: 'Slow scan',
  where: checked('action = REJECT'),
  by: ['srcaddr'],
  condition: windowOf(DAY, 'distinct(dstport) >= 3'),
  suppress: DAY,
});

/** A refused try at a port, on an interface that its port tells. */
function refused(dstport: number, start: number, srcaddr = '203.0.113.9'): RecordInput {
  const fields = { interface_id: `eni-${dstport}`, account_id: '123456789012', srcaddr, srcport: 40_000, dstaddr: '10.0.0.5', dstport, protocol: 6, packets: 1, bytes: 44, start, end: start + 50, action: 'REJECT', log_status: 'OK' }; // prettier-ignore
  return { fields };
}

async function write(lake: TestLake, arrived: string, records: readonly RecordInput[]): Promise<void> {
  const [one] = decoded([records]);
  await lake.writeRaw(arrived, [{ ...one!, id: arrived.replaceAll(/\D/g, '').padStart(32, '0') }]);
}

async function run(
  lake: TestLake,
  now: string,
  rule = SCAN,
  since?: string,
  rules: readonly Rule[] = [rule],
  horizon?: number,
): Promise<RuleRun> {
  const engine = await engineOf(lake);
  try {
    return await runRule(rule, {
      engine,
      store: lake.store,
      clock: { now: () => new Date(now) },
      networks: NETWORKS,
      rules,
      since: since === undefined ? undefined : Date.parse(since) / 1000,
      horizon,
      seen: noAlertMemory(),
    });
  } finally {
    await engine.close();
  }
}

const threePorts = [1, 2, 3].map((port) => refused(port, START + port * 3600));

test('a list of any length finds what lies in it, with places and samples', async () => {
  using lake = testLake();
  await write(lake, '2026-11-01T05:00:00Z', [
    ...threePorts,
    refused(1, START, '198.51.100.7'),
    refused(2, START, '10.0.0.9'),
  ]);
  const entries = Array.from({ length: 3000 }, (_, at) => `198.51.${at >> 4}.${(at % 16) * 16}/28`);
  const lists = new Map([['threats', { name: 'threats', entries: [...entries, '203.0.113.0-203.0.113.9'] }]]);
  const { expression } = checkExpression('srcaddr in @threats', lists);
  const rule = ruleOf({ id: 'threats', where: expression!, by: ['srcaddr'] });
  const { created } = await run(lake, '2026-11-01T06:00:00Z', rule);
  const found = created.map(
    ({ group, interfaces, samples }) => `${group['srcaddr']} ${interfaces.join()} ${samples.length}`,
  );
  expect(found.toSorted()).toEqual([
    '198.51.100.7 eni-1 1',
    ...threePorts.map((_, at) => `203.0.113.9 eni-${at + 1} 1`),
  ]);
});

test('what is found becomes an alert with places and samples, once', async () => {
  using lake = testLake();
  await write(lake, '2026-11-01T05:00:00Z', threePorts);
  const { created, since } = await run(lake, '2026-11-01T06:00:00Z');
  expect(since).toBeUndefined();
  const [alert] = created as [Alert];
  expect(alert).toMatchObject({
    summary: 'Slow scan: 203.0.113.9 tried 3 ports within 1d on eni-1, eni-2, eni-3',
    window: { start: '2026-10-31T03:01:00Z', end: '2026-11-01T03:01:00Z' },
    measure: { 'distinct(dstport)': 3 },
    records: 3,
    packets: 3,
    bytes: 132,
    interfaces: ['eni-1', 'eni-2', 'eni-3'],
    account_id: '123456789012',
    region: 'ap-northeast-1',
    first_seen: '2026-11-01T01:00:00Z',
    last_seen: '2026-11-01T03:00:50Z',
  });
  expect(alert.samples.map(({ dstport }) => dstport)).toEqual([1, 2, 3]);
  expect(alert.samples[0]).toMatchObject({ srcaddr: '203.0.113.9', version: null, action: 'REJECT' });
  expect(alert.samples[0]).not.toHaveProperty('tcp_flags');
  expect(await alertIds(lake.store)).toEqual([alert.id]);

  expect(await run(lake, '2026-11-01T07:00:00Z')).toMatchObject({ created: [], known: 1 });
});

describe('an alert that is there already', () => {
  const quiets = ['slow-scan'];
  const loud: Rule = ruleOf({ id: 'loud-scan', by: ['srcaddr'], suppress: 7 * DAY, quiets });

  /** Runs the rule over a lake that holds an alert of another one. */
  async function runBeside(parts: AlertParts, rules: readonly Rule[] = [SCAN, loud]): Promise<readonly Alert[]> {
    using lake = testLake();
    await write(lake, '2026-11-01T05:00:00Z', threePorts);
    const there = alertWith(1, { group: { srcaddr: '203.0.113.9' }, ...parts });
    await createAlerts([there], { store: lake.store });
    await lake.store.put('alerts/day=2026-11-01/broken.json', Buffer.from('{'));
    return (await run(lake, '2026-11-01T06:00:00Z', SCAN, undefined, rules)).created;
  }

  const period = { start: '2026-10-26T00:00:00Z', end: '2026-11-02T00:00:00Z' };
  const rule = { id: 'loud-scan', quiets };

  test('quiets what the rule finds, though its period began days before', async () => {
    expect(await runBeside({ rule, period })).toMatchObject([{ quieted_by: alertWith(1, {}).id }]);
  });

  test.each<[string, AlertParts, (readonly Rule[])?]>([
    ['is about something else', { rule, period, group: { srcaddr: '198.51.100.7' } }],
    [
      'was over before',
      { rule, period: { ...period, end: '2026-10-31T00:00:00Z' }, window: { ...period, end: '2026-10-27T00:00:00Z' } },
    ],
    ['is of a rule that quiets others', { rule: { id: 'loud-scan', quiets: ['x'] }, period }],
    ['is of a rule that is not in use', { rule, period }, [SCAN]],
  ])('quiets nothing where it %s', async (_, parts, rules) => {
    expect(await runBeside(parts, rules)).toMatchObject([{ quieted_by: null }]);
  });
});

test('two runs at one time create each alert once', async () => {
  using lake = testLake();
  await write(lake, '2026-11-01T05:00:00Z', threePorts);
  const runs = await Promise.all([run(lake, '2026-11-01T06:00:00Z'), run(lake, '2026-11-01T06:00:00Z')]);
  expect(runs.flatMap(({ created }) => created)).toHaveLength(1);
});

describe('a run begins', () => {
  test('where the last one ended, less what may be late', async () => {
    using lake = testLake();
    await write(lake, '2026-11-01T05:00:00Z', threePorts);
    await run(lake, '2026-11-03T06:00:00Z');
    expect((await run(lake, '2026-11-03T07:00:00Z')).since).toBe(Date.parse('2026-11-02T06:00:00Z') / 1000);
  });

  test('earlier, where older records have arrived since', async () => {
    using lake = testLake();
    await write(lake, '2026-11-10T05:00:00Z', []);
    await run(lake, '2026-11-10T06:00:00Z');
    await write(lake, '2026-11-10T06:30:00Z', threePorts);
    const { since, created } = await run(lake, '2026-11-10T07:00:00Z');
    expect(since).toBe(START + 3600);
    expect(created).toHaveLength(1);
  });

  test('where it is told to, and leaves what is before to the next one', async () => {
    using lake = testLake();
    await write(lake, '2026-11-01T05:00:00Z', threePorts);
    await run(lake, '2026-11-05T00:00:00Z', SCAN, '2026-11-04T00:00:00Z');
    const early = await run(lake, '2026-11-05T01:00:00Z', SCAN, '2026-11-01T00:00:00Z');
    expect(early.created).toHaveLength(1);
    await run(lake, '2026-11-09T00:00:00Z', SCAN, '2026-11-08T23:00:00Z');
    expect((await run(lake, '2026-11-09T01:00:00Z')).since).toBe(Date.parse('2026-11-04T01:00:00Z') / 1000);
  });

  test('at the beginning for a rule that was edited, and where the cursor can not be read', async () => {
    using lake = testLake();
    await write(lake, '2026-11-01T05:00:00Z', threePorts);
    await run(lake, '2026-11-03T06:00:00Z');
    expect((await run(lake, '2026-11-03T07:00:00Z', { ...SCAN, stateKey: 'other' })).since).toBeUndefined();
    await lake.store.put('windows/scheduled/broken.json', Buffer.from('{'));
    expect((await run(lake, '2026-11-03T07:00:00Z', { ...SCAN, stateKey: 'broken' })).since).toBeUndefined();
  });
});

describe('with a horizon a run looks no further back', () => {
  const week = (lake: TestLake, now: string, rule = SCAN) => run(lake, now, rule, undefined, [rule], 7 * DAY);

  test('where the rule is new, and goes on from there', async () => {
    using lake = testLake();
    await write(lake, '2026-11-01T05:00:00Z', threePorts);
    const first = await week(lake, '2026-11-10T06:00:00Z');
    expect(first).toMatchObject({ since: Date.parse('2026-11-03T06:00:00Z') / 1000, created: [] });
    expect((await week(lake, '2026-11-10T07:00:00Z')).since).toBe(Date.parse('2026-11-09T06:00:00Z') / 1000);
  });

  test('where old records have arrived, and does not look for them again', async () => {
    using lake = testLake();
    await write(lake, '2026-11-10T05:00:00Z', []);
    await week(lake, '2026-11-10T06:00:00Z');
    await write(lake, '2026-11-10T06:30:00Z', threePorts);
    const { since, created } = await week(lake, '2026-11-10T07:00:00Z');
    expect(since).toBe(Date.parse('2026-11-03T07:00:00Z') / 1000);
    expect(created).toEqual([]);
    // a cursor and an hour of arrival may differ by an hour
    await week(lake, '2026-11-10T09:00:00Z');
    expect((await week(lake, '2026-11-10T10:00:00Z')).since).toBe(Date.parse('2026-11-09T09:00:00Z') / 1000);
  });

  test('to tell what is absent, and a lake without newer records is not silent', async () => {
    using lake = testLake();
    const rule = ruleOf({
      id: 'gone',
      where: checked('action = REJECT'),
      by: ['srcaddr'],
      condition: { kind: 'absence', seconds: 7200, text: 'no records for 2h' },
    });
    await write(lake, '2026-11-01T05:00:00Z', threePorts);
    await write(lake, '2026-11-01T09:00:00Z', [refused(9, START + 8 * 3600, '198.51.100.7')]);
    expect((await week(lake, '2026-12-24T00:00:00Z', rule)).created).toEqual([]);
    expect((await week(lake, '2026-11-01T10:00:00Z', { ...rule, stateKey: 'again' })).created).toHaveLength(1);
  });
});

test('what is absent is so as of the newest record, not of a clock that went on alone', async () => {
  using lake = testLake();
  await write(lake, '2026-11-01T05:00:00Z', threePorts);
  const rule = ruleOf({
    id: 'gone',
    title: 'Gone',
    where: checked('action = REJECT'),
    by: ['srcaddr'],
    condition: { kind: 'absence', seconds: 7200, text: 'no records for 2h' },
  });
  expect((await run(lake, '2026-12-24T00:00:00Z', rule)).created).toEqual([]);
  await write(lake, '2026-11-01T09:00:00Z', [refused(9, START + 8 * 3600, '198.51.100.7')]);
  const { created } = await run(lake, '2026-12-24T01:00:00Z', rule);
  expect(created.map(({ summary, window }) => [summary, window.start])).toEqual([
    ['Gone: 203.0.113.9 had no records for 2h on eni-3', '2026-11-01T03:01:00Z'],
  ]);
});

test('a sequence shows what came last', async () => {
  using lake = testLake();
  const letIn: RecordInput = { fields: { ...refused(22, START + 600).fields, action: 'ACCEPT' } };
  await write(lake, '2026-11-01T05:00:00Z', [...[0, 1, 2, 3, 4, 5, 6].map((at) => refused(22, START + at)), letIn]);
  const rule = ruleOf({
    id: 'guessed',
    title: 'Guessed',
    where: checked('action = REJECT'),
    by: ['srcaddr'],
    condition: { ...windowOf(600, 'count() >= 5'), then: { where: checked('action = ACCEPT'), within: 900 } },
  });
  const { created } = await run(lake, '2026-11-01T06:00:00Z', rule);
  expect(created.map(({ samples, records }) => [records, samples.map(({ action }) => action)])).toEqual([
    [8, ['REJECT', 'REJECT', 'REJECT', 'REJECT', 'ACCEPT']],
  ]);
});

test('scheduled are the rules that the lake remembers for, those first that quiet others', () => {
  const short = ruleOf({ id: 'short', condition: windowOf(600, 'count() >= 5') });
  const quieting: Rule = { ...SCAN, id: 'specific', quiets: ['slow-scan'] };
  expect(scheduledRules([SCAN, short, quieting], false)).toEqual([quieting, SCAN]);
  expect(scheduledRules([SCAN, short, quieting], true)).toEqual([quieting, SCAN, short]);
});

test('a rule about transit gateways asks their records', async () => {
  using lake = testLake();
  const fields = { version: 6, account_id: '123456789012', tgw_attachment_id: 'tgw-attach-0a', region: 'ap-northeast-1', packets_lost_blackhole: 7, start: START, end: START + 60 }; // prettier-ignore
  const format = 'version account-id tgw-attachment-id region packets-lost-blackhole start end';
  await lake.writeRaw(
    '2026-11-01T05:00:00Z',
    [delivery({ batches: [{ format, records: [{ fields }, { fields }] }] })],
    'tgw',
  );
  const rule = ruleOf({
    id: 'lost',
    title: 'Lost',
    where: checked('packets_lost_blackhole > 0'),
    by: ['tgw_attachment_id'],
    condition: windowOf(7200, 'sum(packets_lost_blackhole) >= 14'),
  });
  const { created } = await run(lake, '2026-11-01T06:00:00Z', rule);
  expect(created).toMatchObject([
    { group: { tgw_attachment_id: 'tgw-attach-0a' }, records: 2, interfaces: [], region: 'ap-northeast-1' },
  ]);
  expect(created[0]!.samples[0]).toMatchObject({ version: 6, packets_lost_blackhole: 7 });
});
