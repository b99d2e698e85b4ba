/** TCP flags by name, as `tcp_flags has SYN+ACK` tests them. */
import { suggest } from '../suggest.ts';

/** The field that holds them: flow logs OR the flags of all packets of an aggregation interval. */
export const FLAGS_FIELD = 'tcp_flags';

/** Bits of the TCP header (RFC 9293; NS was bit 256, RFC 3540). */
const TCP_FLAGS: ReadonlyMap<string, number> = new Map([
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
  ['ECE', 64],
  ['CWR', 128],
  ['NS', 256],
]);

/** The flags' names, for messages. */
export const FLAG_NAMES = [...TCP_FLAGS.keys()].map((name) => `\`${name}\``).join(', ');

/** Why a text names no flags. */
export interface FlagProblem {
  /** The part of the text that is no flag. */
  readonly unknown: string;
  readonly meant: string | undefined;
}

/** The bits of `SYN` or `SYN+ACK`, in any case. */
export function parseFlags(text: string): number | FlagProblem {
  let mask = 0;
  for (const name of text.split('+')) {
    const bit = TCP_FLAGS.get(name.toUpperCase());
    if (bit === undefined) return { unknown: name, meant: suggest(name, TCP_FLAGS.keys()) };
    mask |= bit;
  }
  return mask;
}

/** `SYN+ACK` for 18; undefined where bits are left that have no name. */
export function formatFlags(mask: number): string | undefined {
  const named = [...TCP_FLAGS].filter(([, bit]) => (mask & bit) !== 0);
  const rest = named.reduce((bits, [, bit]) => bits & ~bit, mask);
  return rest === 0 && named.length > 0 ? named.map(([name]) => name).join('+') : undefined;
}
