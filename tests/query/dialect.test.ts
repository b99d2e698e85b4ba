import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openDuckDb } from '../../shared/adapters/local/duckdb.ts';
import { addressPlace, formatAddress, FIRST_IPV6, LAST_ADDRESS, parseAddressRange } from '../../shared/flow/address.ts';
import { doubleLiteral } from '../../shared/query/dialect.ts';
import { literal } from '../../shared/query/sql.ts';

const engine = openDuckDb();
afterAll(() => engine.close());

async function valueOf(sql: string): Promise<unknown> {
  return (await engine.query(`SELECT ${sql}`)).rows[0]![0];
}

/** Any address: near the network's edges as often as anywhere. */
const place = fc.oneof(fc.bigInt({ min: 0n, max: FIRST_IPV6 - 1n }), fc.bigInt({ min: FIRST_IPV6, max: LAST_ADDRESS }));

test('an address lies in a network as the language says, at its edges too', async () => {
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 0, max: 128 }), place, async (base, length, other) => {
      const width = base < FIRST_IPV6 ? 32 : 128;
      const first = base < FIRST_IPV6 ? 0n : FIRST_IPV6;
      const bits = Math.min(length, width);
      const size = 1n << BigInt(width - bits);
      const low = base - ((base - first) % size);
      const network = `${formatAddress(low)}/${bits}`;
      expect(parseAddressRange(network)).toEqual({ low, high: low + size - 1n });
      const asked = [low - 1n, low, low + size - 1n, low + size, other].filter((at) => at >= 0n && at <= LAST_ADDRESS);
      const texts = asked.map(formatAddress);
      const answers = texts.map((text) => `contains(${literal(network)}, try_cast(${literal(text)} AS ipaddress))`);
      const { rows } = await engine.query(`SELECT ${answers.join(', ')}`);
      expect(rows[0]).toEqual(asked.map((at) => at >= low && at < low + size));
    }),
    { numRuns: 40 },
  );
});

test.each([
  ['2001:DB8:0:0::1', '2001:db8::/32'],
  ['::ffff:10.0.0.1', '::ffff:0:0/96'],
  ['::1', '::/16'],
  ['0:0:0:0:0:0:0:1', '::1/128'],
])('%s lies in %s however it is written', async (address, network) => {
  expect(addressPlace(address)).toBeDefined();
  expect(await valueOf(`contains('${network}', try_cast('${address}' AS ipaddress))`)).toBe(true);
});

test('without an address the answer is null', async () => {
  for (const network of ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/9', '10.0.0.1/32', '::/0', '2001:db8::/48']) {
    expect(await valueOf(`contains('${network}', try_cast(NULL AS ipaddress))`)).toBeNull();
  }
});

test("DuckDB's own `contains` is still there", async () => {
  expect(await valueOf(`contains('10.0.0.1', '0.0')`)).toBe(true);
  expect(await valueOf(`contains(text, part) FROM (VALUES ('a/b', 'x')) t (text, part)`)).toBe(false);
  expect(await valueOf(`contains([1, 2], 2)`)).toBe(true);
  expect(await valueOf(`contains(MAP {'a': 1}, 'a')`)).toBe(true);
  expect(await valueOf(`('sekisho').contains('kis')`)).toBe(true);
});

test('a double is read as the same double', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), async (value) => {
      expect(await valueOf(doubleLiteral(value))).toBe(value);
      expect(await valueOf(`typeof(${doubleLiteral(value)})`)).toBe('DOUBLE');
    }),
  );
});
