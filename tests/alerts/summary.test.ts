import { describe, expect, test } from 'vitest';
import { summarise, type Found } from '../../shared/alerts/summary.ts';
import type { Condition } from '../../shared/rules/rule.ts';
import { ruleOf, windowOf } from '../support/rules.ts';

const found = (by: readonly string[], group: Found['group'], when: string | undefined, value: number): Found => ({
  rule: ruleOf({ id: 'r', title: 'T', by, condition: when === undefined ? { kind: 'match' } : windowOf(600, when) }),
  group,
  value,
  interfaces: ['eni-1'],
  samples: [],
});

test.each<[string, Found]>([
  [
    'T: 203.0.113.9 tried 120 ports within 10m on eni-1',
    found(['srcaddr', 'interface_id'], ['203.0.113.9', 'eni-1'], 'distinct(dstport) >= 50', 120),
  ],
  [
    'T: 203.0.113.9 tried 1 address within 10m at port 22 on eni-1',
    found(['client', 'server_port'], ['203.0.113.9', 22], 'distinct(server) > 0', 1),
  ],
  [
    'T: 10.0.0.5 sent 1.5 GB within 10m to 198.51.100.7 on eni-1',
    found(['srcaddr', 'dstaddr'], ['10.0.0.5', '198.51.100.7'], 'sum(bytes) >= 1000000000', 1_499_999_999),
  ],
  ['T: 1,234 records within 10m on eni-1', found(['interface_id'], ['eni-1'], 'count() > 5', 1234)],
  [
    'T: 3 different values of instance_id within 10m in vpc-1 on eni-1',
    found(['vpc_id'], ['vpc-1'], 'distinct(instance_id) >= 3', 3),
  ],
  [
    'T: 9 records within 10m with no srcaddr by protocol 6 on eni-1',
    found(['srcaddr', 'protocol'], [null, 6], 'count() > 5', 9),
  ],
  [
    'T: 1 record at tgw-attach-0a in tgw-0b on eni-1',
    found(['tgw_attachment_id', 'tgw_id'], ['tgw-attach-0a', 'tgw-0b'], undefined, 1),
  ],
  [
    'T: 203.0.113.9 opened connections from 90 source ports within 10m to 10.0.0.5 on eni-1',
    found(['srcaddr', 'dstaddr'], ['203.0.113.9', '10.0.0.5'], 'distinct(srcport) >= 30', 90),
  ],
  [
    'T: 10.0.0.5 sent to 12 ports within 10m from port 443 on eni-1',
    found(['interface_id', 'srcaddr', 'srcport'], ['eni-1', '10.0.0.5', 443], 'distinct(dstport) >= 10', 12),
  ],
  ['T: 0.005 records a second over 10m on eni-1', found([], [], 'rate() > 0.004', 0.005)],
  ['T: 0.0033 packets a second over 10m on eni-1', found([], [], 'rate(packets) > 0.003', 2 / 600)],
  ['T: 0.83 B a second over 10m on eni-1', found([], [], 'rate(bytes) > 0.1', 500 / 600)],
  ['T: 1.5 MB a second over 10m on eni-1', found([], [], 'rate(bytes) > 0.1', 1_500_000.33)],
  ['T: 9 packets within 10m on eni-1', found([], [], 'sum(packets) > 5', 9)],
  ['T: 1 record on eni-1', found(['interface_id'], ['eni-1'], undefined, 1)],
  ['T: 198.51.100.7 had 2 records so far on eni-1', found(['srcaddr'], ['198.51.100.7'], undefined, 2)],
])('%s', (sentence, parts) => {
  expect(summarise(parts)).toBe(sentence);
});

test('what several interfaces logged is said to be counted on each, where amounts are added up', () => {
  const interfaces = ['eni-1', 'eni-2'];
  const sum = found(['dstaddr'], ['203.0.113.66'], 'sum(bytes) >= 5000000000', 12_000_000_000);
  expect(summarise({ ...sum, interfaces })).toBe(
    'T: 12 GB within 10m to 203.0.113.66, counted on 2 interfaces: eni-1, eni-2',
  );
  const count = found(['dstaddr'], ['203.0.113.66'], 'count() >= 5', 12);
  expect(summarise({ ...count, interfaces })).toBe('T: 12 records within 10m to 203.0.113.66 on eni-1, eni-2');
});

test('of one record nobody says that it is the first', () => {
  const record = (protocol: number) => ({ srcaddr: '203.0.113.9', srcport: 4444, dstaddr: '10.0.0.5', dstport: 22, protocol }); // prettier-ignore
  const one = found(['dstport'], [22], undefined, 1);
  expect(summarise({ ...one, samples: [record(6)] })).toBe(
    'T: 1 record at port 22 on eni-1, 203.0.113.9:4444 → 10.0.0.5:22 tcp',
  );
  // of these protocols AWS logs port 0
  expect(summarise({ ...one, samples: [record(47)] })).toBe(
    'T: 1 record at port 22 on eni-1, 203.0.113.9 → 10.0.0.5 protocol 47',
  );
});

