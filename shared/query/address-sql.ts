/** Addresses in SQL: whether one lies in ranges of the address line (see address.ts), in Athena's words. */
import { FIRST_IPV6, formatAddress, type AddressRange } from '../flow/address.ts';
import { networksOf, type Network } from './address-networks.ts';
import { literal } from './sql.ts';

/**
 * Conditions of which one is true where the address lies in one of the ranges; all are null where there is no address.
 * Ranges become the networks that they are made of, so that the answer is exact.
 *
 * @param address SQL of an address as text
 */
export function addressConditions(address: string, ranges: readonly AddressRange[]): readonly string[] {
  const networks = ranges.flatMap((range) => networksOf(range));
  const single = networks.filter(isOneIPv4);
  const several = networks.filter((network) => !isOneIPv4(network));
  const ipv4 = several.filter(({ low }) => low < FIRST_IPV6);
  const conditions: string[] = [];
  if (single.length > 0) {
    // flow logs print IPv4 addresses in one form only
    const texts = single.map(({ low }) => literal(formatAddress(low)));
    conditions.push(texts.length === 1 ? `${address} = ${texts[0]}` : `${address} IN (${texts.join(', ')})`);
  }
  if (ipv4.length > MANY) conditions.push(...byOctets(address, ipv4));
  for (const network of several) {
    if (ipv4.length <= MANY || network.low >= FIRST_IPV6) conditions.push(inNetwork(address, network));
  }
  return conditions;
}

/** More IPv4 networks than an engine should be asked for one by one. */
const MANY = 32;

function isOneIPv4({ low, bits }: Network): boolean {
  return low < FIRST_IPV6 && bits === 32;
}

/** Whether an address begins with the octets of one of many IPv4 networks: one look-up for each number of octets. */
function byOctets(address: string, networks: readonly Network[]): readonly string[] {
  const beginnings = new Map<number, Set<string>>();
  for (const { low, bits } of networks) {
    const octets = Math.ceil(bits / 8);
    const known = beginnings.get(octets) ?? new Set();
    beginnings.set(octets, known);
    const step = 1n << BigInt(32 - octets * 8);
    for (let at = low; at < low + (1n << BigInt(32 - bits)); at += step) {
      known.add(formatAddress(at).split('.').slice(0, octets).map((octet) => `${octet}.`).join('')); // prettier-ignore
    }
  }
  return [...beginnings].map(([octets, texts]) => {
    if (octets === 0) return `strpos(${address}, ':') = 0`;
    const own = octets === 4 ? address : `coalesce(regexp_extract(${address}, '^([0-9]+[.]){${octets}}'), '')`;
    const literals = Array.from(texts, (text) => literal(octets === 4 ? text.slice(0, -1) : text));
    return `CASE WHEN ${address} IS NOT NULL THEN ${own} IN (${literals.join(', ')}) END`;
  });
}

/** Trino keeps an IPv4 address as the IPv6 address that maps it: `::ffff:0:0/96`. */
const MAPPED = { low: FIRST_IPV6 + 0xffff_0000_0000n, high: FIRST_IPV6 + 0xffff_ffff_ffffn };

function inNetwork(address: string, { low, bits }: Network): string {
  const isInside = `contains(${literal(`${formatAddress(low)}/${bits}`)}, try_cast(${address} AS ipaddress))`;
  const high = low + (1n << BigInt((low < FIRST_IPV6 ? 32 : 128) - bits)) - 1n;
  const meetsIPv4 = low <= MAPPED.high && high >= MAPPED.low;
  return meetsIPv4 ? `(strpos(${address}, ':') > 0 AND ${isInside})` : isInside;
}
