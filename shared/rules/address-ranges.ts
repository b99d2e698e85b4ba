/** Ranges of addresses that no rule tells apart: how they are kept, and how an address finds its own. */
import { FIRST_IPV6 } from '../flow/address.ts';
import type { AddressTable } from '../flow/columns.ts';

/** Ranges of addresses, in any address field, by where they start. */
export interface AddressStarts {
  /** IPv4, ascending; the first is 0. */
  readonly ipv4: Uint32Array;
  /**
   * By the upper 16 bits of an address: the last start that is not above the first address with them.
   * Where many starts follow, `~block` instead.
   */
  readonly index: Int32Array;
  /** In blocks of 257, by the 8 bits that follow those: as `index`, and where the next block would go on. */
  readonly blocks: Uint32Array;
  /** IPv6, ascending, four 32-bit words each; the first is `::`. They are numbered on from the IPv4 ranges. */
  readonly ipv6: Uint32Array;
}

/** More starts than this among addresses with the same upper 16 bits make a block. */
const MAX_STARTS = 16;

/** Lays out ranges by their starts on the address line, which ascend and begin with those of both families. */
export function planAddresses(places: readonly bigint[]): AddressStarts {
  const ipv4 = Uint32Array.from(
    places.filter((place) => place < FIRST_IPV6),
    Number,
  );
  const ipv6 = places.slice(ipv4.length).map((place) => place - FIRST_IPV6);
  const words = ipv6.flatMap((place) => [96n, 64n, 32n, 0n].map((shift) => Number((place >> shift) & 0xffff_ffffn)));
  return layOutAddresses(ipv4, Uint32Array.from(words));
}

/** The same, the starts of each family as {@link AddressStarts} has them. */
export function layOutAddresses(ipv4: Uint32Array, ipv6: Uint32Array): AddressStarts {
  const index = new Int32Array(65_536);
  const blocks: number[] = [];
  for (let upper = 0, at = 0; upper < 65_536;) {
    at = lastStart(ipv4, at, upper * 65_536);
    const next = ipv4[at + 1];
    // most upper bits have no start among them: all up to the next start go to the same one, filled in at once
    const end = next === undefined ? 65_536 : Math.max(upper + 1, Math.min(next >>> 16, 65_536));
    index.fill(at, upper, end);
    const crowded = ipv4[at + MAX_STARTS + 1];
    if (crowded !== undefined && crowded < (upper + 1) * 65_536) {
      index[upper] = ~blocks.length;
      for (let block = 0; block <= 256; block++) {
        at = lastStart(ipv4, at, upper * 65_536 + block * 256);
        blocks.push(at);
      }
    }
    upper = end;
  }
  return { ipv4, index, blocks: Uint32Array.from(blocks), ipv6 };
}

/** The last of the starts, from number `at` on, that is not above `address`. */
function lastStart(starts: Uint32Array, at: number, address: number): number {
  let last = at;
  while (last + 1 < starts.length && starts[last + 1]! <= address) last++;
  return last;
}

/** The range of each address of a table; `out` takes one a code, that of code 0 means nothing. */
export function rangesOfTable(starts: AddressStarts, table: AddressTable, out: Int32Array): void {
  for (let code = 1; code < table.families.length; code++) out[code] = rangeOfAddress(starts, table, code);
}

/** The range of one address of a table. */
export function rangeOfAddress(starts: AddressStarts, { families, words }: AddressTable, code: number): number {
  const at = code * 4;
  return families[code] === 4 ? rangeOfIpv4(starts, words[at + 3]!) : rangeOfIpv6(starts, words, at);
}

function rangeOfIpv4({ ipv4, index, blocks }: AddressStarts, address: number): number {
  const entry = index[address >>> 16]!;
  if (entry < 0) {
    const at = ~entry + ((address >>> 8) & 255);
    return seekInBlock(ipv4, address, blocks[at]!, blocks[at + 1]!);
  }
  let low = entry;
  let high = Math.min(low + MAX_STARTS, ipv4.length - 1);
  // most addresses lie in ranges far larger than what their upper bits leave open
  if (low === high || ipv4[low + 1]! > address) return low;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (ipv4[middle]! <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Without a branch, as which way the search goes can't be foretold: all starts but the first are near the address. */
function seekInBlock(ipv4: Uint32Array, address: number, first: number, last: number): number {
  let low = first;
  let size = last - first;
  while (size > 0) {
    const half = (size + 1) >>> 1;
    const isAbove = (address - ipv4[low + half]!) >> 31;
    low += half & ~isAbove;
    size -= half;
  }
  return low;
}

function rangeOfIpv6({ ipv4, ipv6 }: AddressStarts, words: Uint32Array, at: number): number {
  let low = 0;
  let high = ipv6.length / 4 - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isAtMost(ipv6, middle * 4, words, at)) low = middle;
    else high = middle - 1;
  }
  return ipv4.length + low;
}

function isAtMost(starts: Uint32Array, start: number, words: Uint32Array, at: number): boolean {
  for (let i = 0; i < 4; i++) {
    if (starts[start + i]! !== words[at + i]!) return starts[start + i]! < words[at + i]!;
  }
  return true;
}