test('many interfaces are counted, not listed', () => {
  const parts = found(['srcaddr'], ['203.0.113.9'], 'distinct(interface_id) >= 3', 2000);
  const interfaces = Array.from({ length: 2000 }, (_, number) => `eni-${number}`);
  expect(summarise({ ...parts, interfaces })).toBe(
    'T: 203.0.113.9 tried 2,000 interfaces within 10m on eni-0, eni-1, eni-2 and 1,997 more',
  );
});

describe('what has a memory of its own says what it waited for', () => {
  const said = (
    by: readonly string[],
    group: Found['group'],
    condition: Condition,
    more: Partial<Found> = {},
  ): string =>
    summarise({
      rule: ruleOf({ id: 'r', title: 'T', by, condition }),
      group,
      value: 1,
      interfaces: ['eni-1'],
      samples: [],
      ...more,
    });
  const text = '';

  test('absence', () => {
    const condition: Condition = { kind: 'absence', seconds: 2700, text };
    expect(said(['interface_id'], ['eni-1'], condition)).toBe('T: no records for 45m on eni-1');
    expect(said(['srcaddr'], ['10.0.0.9'], condition)).toBe('T: 10.0.0.9 had no records for 45m on eni-1');
  });

  test('what is new', () => {
    const of = (field: string): Condition => ({ kind: 'new', field, over: 14 * 86_400, text });
    expect(said(['interface_id', 'server_port'], ['eni-1', 8443], of('server_port'))).toBe(
      'T: port 8443 on eni-1 for the first time in 14d',
    );
    expect(said(['client', 'server_port'], ['10.0.0.9', 22], of('server_port'))).toBe(
      'T: 10.0.0.9 used port 22 on eni-1 for the first time in 14d',
    );
    expect(said(['interface_id', 'srcaddr'], ['eni-1', '203.0.113.9'], of('srcaddr'))).toBe(
      'T: source 203.0.113.9 on eni-1 for the first time in 14d',
    );
    expect(said(['server', 'server_port'], ['10.0.0.5', 22], of('server_port'))).toBe(
      'T: port 22 at 10.0.0.5 on eni-1 for the first time in 14d',
    );
    expect(said(['interface_id', 'region'], ['eni-1', 'us-east-1'], of('region'))).toBe(
      'T: region us-east-1 on eni-1 for the first time in 14d',
    );
  });

  test('more than usual', () => {
    const condition: Condition = {
      kind: 'baseline',
      seconds: 3600,
      measure: { kind: 'sum', field: 'bytes' },
      factor: 4,
      over: 14 * 86_400,
      atLeast: 0,
      text,
    };
    const group = [['srcaddr'], ['10.0.0.9']] as const;
    expect(said(...group, condition, { value: 6_200_000_000, usual: 512_000_000.4 })).toBe(
      'T: 10.0.0.9 sent 6.2 GB within 1h on eni-1, 12.1 times the usual 512 MB',
    );
    expect(said(...group, condition, { value: 6_200_000_000, usual: 0 })).toBe(
      'T: 10.0.0.9 sent 6.2 GB within 1h on eni-1, where nothing is usual',
    );
    expect(said(...group, { ...condition, measure: { kind: 'count' } }, { value: 50, usual: 2.5 })).toBe(
      'T: 10.0.0.9 had 50 records within 1h on eni-1, 20 times the usual 2.5',
    );
  });

  test('more than usual, where little is', () => {
    const measure = { kind: 'rate', field: undefined } as const;
    const condition: Condition = {
      kind: 'baseline',
      seconds: 3600,
      measure,
      factor: 2,
      over: 86_400,
      atLeast: 0,
      text,
    };
    expect(said([], [], condition, { value: 0.011, usual: 0.005 })).toBe(
      'T: 0.011 records a second over 1h on eni-1, 2.2 times the usual 0.005',
    );
  });

  test('a sequence', () => {
    const sequel = { where: ruleOf({ id: 'x' }).where, within: 600 };
    const condition: Condition = { ...windowOf(600, 'count() >= 30'), then: sequel };
    const sample = (action: string) => ({ srcaddr: '203.0.113.9', srcport: 4444, dstaddr: '10.0.0.5', dstport: 22, protocol: 6, action }); // prettier-ignore
    expect(
      said(['srcaddr'], ['203.0.113.9'], condition, { value: 30, samples: [sample('REJECT'), sample('ACCEPT')] }),
    ).toBe('T: 203.0.113.9 had 30 records within 10m on eni-1, then 203.0.113.9:4444 → 10.0.0.5:22 tcp ACCEPT');
    expect(said([], [], condition, { value: 30 })).toBe(
      'T: 30 records within 10m on eni-1, then what the rule waits for',
    );
  });
});
