/** Which alerts are one incident. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { incidentsOf } from '../../shared/alerts/incidents.ts';
import { alertWith, type AlertParts } from './sample.ts';

/** Who did it, and the alerts of each finding. */
const outline = (alerts: readonly Alert[]): readonly unknown[] =>
  incidentsOf(alerts).incidents.map(({ who, findings }) => [
    who,
    ...findings.map(({ rule, alerts }) => `${rule.id} ${alerts.map(({ id }) => Number(`0x${id}`)).join(' ')}`),
  ]);

const guessing: AlertParts = { rule: { id: 'guessing', severity: 'high' }, group: { interface_id: 'eni-9' } };
const flow = (srcaddr: string): Alert['samples'][number] => ({ srcaddr, dstaddr: '10.0.0.5', dstport: 22 });

describe('one incident is', () => {
  test('what several rules say of one source within a period, the worst rule first', () => {
    const samples = [flow('203.0.113.9'), flow('203.0.113.9')];
    expect(outline([alertWith(1, {}), alertWith(2, { ...guessing, samples })])).toEqual([
      ['203.0.113.9', 'guessing 2', 'port-scan 1'],
    ]);
  });

  test('what one rule says of one source in several places', () => {
    const on = (interface_id: string): AlertParts => ({ group: { srcaddr: '203.0.113.9', interface_id } });
    expect(outline([alertWith(1, on('eni-1')), alertWith(2, on('eni-2'))])).toEqual([['203.0.113.9', 'port-scan 1 2']]);
  });

  test('what goes on from period to period, by time', () => {
    const alerts = [6, 4, 5].map((hour) => alertWith(hour, { hour }));
    expect(outline(alerts)).toEqual([['203.0.113.9', 'port-scan 4 5 6']]);
    expect(incidentsOf(alerts).incidents).toMatchObject([
      { first_seen: '2026-11-03T04:00:00Z', last_seen: '2026-11-03T06:10:00Z', severity: 'medium' },
    ]);
  });

  test('the same client, by whatever field of the group', () => {
    expect(outline([alertWith(1, {}), alertWith(2, { ...guessing, group: { client: '203.0.113.9' } })])).toHaveLength(
      1,
    );
  });

  test('the same interface, where the sources differ', () => {
    const parts = { ...guessing, samples: [flow('203.0.113.9'), flow('203.0.113.10')] };
    const other = { group: {}, samples: [], interfaces: ['eni-9'] };
    expect(outline([alertWith(1, parts), alertWith(2, other)])).toEqual([['eni-9', 'guessing 1', 'port-scan 2']]);
  });
});

test('many sources that do something to one target are an incident of the target', () => {
  const group = { server: '10.0.0.5', server_port: 22 };
  const parts = { ...guessing, group, samples: [flow('203.0.113.9')], measure: { 'distinct(client)': 40 } };
  expect(outline([alertWith(1, parts)])).toEqual([['to 10.0.0.5', 'guessing 1']]);
});

describe('two incidents are', () => {
  test.each<[string, AlertParts, AlertParts]>([
    ['two sources', {}, { group: { srcaddr: '203.0.113.10' } }],
    ['two stretches of time', {}, { hour: 6 }],
    [
      'one private address in two accounts',
      { group: { srcaddr: '10.0.0.5' } },
      { group: { srcaddr: '10.0.0.5' }, account_id: '210987654321' },
    ],
    [
      'what nobody is known to have done',
      { group: {}, samples: [], interfaces: [] },
      { ...guessing, samples: [], group: {}, interfaces: [] },
    ],
  ])('%s', (_, one, other) => {
    expect(outline([alertWith(1, one), alertWith(2, other)])).toHaveLength(2);
  });

  test('but a public address is the same in every account', () => {
    expect(outline([alertWith(1, {}), alertWith(2, { account_id: '210987654321' })])).toHaveLength(1);
  });
});

test('a finding shows the alert that measured most', () => {
  const alerts = [80, 200, 120].map((ports, number) =>
    alertWith(number, { hour: 4 + number, measure: { 'distinct(dstport)': ports } }),
  );
  expect(incidentsOf(alerts).incidents[0]!.findings[0]!.strongest).toBe(alerts[1]);
});

describe('a quieted alert', () => {
  const quieting: AlertParts = { rule: { id: 'specific', quiets: ['general'] } };
  const general: AlertParts = { rule: { id: 'general', severity: 'critical' }, group: {}, samples: [] };

  test('goes with the one that quiets it, whoever it says it was, and does not make it worse', () => {
    const [specific, quieted] = [alertWith(1, quieting), alertWith(2, general)];
    expect(incidentsOf([specific, quieted])).toMatchObject({
      incidents: [{ who: '203.0.113.9', severity: 'medium', findings: [{ alerts: [specific] }], quieted: [quieted] }],
      heldBack: [],
    });
  });

  test('of a chain goes with the last', () => {
    const top = alertWith(3, { rule: { id: 'top', quiets: ['specific'] } });
    const { incidents } = incidentsOf([alertWith(2, general), alertWith(1, quieting), top]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ findings: [{ alerts: [top] }], quieted: { length: 2 } });
  });

  test('of an alert that is not there is held back, and counted', () => {
    const alert = alertWith(2, { ...general, quieted_by: 'earlier' });
    expect(incidentsOf([alert])).toEqual({ incidents: [], heldBack: [alert] });
  });

  test('is shown after all where alerts name each other', () => {
    const [one, other] = [alertWith(1, {}), alertWith(2, {})];
    const circle = [
      { ...one, quieted_by: other.id },
      { ...other, quieted_by: one.id },
    ];
    expect(outline(circle)).toEqual([['203.0.113.9', 'port-scan 1 2']]);
  });
});

test('every alert stands in one place, whatever their order', () => {
  const parts = fc.record({
    hour: fc.integer({ min: 0, max: 9 }),
    rule: fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      severity: fc.constantFrom('low' as const, 'critical' as const),
      quiets: fc.subarray(['a', 'b', 'c']),
    }),
    group: fc.record({ srcaddr: fc.constantFrom('203.0.113.9', '203.0.113.10', null) }),
    quieted_by: fc.constantFrom(null, null, 'elsewhere'),
  });
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (all) => {
      const alerts = all.map((one, number) => alertWith(number, one));
      const { incidents, heldBack } = incidentsOf(alerts);
      const placed = [
        ...heldBack,
        ...incidents.flatMap(({ findings, quieted }) => [...findings.flatMap(({ alerts }) => alerts), ...quieted]),
      ];
      expect(placed.map(({ id }) => id).sort()).toEqual(alerts.map(({ id }) => id));
      expect(incidents.every(({ findings }) => findings.length > 0)).toBe(true);
      expect(outline(alerts.toReversed())).toEqual(outline(alerts));
    }),
  );
});
