/** Alerts of rules without a window, from one delivery's matches. */
import { expect, test } from 'vitest';
import { alertsOfMatches } from '../../shared/alerts/build.ts';
import { delivery, type RecordInput } from '../support/batches.ts';
import { noQueries, ruleOf, windowOf } from '../support/rules.ts';

const rule = ruleOf({
  id: 'admin-port-open-to-internet',
  title: 'Admin port reached from the internet',
  severity: 'high',
  tags: ['exposure'],
  by: ['interface_id', 'server_port'],
  runbook: 'close the port in the security group\nthen look for logins',
});

const time = (text: string): number => Date.parse(`2026-11-03T${text}Z`) / 1000;

const ssh = (start: string, fields: RecordInput['fields'] = {}): RecordInput => ({
  initiator: 'src',
  fields: {
    account_id: '123456789012',
    interface_id: 'eni-1',
    srcaddr: '198.51.100.7',
    dstaddr: '10.0.0.5',
    srcport: 51_514,
    dstport: 22,
    protocol: 6,
    packets: 3,
    bytes: 180,
    action: 'ACCEPT',
    start: time(start),
    end: time(start) + 59,
    ...fields,
  },
});

const alertsOf = (records: readonly RecordInput[], more: readonly RecordInput[] = [], rules = [rule]) => {
  const { source, batches } = delivery({
    batches: [
      { format: 'default', records },
      { format: 'interface-id vpc-id srcaddr dstaddr srcport dstport start', records: more },
    ],
  });
  const matches = (length: number) =>
    rules.map((rule) => ({ rule, rows: Uint32Array.from({ length }, (_, row) => row) }));
  return alertsOfMatches(
    { source, batches: batches.map((batch) => ({ batch, matches: matches(batch.length) })) },
    noQueries,
  );
};

test('one alert holds a group and a suppress period, whatever formats its records came in', () => {
  const alerts = alertsOf(
    [ssh('04:10:00'), ssh('04:05:00', { packets: null, bytes: null, account_id: 'unknown' })],
    [ssh('04:59:59', { vpc_id: 'vpc-1' })],
  );
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatchObject({
    schema: 'sekisho.alert/1',
    rule: { id: rule.id, title: rule.title, severity: 'high', tags: ['exposure'] },
    summary:
      'Admin port reached from the internet: 3 records so far at port 22 on eni-1, the first 198.51.100.7:51514 → 10.0.0.5:22 tcp ACCEPT',
    first_seen: '2026-11-03T04:05:00Z',
    last_seen: '2026-11-03T04:59:59Z',
    window: { start: '2026-11-03T04:05:00Z', end: '2026-11-03T04:59:59Z' },
    period: { start: '2026-11-03T04:00:00Z', end: '2026-11-03T05:00:00Z' },
    group: { interface_id: 'eni-1', server_port: 22 },
    measure: { 'count()': 3 },
    threshold: null,
    records: 3,
    packets: 3,
    bytes: 180,
    interfaces: ['eni-1'],
    account_id: '123456789012',
    region: 'ap-northeast-1',
    vpc_id: 'vpc-1',
    runbook: rule.runbook,
  });
  expect(alerts[0]!.samples).toHaveLength(3);
});

test('other groups and other periods have alerts of their own', () => {
  const alerts = alertsOf([
    ssh('04:59:59'),
    ssh('05:00:00'),
    ssh('04:00:00', { interface_id: null }),
    ssh('04:00:00', { dstport: 3389 }),
  ]);
  expect(new Set(alerts.map(({ id }) => id)).size).toBe(4);
  expect(alerts.map(({ group }) => group)).toEqual([
    { interface_id: 'eni-1', server_port: 22 },
    { interface_id: 'eni-1', server_port: 22 },
    { interface_id: null, server_port: 22 },
    { interface_id: 'eni-1', server_port: 3389 },
  ]);
});

test('of many records five are shown, and what they differ in is null', () => {
  const [alert] = alertsOf(
    Array.from({ length: 8 }, (_, number) => ssh(`04:0${number}:00`, { account_id: `12345678901${number % 2}` })),
  );
  expect(alert).toMatchObject({ records: 8, account_id: null });
  expect(alert!.samples.map(({ start }) => start)).toEqual([0, 1, 2, 3, 4].map((number) => time(`04:0${number}:00`)));
});

test('rules with a window have their alerts from folding', () => {
  expect(alertsOf([ssh('04:00:00')], [], [{ ...rule, condition: windowOf(600, 'count() >= 1') }])).toEqual([]);
});
