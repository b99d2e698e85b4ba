/** The networks that a range of addresses is made of. */
import { FIRST_IPV6, type AddressRange } from '../flow/address.ts';

/** A network: its first address on the address line (see address.ts), and the length of its prefix. */
export interface Network {
  readonly low: bigint;
  readonly bits: number;
}

/**
 * The largest networks that make up a range.
 *
 * @param step what prefix lengths are multiples of: 1, 2, 4 …
 */
export function networksOf({ low, high }: AddressRange, step = 1): readonly Network[] {
  // the range 0.0.0.0 to the last IPv6 address is two families
  if (low < FIRST_IPV6 && high >= FIRST_IPV6) {
    return [...networksOf({ low, high: FIRST_IPV6 - 1n }, step), ...networksOf({ low: FIRST_IPV6, high }, step)];
  }
  const first = low < FIRST_IPV6 ? 0n : FIRST_IPV6;
  const length = low < FIRST_IPV6 ? 32 : 128;
  const networks: Network[] = [];
  for (let at = low - first; at <= high - first;) {
    let bits = length;
    const size = (shorter: number): bigint => 1n << BigInt(length - shorter);
    while (bits > 0 && at % size(bits - step) === 0n && at + size(bits - step) - 1n <= high - first) bits -= step;
    networks.push({ low: at + first, bits });
    at += size(bits);
  }
  return networks;
}

/**
 * A range as the hexadecimal digits that its addresses begin with, behind `4` or `6` for their family: `4c0a801` is
 * 192.168.1.0/28. A network whose prefix ends within a digit is up to eight of them.
 */
export function networkDigits(range: AddressRange): readonly string[] {
  return networksOf(range, 4).map(({ low, bits }) => {
    const isIPv4 = low < FIRST_IPV6;
    const digits = (isIPv4 ? low : low - FIRST_IPV6).toString(16).padStart(isIPv4 ? 8 : 32, '0');
    return `${isIPv4 ? '4' : '6'}${digits.slice(0, bits / 4)}`;
  });
}
