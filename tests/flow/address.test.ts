import * as fc from 'fast-check';
import { BlockList, isIP } from 'node:net';
import { expect, test } from 'vitest';
import {
  addressPlace,
  FIRST_IPV6,
  formatAddress,
  formatNetwork,
  parseAddressRange,
} from '../../shared/flow/address.ts';

const address = fc.oneof(fc.ipV4(), fc.ipV6());

test('what is an address, node:net agrees on', () => {
  const text = fc.oneof(
    address,
    fc.stringMatching(/^[0-9a-fA-F:.]{0,20}$/),
    address.map((text) => text.replace(/[:.]/, '')),
  );
  fc.assert(
    fc.property(text, (text) => {
      expect(addressPlace(text) !== undefined).toBe(isIP(text) !== 0);
    }),
    { numRuns: 3000 },
  );
});

test.each(['::ffff:10.0.0.1', '1:2:3:4:5:6:7.8.9.10', '::', '1::', '2001:DB8::A'])('%s is one', (text) => {
  expect(addressPlace(text)).toBeGreaterThanOrEqual(FIRST_IPV6);
});

test('an address in its shortest form is the same address', () => {
  fc.assert(
    fc.property(address, (text) => {
      const shortest = formatAddress(addressPlace(text)!);
      expect(addressPlace(shortest)).toBe(addressPlace(text));
      expect(new URL(text.includes(':') ? `http://[${text}]` : `http://${text}`).hostname.replace(/[[\]]/g, '')).toBe(
        shortest,
      );
    }),
  );
});

test('a network holds what node:net says it holds', () => {
  fc.assert(
    fc.property(address, address, fc.nat(128), (base, other, length) => {
      const family = base.includes(':') ? 'ipv6' : 'ipv4';
      const prefix = family === 'ipv4' ? length % 33 : length;
      const network = formatNetwork(`${base}/${prefix}`);
      const range = parseAddressRange(network);
      if (typeof range !== 'object') throw new Error(`${network} is ${range}`);
      const list = new BlockList();
      list.addSubnet(base, prefix, family);
      for (const text of [base, other]) {
        const place = addressPlace(text)!;
        const sameFamily = text.includes(':') === base.includes(':');
        expect(place >= range.low && place <= range.high).toBe(sameFamily && list.check(text, family));
      }
    }),
  );
});
