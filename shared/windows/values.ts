/**
 * Values of fields by code. Most of what the internet's noise brings is addresses and ports: a port is its own code,
 * and an IPv4 address is kept as a number, as a text of its own for each would be most of the memory that windows take.
 */
import { formatAddress, parseAddress } from '../flow/address.ts';
import type { FieldValue } from '../flow/columns.ts';
import { NONE, Pairs } from './pairs.ts';

/** What a code's two lowest bits say of the others; null's code is 0. */
const OTHER = 0;
const ADDRESS = 1;
const INTEGER = 2;
const KIND = 3;

/** Integers up to here are their own codes. */
const LARGEST = 2 ** 29 - 1;
const KIND_ON_TOP = LARGEST + 1;

const words = new Uint32Array(4);

/** The distinct values of contributions. Codes are ≥ 0, and 0 is null's. */
export class Values {
  /** IPv4 addresses as (0, 32 bits), so that a table of pairs finds them. */
  readonly #addresses: Pairs;
  /** Everything else, null first. */
  readonly #others: FieldValue[];
  readonly #codes: Map<FieldValue, number>;

  constructor(addresses: Int32Array = new Int32Array(0), others: readonly FieldValue[] = [null]) {
    this.#addresses = new Pairs(new Int32Array(addresses.length), addresses);
    this.#others = [...others];
    this.#codes = new Map(others.map((value, index) => [value, index]));
  }

  /** The IPv4 addresses, 32 bits each, to be stored. */
  get addresses(): Int32Array {
    return this.#addresses.seconds;
  }

  /** The values that are neither IPv4 addresses nor small integers, to be stored. */
  get others(): readonly FieldValue[] {
    return this.#others;
  }

  /** The value's code, a new one where it has none yet. */
  code(value: FieldValue): number {
    if (isSmall(value)) return integerCode(value);
    if (isIPv4(value)) return this.addressCode(words[3]!);
    let index = this.#codes.get(value);
    if (index === undefined) {
      index = this.#others.push(value) - 1;
      this.#codes.set(value, index);
    }
    return index * 4 + OTHER;
  }

  /** The code of an IPv4 address, given as its 32 bits. */
  addressCode(bits: number): number {
    return this.#addresses.code(0, bits | 0) * 4 + ADDRESS;
  }

  /** The code of an integer ≥ 0. */
  integerCode(value: number): number {
    return value <= LARGEST ? integerCode(value) : this.code(value);
  }

  /** The value of a code. */
  at(code: number): FieldValue {
    switch (code & KIND) {
      case ADDRESS:
        return formatAddress(BigInt(this.#addresses.second(code >>> 2) >>> 0));
      case INTEGER:
        return code >>> 2;
      default:
        return this.#others[code >>> 2]!;
    }
  }

  /**
   * Makes a function that turns codes of these values into those of others; where `to` has no code for a value it gets
   * a new one if it `grows`, else the answer is {@link NONE}.
   */
  translateTo(to: Values, grows: boolean): (code: number) => number {
    const others = new Int32Array(this.#others.length).fill(NONE);
    const addresses = new Int32Array(this.#addresses.length).fill(NONE);
    return (code) => {
      if ((code & KIND) === INTEGER) return code;
      const index = code >>> 2;
      if ((code & KIND) === ADDRESS) {
        if (addresses[index] === NONE) {
          const bits = this.#addresses.second(index);
          addresses[index] = grows ? to.addressCode(bits) : codeOrNone(to.#addresses.find(0, bits), ADDRESS);
        }
        return addresses[index]!;
      }
      if (others[index] === NONE)
        others[index] = grows ? to.code(this.#others[index]!) : to.#find(this.#others[index]!);
      return others[index]!;
    };
  }

  #find(other: FieldValue): number {
    return codeOrNone(this.#codes.get(other) ?? NONE, OTHER);
  }
}

function codeOrNone(index: number, kind: number): number {
  return index === NONE ? NONE : index * 4 + kind;
}

function isSmall(value: FieldValue): value is number {
  return typeof value === 'number' && value >= 0 && value <= LARGEST;
}

function integerCode(value: number): number {
  return value * 4 + INTEGER;
}

/** The integer of a small one's code; undefined for any other code. */
export function integerOfCode(code: number): number | undefined {
  return (code & KIND) === INTEGER ? code >>> 2 : undefined;
}

/** Codes with what says their kind on top, so that codes of one kind lie close together. */
export function kindsOnTop(codes: Int32Array): Int32Array {
  return codes.map((code) => (code & KIND) * KIND_ON_TOP + (code >>> 2));
}

/** The codes that {@link kindsOnTop} had. */
export function kindsBelow(codes: Int32Array): Int32Array {
  return codes.map((code) => (code % KIND_ON_TOP) * 4 + Math.floor(code / KIND_ON_TOP));
}

/** True for an IPv4 address as flow logs write it; its 32 bits are then the last of {@link words}. */
function isIPv4(value: FieldValue): boolean {
  return typeof value === 'string' && parseAddress(value, words) === 4;
}
