/** Rules about transit gateways, and rules about network interfaces. */
import { expect, test } from 'vitest';
import { loadRules } from '../../shared/rules/load.ts';
import { tableOfRule } from '../../shared/rules/table.ts';

const tableOf = (rule: string): string => {
  const { rules, diagnostics } = loadRules([{ name: 'a.yml', text: `rules:\n  - id: a\n${rule}` }]);
  expect(diagnostics).toEqual([]);
  return tableOfRule(rules[0]!);
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
