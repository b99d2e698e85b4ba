/**
 * Addresses as places on one line, IPv4 first: 0 to 2^32 - 1, then IPv6 from 2^32 on.
 * So a network is a range whatever its family, and no address is in a network of the other family.
 * (An IPv4-mapped IPv6 address is an IPv6 address: flow logs print IPv4 as IPv4.)
 */

import type { AddressTable } from './columns.ts';

/** The first place of IPv6. */
export const FIRST_IPV6 = 1n << 32n;

/** The last place of the line. */
export const LAST_ADDRESS = FIRST_IPV6 + (1n << 128n) - 1n;

/** Places from `low` to `high`, both included. */
export interface AddressRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** What a text turned out to be, where it is no address, network or range. */
export type AddressProblem =
  'not-an-address' | 'prefix-too-long' | 'bits-beyond-prefix' | 'reversed' | 'mixed-families';

const words = new Uint32Array(4);

/** An address's place on the line; undefined for a text that is none. */
export function addressPlace(text: string): bigint | undefined {
  switch (parseAddress(text, words)) {
    case 4:
      return BigInt(words[3]!);
    case 6:
      return FIRST_IPV6 + placeOfWords(words);
    case 0:
      return undefined;
  }
}

/** Reads `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9` and the same in IPv6. */
export function parseAddressRange(text: string): AddressRange | AddressProblem {
  const slash = text.indexOf('/');
  if (slash !== -1) return parseNetwork(text.slice(0, slash), text.slice(slash + 1));
  const dash = text.indexOf('-');
  const low = addressPlace(dash === -1 ? text : text.slice(0, dash));
  const high = dash === -1 ? low : addressPlace(text.slice(dash + 1));
  if (low === undefined || high === undefined) return 'not-an-address';
  if (low < FIRST_IPV6 !== high < FIRST_IPV6) return 'mixed-families';
  return low > high ? 'reversed' : { low, high };
}

/** The network a text like `10.1.2.3/8` lies in, ignoring bits beyond the prefix; the text must be a network. */
export function formatNetwork(text: string): string {
  const [address, prefix] = text.split('/') as [string, string];
  const family = parseAddress(address, words);
  const bits = Number(prefix);
  for (let i = 0; i < 4; i++) {
    const kept = Math.min(32, Math.max(0, bits - (family === 4 ? 0 : 32 * i)));
    if (family === 6 || i === 3) words[i] = kept === 0 ? 0 : words[i]! & (-1 << (32 - kept));
  }
  return `${family === 4 ? formatIPv4(words[3]!) : formatIPv6(words)}/${bits}`;
}

/** An address as text, from its place on the line. */
export function formatAddress(place: bigint): string {
  if (place < FIRST_IPV6) return formatIPv4(Number(place));
  const offset = place - FIRST_IPV6;
  return formatIPv6(Uint32Array.from([96n, 64n, 32n, 0n], (shift) => Number((offset >> shift) & 0xffff_ffffn)));
}

function parseNetwork(address: string, prefix: string): AddressRange | AddressProblem {
  const place = addressPlace(address);
  if (place === undefined || !/^\d{1,3}$/.test(prefix)) return 'not-an-address';
  const bits = place < FIRST_IPV6 ? 32 : 128;
  if (Number(prefix) > bits) return 'prefix-too-long';
  const size = 1n << BigInt(bits - Number(prefix));
  const offset = place < FIRST_IPV6 ? place : place - FIRST_IPV6;
  return offset % size === 0n ? { low: place, high: place + size - 1n } : 'bits-beyond-prefix';
}

/** Longer than any address. */
const scratch = new Uint8Array(64);

/** Reads an address into four 32-bit words (IPv4 into the last). Returns its family, 0 for a text that is no address. */
export function parseAddress(text: string, out: Uint32Array): 0 | 4 | 6 {
  const { length } = text;
  if (length > scratch.length) return 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return 0;
    scratch[i] = code;
  }
  return parseAddressBytes(scratch, 0, length, out);
}

/**
 * Reads the address at `bytes[from, to)`, as {@link parseAddress} does, without allocating: it runs once for every
 * distinct address of a batch.
 */
function parseAddressBytes(bytes: Uint8Array, from: number, to: number, out: Uint32Array): 0 | 4 | 6 {
  if (!parseIPv4(bytes, from, to, out)) return parseIPv6(bytes, from, to, out) ? 6 : 0;
  out[0] = 0;
  out[1] = 0;
  out[2] = 0;
  return 4;
}

