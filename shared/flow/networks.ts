/** Networks as a test that addresses are put to: once a distinct address of a batch. */
import { parseAddress } from './address.ts';
import type { AddressTable } from './columns.ts';

interface Network {
  readonly family: 4 | 6;
  /** Four 32-bit words each; an address lies in the network if its words under the masks are these. */
  readonly words: Uint32Array;
  readonly masks: Uint32Array;
}

/** Whether an address (by code) of a table lies in the networks. */
export type NetworkTest = (addresses: AddressTable, code: number) => boolean;

/** A test whether an address lies in one of the networks (in CIDR notation). Throws on a text that is no network. */
export function networkTest(networks: readonly string[]): NetworkTest {
  const parsed = networks.map(parseNetwork);
  const ipv4 = parsed.filter(({ family }) => family === 4);
  const masks = Uint32Array.from(ipv4, (network) => network.masks[3]!);
  const starts = Uint32Array.from(ipv4, (network) => network.words[3]!);
  const ipv6 = parsed.filter(({ family }) => family === 6);
  return ({ families, words }, code) => {
    const at = code * 4;
    if (families[code] === 4) {
      const word = words[at + 3]!;
      for (let i = 0; i < masks.length; i++) if ((word & masks[i]!) >>> 0 === starts[i]) return true;
      return false;
    }
    return ipv6.some((network) => {
      for (let i = 0; i < 4; i++) if ((words[at + i]! & network.masks[i]!) >>> 0 !== network.words[i]) return false;
      return true;
    });
  };
}

/** The same test of an address as a text; what is no address lies in no network. */
export function addressTest(networks: readonly string[]): (address: string) => boolean {
  const isWithin = networkTest(networks);
  return (address) => {
    const words = new Uint32Array(4);
    const family = parseAddress(address, words);
    return family !== 0 && isWithin({ families: Uint8Array.of(family), words }, 0);
  };
}

function parseNetwork(text: string): Network {
  const [address = '', length = ''] = text.split('/');
  const words = new Uint32Array(4);
  const family = parseAddress(address, words);
  const bits = Number(length) + (family === 4 ? 96 : 0);
  if (family === 0 || !/^\d+$/.test(length) || bits > 128) throw new Error(`\`${text}\` is no network`);
  const masks = Uint32Array.from(words, (_, i) => maskOf(bits - 32 * i));
  return { family, words: words.map((word, i) => word & masks[i]!), masks };
}

/** A word with its first `bits` bits set. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}
