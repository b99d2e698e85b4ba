/** Alerts for tests that only pass them on or show them. */
import type { Alert } from '../../shared/alerts/alert.ts';
import { batchId } from '../support/batches.ts';

/** An alert of a port scan; the number makes its id. */
export function alertNumber(number: number): Alert {
  return {
    schema: 'sekisho.alert/1',
    id: batchId(number),
    rule: { id: 'port-scan', title: 'Port scan', severity: 'medium', tags: ['recon'], quiets: [] },
    summary: 'Port scan: 203.0.113.9 tried 120 ports within 10m on eni-0a1b2c3d4e5f60718',
    first_seen: '2026-11-03T04:50:10Z',
    last_seen: '2026-11-03T05:00:29Z',
    window: { start: '2026-11-03T04:50:00Z', end: '2026-11-03T05:00:00Z' },
    period: { start: '2026-11-03T04:00:00Z', end: '2026-11-03T05:00:00Z' },
    continues: null,
    quieted_by: null,
    group: { srcaddr: '203.0.113.9', interface_id: 'eni-0a1b2c3d4e5f60718' },
    measure: { 'distinct(dstport)': 120 },
    threshold: 'distinct(dstport) >= 50',
    records: 1340,
    packets: 1400,
    bytes: 56_000,
    interfaces: ['eni-0a1b2c3d4e5f60718'],
    account_id: '123456789012',
    region: 'ap-northeast-1',
    vpc_id: 'vpc-0a1b2c3d',
    samples: [22, 23, 80, 443].map((dstport) => ({
      interface_id: 'eni-0a1b2c3d4e5f60718',
      srcaddr: '203.0.113.9',
      dstaddr: '10.0.0.5',
      srcport: 40_000,
      dstport,
      protocol: 6,
      packets: 1,
      bytes: 40,
      action: 'REJECT',
    })),
    queries: { athena: 'SELECT 1', insights: 'fields @message' },
    runbook: 'block the source in the network ACL\nif it goes on, report it',
  };
}

/** What tells an alert from {@link alertNumber}'s. */
export interface AlertParts extends Omit<Partial<Alert>, 'rule'> {
  readonly rule?: Partial<Alert['rule']>;
  /** The hour that is the suppress period (default 4); everything was seen ten minutes into it. */
  readonly hour?: number;
}

/** An alert of these parts. */
export function alertWith(number: number, { hour = 4, rule, ...parts }: AlertParts): Alert {
  const at = (hours: number, minutes: number): string =>
    new Date(Date.UTC(2026, 10, 3, hours, minutes)).toISOString().replace('.000Z', 'Z');
  const alert = alertNumber(number);
  return {
    ...alert,
    first_seen: at(hour, 0),
    last_seen: at(hour, 10),
    window: { start: at(hour, 0), end: at(hour, 10) },
    period: { start: at(hour, 0), end: at(hour + 1, 0) },
    ...parts,
    rule: { ...alert.rule, ...rule },
  };
}
