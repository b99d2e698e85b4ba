import { expect, test } from 'vitest';
import { summarise, type Found } from '../../shared/alerts/summary.ts';
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
    'T: 9 records within 10m with no srcaddr protocol 6 on eni-1',
    found(['srcaddr', 'protocol'], [null, 6], 'count() > 5', 9),
  ],
  ['T: 9 packets within 10m on eni-1', found([], [], 'sum(packets) > 5', 9)],
  ['T: 1 record on eni-1', found(['interface_id'], ['eni-1'], undefined, 1)],
  ['T: 198.51.100.7 had 2 records so far on eni-1', found(['srcaddr'], ['198.51.100.7'], undefined, 2)],
])('%s', (sentence, parts) => {
  expect(summarise(parts)).toBe(sentence);
});

test('many interfaces are counted, not listed', () => {
  const parts = found(['srcaddr'], ['203.0.113.9'], 'distinct(interface_id) >= 3', 2000);
  const interfaces = Array.from({ length: 2000 }, (_, number) => `eni-${number}`);
  expect(summarise({ ...parts, interfaces })).toBe(
    'T: 203.0.113.9 tried 2,000 interfaces within 10m on eni-0, eni-1, eni-2 and 1,997 more',
  );
});