const DOT = 46;
const ZERO = 48;
const COLON = 58;

/** Reads an IPv4 address into the last word; false where it is none (leading zeros included). */
function parseIPv4(bytes: Uint8Array, from: number, to: number, out: Uint32Array): boolean {
  // 32-bit arithmetic throughout: a number beyond 2^31 would make the loop one over floats
  let place = 0;
  let octet = -1;
  let dots = 0;
  for (let i = from; i < to; i++) {
    const code = bytes[i]!;
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return false;
      place = (place << 8) | octet;
      octet = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || octet === 0) return false;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return false;
    }
  }
  out[3] = (place << 8) | octet;
  return dots === 3 && octet >= 0;
}

const groups = new Uint16Array(8);

function parseIPv6(bytes: Uint8Array, from: number, to: number, out: Uint32Array): boolean {
  let count = 0;
  let gap = -1;
  let i = from;
  if (to - from >= 2 && bytes[i] === COLON) {
    if (bytes[i + 1] !== COLON) return false;
    gap = 0;
    i += 2;
  }
  while (i < to) {
    let group = 0;
    const start = i;
    for (; i < to; i++) {
      const digit = hexDigit(bytes[i]!);
      if (digit < 0) break;
      group = group * 16 + digit;
      if (i - start > 3) return false;
    }
    if (i < to && bytes[i] === DOT) {
      if (count > 6 || !parseIPv4(bytes, start, to, out)) return false;
      groups[count++] = out[3]! >>> 16;
      groups[count++] = out[3]! & 0xffff;
      break;
    }
    if (i === start || count === 8) return false;
    groups[count++] = group;
    if (i === to) break;
    if (bytes[i] !== COLON) return false;
    i++;
    if (i < to && bytes[i] === COLON) {
      if (gap !== -1) return false;
      gap = count;
      i++;
    } else if (i === to) return false;
  }
  if (gap === -1 ? count !== 8 : count > 7) return false;
  const zeros = gap === -1 ? 0 : 8 - count;
  for (let word = 0; word < 4; word++) {
    out[word] = ((groupAt(2 * word, gap, zeros) << 16) | groupAt(2 * word + 1, gap, zeros)) >>> 0;
  }
  return true;
}

function groupAt(index: number, gap: number, zeros: number): number {
  if (gap === -1 || index < gap) return groups[index]!;
  return index < gap + zeros ? 0 : groups[index - zeros]!;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= 57) return code - ZERO;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function placeOfWords(four: Uint32Array): bigint {
  return (BigInt(four[0]!) << 96n) | (BigInt(four[1]!) << 64n) | (BigInt(four[2]!) << 32n) | BigInt(four[3]!);
}

function formatIPv4(place: number): string {
  return [place >>> 24, (place >>> 16) & 255, (place >>> 8) & 255, place & 255].join('.');
}

/** RFC 5952: lower case, the longest run of zero groups (two at least) as `::`. */
function formatIPv6(four: Uint32Array): string {
  const hex = [...four].flatMap((word) => [word >>> 16, word & 0xffff]).map((group) => group.toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (hex[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/** Addresses by code, in the order in which codes are given. */
export class AddressTableBuilder {
  #families = new Uint8Array(32);
  #words = new Uint32Array(128);
  readonly #next = new Uint32Array(4);
  #family: 0 | 4 | 6 = 0;

  /** Reads the address at `bytes[from, to)` and holds it for {@link add}; false where it is none. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    this.#family = parseAddressBytes(bytes, from, to, this.#next);
    return this.#family !== 0;
  }

  /** Gives the address read last to a code. */
  add(code: number): void {
    if (code >= this.#families.length) {
      const families = new Uint8Array(code * 2);
      const words = new Uint32Array(code * 8);
      families.set(this.#families);
      words.set(this.#words);
      this.#families = families;
      this.#words = words;
    }
    this.#families[code] = this.#family;
    const at = code * 4;
    for (let i = 0; i < 4; i++) this.#words[at + i] = this.#next[i]!;
  }

  /** A copy of the first `count` codes' addresses. */
  table(count: number): AddressTable {
    return { families: this.#families.slice(0, count), words: this.#words.slice(0, count * 4) };
  }
}
