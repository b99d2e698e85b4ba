/**
 * Which addresses are the owner's own although the configured networks do not hold them. Addresses in a VPC are public
 * in IPv6, and whoever does not name them has them taken for the internet's.
 *
 * A record says which of its ends is its interface's own where it says which way traffic went: the source of what
 * leaves, the destination of what comes in (AWS, "Flow log records": `srcaddr`, `dstaddr`). Where it does not say, the
 * own address is the one that all records of an interface have in common.
 */
import { formatNetwork } from './address.ts';
import type { AddressTable, Column, ColumnBatch, TextColumn } from './columns.ts';
import type { NetworkTest } from './networks.ts';

/** What {@link OwnAddresses} has found out. */
export interface StrangeAddresses {
  /** Own addresses outside the networks, the first {@link MOST_ADDRESSES}. */
  readonly own: ReadonlySet<string>;
  /** Records with both ends outside of which nobody can say which end is the own one. */
  readonly untold: number;
  /** The ends of one of those. */
  readonly example: readonly [string, string] | undefined;
}

/** More of them are no news. */
const MOST_ADDRESSES = 1000;

/** Who has so many records, to and from so many others, has the one address in all of them. */
const ENOUGH_RECORDS = 10;
const ENOUGH_PEERS = 3;

/** After so many records of an interface no other tells more. */
const LOOKED_AT = 1000;

const UNASKED = 0;
const INSIDE = 1;
const OUTSIDE = 2;
const UNKNOWN = 0;
const SOURCE = 1;
const DESTINATION = 2;

/** Looks for own addresses outside the networks, batch by batch. */
export class OwnAddresses {
  readonly #isInside: NetworkTest;
  readonly #own = new Set<string>();
  /** By address family and interface. */
  readonly #interfaces = new Map<string, Ends>();

  /** `isInside` tells of an address that nobody takes for the internet's. */
  constructor(isInside: NetworkTest) {
    this.#isInside = isInside;
  }

  /** Looks at the records of a batch: two array reads a record, and more only where an end lies outside. */
  add({ table, columns, length, direction }: ColumnBatch): void {
    const [source, destination] = [textsOf(columns.get('srcaddr')), textsOf(columns.get('dstaddr'))];
    if (table !== 'vpc' || source?.addresses === undefined || destination === undefined) return;
    const { dictionary, addresses } = source;
    const isOutside = this.#outside(addresses, dictionary.length);
    const ownEnd = ownEnds(textsOf(columns.get('flow_direction')));
    const places = textsOf(columns.get('interface_id'));
    const told = new Uint8Array(dictionary.length);
    const met: Ends[] = [];
    for (let row = 0; row < length; row++) {
      const from: number = source.codes[row]!;
      const to: number = destination.codes[row]!;
      const end = ownEnd(row);
      if (end === UNKNOWN) {
        // a direction that the record does not say was told by one end in the networks
        if (direction[row] !== 0 || !isOutside(from) || !isOutside(to)) continue;
        const place = places?.codes[row] ?? 0;
        const family = addresses.families[from]!;
        const ends = (met[place * 2 + (family === 6 ? 1 : 0)] ??= this.#endsOf(
          places?.dictionary[place] ?? '',
          family,
        ));
        ends.add(dictionary[from]!, dictionary[to]!);
      } else {
        const own = end === SOURCE ? from : to;
        if (told[own] !== 0 || !isOutside(own)) continue;
        told[own] = 1;
        if (this.#own.size < MOST_ADDRESSES) this.#own.add(dictionary[own]!);
      }
    }
  }

  /** What is known now. */
  result(): StrangeAddresses {
    const ends = [...this.#interfaces.values()];
    const own = new Set([...this.#own, ...ends.flatMap((each) => each.own ?? [])]);
    // an interface may have more addresses than one: those that others tell need not be asked about
    const untold = ends.filter((each) => each.own === undefined && !each.first.some((address) => own.has(address)));
    return {
      own,
      untold: untold.reduce((sum, { records }) => sum + records, 0),
      example: untold[0]?.first,
    };
  }

  /** Whether an address lies outside: worked out once a batch for each. */
  #outside(addresses: AddressTable, codes: number): (code: number) => boolean {
    const known = new Uint8Array(codes);
    known[0] = INSIDE;
    return (code) => {
      if (known[code] === UNASKED) known[code] = this.#isInside(addresses, code) ? INSIDE : OUTSIDE;
      return known[code] === OUTSIDE;
    };
  }

  #endsOf(place: string, family: number): Ends {
    const key = `${family} ${place}`;
    let ends = this.#interfaces.get(key);
    if (ends === undefined) this.#interfaces.set(key, (ends = new Ends()));
    return ends;
  }
}

/** What the records of one interface, of one address family, have in common. */
class Ends {
  records = 0;
  /** The ends of the first record. */
  first: readonly [string, string] = ['', ''];
  #common: readonly string[] = [];
  readonly #peers = new Set<string>();

  /** Looks at one more record. */
  add(from: string, to: string): void {
    this.records++;
    if (this.records > LOOKED_AT) return;
    if (this.records === 1) {
      this.first = [from, to];
      this.#common = this.first;
      return;
    }
    this.#common = this.#common.filter((address) => address === from || address === to);
    const [own] = this.#common;
    if (this.#common.length === 1 && this.#peers.size < ENOUGH_PEERS) this.#peers.add(own === from ? to : from);
  }

  /** The interface's own address, where that is certain. */
  get own(): string | undefined {
    if (this.#common.length !== 1 || this.records < ENOUGH_RECORDS) return undefined;
    return this.#peers.size < ENOUGH_PEERS ? undefined : this.#common[0];
  }
}

function textsOf(column: Column | undefined): TextColumn | undefined {
  return column?.kind === 'text' ? column : undefined;
}

/** Which end of a record is its interface's own, where the record says so. */
function ownEnds(direction: TextColumn | undefined): (row: number) => number {
  if (direction === undefined) return () => UNKNOWN;
  const ends = direction.dictionary.map((text) =>
    text === 'egress' ? SOURCE : text === 'ingress' ? DESTINATION : UNKNOWN,
  );
  return (row) => ends[direction.codes[row]!]!;
}

/**
 * The networks that addresses are likely to be of: a VPC has an IPv6 /56, a subnet a /64 of it (AWS, "VPC CIDR blocks").
 * Addresses of one subnet tell of that only; IPv4 addresses only of themselves.
 */
export function likelyNetworks(addresses: Iterable<string>): readonly string[] {
  const vpcs = new Map<string, Set<string>>();
  for (const address of addresses) {
    const [vpc, subnet] = address.includes(':')
      ? [formatNetwork(`${address}/56`), formatNetwork(`${address}/64`)]
      : [address, address];
    vpcs.set(vpc, (vpcs.get(vpc) ?? new Set()).add(subnet));
  }
  return [...vpcs].flatMap(([vpc, subnets]) => (subnets.size > 1 ? vpc : [...subnets])).sort();
}
