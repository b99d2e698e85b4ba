/** Lists of the length that threat feeds have. */
import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { createRandom } from '../../bench/traffic/random.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { readListText } from '../../shared/rules/list-text.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { columnBatch } from '../support/batches.ts';

const random = createRandom('long lists');
const octet = (): number => random.between(0, 255);
const group = (): string => random.between(0, 65_535).toString(16);

const ipv4 = Array.from({ length: 60_000 }, () => `${octet()}.${octet()}.${octet()}.0/24`);
const ipv6 = Array.from({ length: 40_000 }, () => `2001:db8:${group()}:${group()}::/64`);

const RULES = `rules:
  - id: in
    where: srcaddr in @bad
    by: srcaddr
  - id: not-in
    where: srcaddr not in @bad and dstaddr not in @bad
    by: srcaddr
`;

test('a hundred thousand networks of both families find what lies in them, and nothing else', () => {
  const list = readListText({ name: 'bad.txt', text: [...ipv4, ...ipv6].join('\n') }, undefined);
  if (list.kind === 'none') throw new Error(list.reason);
  const known = new BlockList();
  for (const network of list.entries) {
    const [address, bits] = network.split('/') as [string, string];
    known.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  const inside = [...ipv4.slice(0, 50), ...ipv6.slice(0, 50)].map((network) => network.replace(/0?\/.*/, '7'));
  const anywhere = Array.from({ length: 100 }, (_, index) => {
    return index % 2 === 0 ? `${octet()}.${octet()}.${octet()}.7` : `2001:db8:${group()}:${group()}::7`;
  });
  const addresses = [...inside, ...anywhere];
  const records = addresses.map((srcaddr) => ({ fields: { srcaddr, dstaddr: 'fe80::1', start: 1_794_877_920 } }));
  const bad = (address: string): boolean => known.check(address, address.includes(':') ? 'ipv6' : 'ipv4');

  const loaded = loadRules([{ name: 'rules.yml', text: RULES }], {
    lists: { bad: list.entries },
    outside: new Set(['bad']),
  });
  expect(loaded.diagnostics).toEqual([]);
  const found = evaluateRules(compileRules(loaded.rules), columnBatch('srcaddr dstaddr start', records));
  const byRule = Object.fromEntries(
    found.map(({ rule, rows }) => [rule.id, Array.from(rows, (row) => addresses[row]!)]),
  );
  expect(byRule).toEqual({
    in: addresses.filter(bad),
    'not-in': addresses.filter((address) => !bad(address)),
  });
  expect(byRule['in']!.length).toBeGreaterThanOrEqual(inside.length);
});
