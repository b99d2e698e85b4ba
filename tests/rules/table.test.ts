/** Rules about transit gateways, and rules about network interfaces. */
import { expect, test } from 'vitest';
import { loadRules } from '../../shared/rules/load.ts';
import { tableOfRule } from '../../shared/rules/table.ts';

const tableOf = (rule: string): string => {
  const { rules, diagnostics } = loadRules([{ name: 'a.yml', text: `rules:\n  - id: a\n${rule}` }]);
  expect(diagnostics).toEqual([]);
  return tableOfRule(rules[0]!);
};

/** Every error of a rule, `CODE underlined text`. */
const errorsOf = (rule: string): readonly string[] => {
  const text = `rules:\n  - id: a\n${rule}`;
  return loadRules([{ name: 'a.yml', text }]).diagnostics.map(({ code, line, column, endColumn }) => {
    return `${code} ${text.split('\n')[line - 1]!.slice(column - 1, endColumn - 1)}`;
  });
};

test.each([
  ['    where: dstport = 22', 'vpc'],
  ['    where: log_status = SKIPDATA and region = us-east-1', 'vpc'],
  ['    where: packets_lost_blackhole > 0', 'tgw'],
  ['    where: not (dstport = 22 or not tgw_id = tgw-1)', 'tgw'],
  ['    where: dstport = 22\n    except: tgw_id = tgw-1', 'tgw'],
  ['    where: dstport = 22\n    by: [tgw_attachment_id]', 'tgw'],
  ['    where: dstport = 22\n    by: [srcaddr]\n    window: 5m\n    when: distinct(tgw_dst_vpc_id) > 3', 'tgw'],
])('%j is about %s', (rule, table) => {
  expect(tableOf(rule)).toBe(table);
});

test.each([
  ['    where: tgw-id = tgw-1 and action = REJECT', ['E313 action']],
  ['    where: tgw_id = tgw-1 or not has(vpc-id)', ['E313 has(vpc-id)']],
  ['    where: action = REJECT and vpc_id = vpc-1\n    except: tgw_id = tgw-1', ['E313 action', 'E313 vpc_id']],
  ['    where: tgw_id = tgw-1\n    by: [srcaddr, interface-id]', ['E313 interface-id']],
  ['    where: tgw_id = tgw-1\n    by: action', ['E313 action']],
  ['    where: tgw_id = tgw-1\n    window: 5m\n    when: distinct(subnet_id) > 3', ['E313 distinct(subnet_id) > 3']],
  ['    where: tgw_id = tgw-1\n    when: new action over 5d', ['E313 new action over 5d']],
  [
    '    where: tgw_id = tgw-1\n    window: 5m\n    when: count() > 3\n    then: action = ACCEPT\n    within: 5m',
    ['E313 action'],
  ],
  ['    where: tgw_id = tgw-1\n    except: interface_id like eni-*', ['W103 interface_id']],
])('fields of interfaces are told in a rule about transit gateways: %j', (rule, expected) => {
  expect(errorsOf(rule)).toEqual(expected);
});

test('a rule about transit gateways groups by attachment where it does not say', () => {
  const text = `rules:
  - { id: a, where: tgw_id = tgw-1 }
  - { id: b, where: protocol = tcp, window: 5m, when: sum(packets_lost_no_route) > 5 }
  - { id: c, where: tgw_id = tgw-1, when: new srcaddr over 5d }
  - { id: d, where: tgw_id = tgw-1, by: tgw_id }`;
  const { rules, diagnostics } = loadRules([{ name: 'a.yml', text }]);
  expect(diagnostics).toEqual([]);
  expect(rules.map(({ by }) => by.join())).toEqual([
    'tgw_attachment_id',
    'tgw_attachment_id',
    'tgw_attachment_id,srcaddr',
    'tgw_id',
  ]);
});
