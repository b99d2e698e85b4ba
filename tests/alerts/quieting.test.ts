/** Which alert quiets which. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { findQuieted } from '../../shared/alerts/quieting.ts';
import { alertWith, type AlertParts } from './sample.ts';

/** A specific rule's alert: mining, by interface and client. */
const mining = (parts: AlertParts = {}, number = 1): Alert =>
  alertWith(number, {
    group: { interface_id: 'eni-1', client: '10.0.0.5' },
    interfaces: ['eni-1'],
    samples: [
      { interface_id: 'eni-1', srcaddr: '10.0.0.5', dstaddr: '198.51.100.7', srcport: 51_000, dstport: 3333 },
      { interface_id: 'eni-1', srcaddr: '198.51.100.8', dstaddr: '10.0.0.5', srcport: 14_444, dstport: 51_001 },
    ],
    ...parts,
    rule: { id: 'mining', quiets: ['egress'], severity: 'high', ...parts.rule },
  });

/** A general rule's alert about these groups. */
const egress = (group: Alert['group'], parts: AlertParts = {}, number = 2): Alert =>
  alertWith(number, { group, ...parts, rule: { id: 'egress', ...parts.rule } });

const quiets = (specific: Alert, general: Alert): boolean => findQuieted([general], [specific]).has(general.id);

describe('an alert quiets another', () => {
  test.each<[string, Alert['group']]>([
    ['of the same group', { client: '10.0.0.5', interface_id: 'eni-1' }],
    ['of a part of its group', { interface_id: 'eni-1' }],
    ['of everything', {}],
    ['of what one of its samples shows', { interface_id: 'eni-1', dstport: 3333 }],
    ['of the port that answered in a sample', { client: '10.0.0.5', server: '198.51.100.8', server_port: 14_444 }],
    ['of a field that neither knows', { interface_id: 'eni-1', vpc_id: null }],
  ])('%s', (_, group) => {
    expect(quiets(mining(), egress(group))).toBe(true);
  });

  test('on any of its interfaces, where it is not by interface', () => {
    const sweep = mining({ group: { client: '10.0.0.5' }, interfaces: ['eni-1', 'eni-2', 'eni-3'] });
    expect(quiets(sweep, egress({ interface_id: 'eni-3', dstport: 3333 }))).toBe(true);
    expect(quiets(sweep, egress({ interface_id: 'eni-4', dstport: 3333 }))).toBe(false);
  });

  test('that was there before its own period, within its window', () => {
    const window = { start: '2026-11-03T03:55:00Z', end: '2026-11-03T04:05:00Z' };
    expect(quiets(mining({ window }), egress({ interface_id: 'eni-1' }, { hour: 3 }))).toBe(true);
  });

  test('without samples, by its group', () => {
    expect(quiets(mining({ samples: [] }), egress({ client: '10.0.0.5' }))).toBe(true);
    expect(quiets(mining({ samples: [] }), egress({ dstport: 3333 }))).toBe(false);
  });
});

describe('an alert does not quiet another', () => {
  test.each<[string, Alert['group']]>([
    ['of another group', { interface_id: 'eni-2' }],
    ['of another value beside the same', { interface_id: 'eni-1', client: '10.0.0.6' }],
    ['of what no sample shows', { interface_id: 'eni-1', dstport: 25 }],
    ['of what only two samples together show', { dstport: 3333, srcaddr: '198.51.100.8' }],
    ['of null, where it has a value', { interface_id: 'eni-1', client: null }],
  ])('%s', (_, group) => {
    expect(quiets(mining(), egress(group))).toBe(false);
  });

  test('of another hour', () => {
    expect(quiets(mining(), egress({ interface_id: 'eni-1' }, { hour: 5 }))).toBe(false);
    expect(quiets(mining(), egress({ interface_id: 'eni-1' }, { hour: 3 }))).toBe(false);
  });

  test('of a rule that its own does not name, or that names its own', () => {
    const group = { interface_id: 'eni-1' };
    expect(quiets(mining(), egress(group, { rule: { id: 'other' } }))).toBe(false);
    expect(quiets(mining(), egress(group, { rule: { quiets: ['mining'] } }))).toBe(false);
  });
});

test('of several that quiet, the worst is named, then the earliest, whatever their order', () => {
  const general = egress({ interface_id: 'eni-1' });
  const alerts = [
    general,
    mining({ rule: { severity: 'medium' }, first_seen: '2026-11-03T04:00:00Z' }, 3),
    mining({ first_seen: '2026-11-03T04:09:00Z' }, 4),
    mining({ first_seen: '2026-11-03T04:08:00Z' }, 5),
  ];
  const expected = new Map([[general.id, alerts[3]!.id]]);
  expect(findQuieted(alerts)).toEqual(expected);
  expect(findQuieted(alerts.toReversed())).toEqual(expected);
  expect(findQuieted([general], alerts)).toEqual(expected);
});

test('what is quieted still quiets', () => {
  const top = mining({ rule: { id: 'top', quiets: ['mining'] } }, 3);
  const general = egress({ interface_id: 'eni-1' });
  expect(findQuieted([general, mining(), top])).toEqual(
    new Map([
      [general.id, mining().id],
      [mining().id, top.id],
    ]),
  );
});
