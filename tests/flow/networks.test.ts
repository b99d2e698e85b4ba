import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressTableBuilder } from '../../shared/flow/address.ts';
import { addressTest, networkTest } from '../../shared/flow/networks.ts';

const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
const ipv6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }));

function holds(networks: readonly string[], address: string): boolean {
  const table = new AddressTableBuilder();
  table.read(Buffer.from(address), 0, address.length);
  table.add(1);
  return networkTest(networks)(table.table(2), 1);
}

test('a network holds the addresses that its prefix says', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(ipv4, ipv6), { maxLength: 4 }),
      fc.oneof(fc.ipV4(), fc.ipV6()),
      (networks, address) => {
        const familyOf = (text: string): 'ipv4' | 'ipv6' => (text.includes(':') ? 'ipv6' : 'ipv4');
        const family = familyOf(address);
        const known = new BlockList();
        // node also finds IPv4 addresses in IPv6 networks, as mapped ones
        for (const [start, bits] of networks) if (familyOf(start) === family) known.addSubnet(start, bits, family);
        const written = networks.map(([start, bits]) => `${start}/${bits}`);
        expect(holds(written, address)).toBe(known.check(address, family));
        expect(addressTest(written)(address)).toBe(known.check(address, family));
      },
    ),
    { numRuns: 500 },
  );
});

test('what is no address lies in no network', () => {
  expect(['', '-', 'eni-1', '10.0.0'].filter(addressTest(['0.0.0.0/0', '::/0']))).toEqual([]);
});

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'x/8'])('%s is no network', (text) => {
  expect(() => networkTest([text])).toThrow('is no network');
});
