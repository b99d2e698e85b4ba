/** Own addresses that the configured networks do not hold: what a person is told, and what to do about it. */
import { likelyNetworks, type StrangeAddresses } from '../shared/flow/own-addresses.ts';
import { count, counted } from './output.ts';

/** Networks that are named one by one; more are counted. */
const MOST_NAMED = 4;

const ADVICE = 'name yours in `networks` in sekisho.yml, and the private ranges that you use: it replaces those';

/** A line for what is known, one for what is not, and one for what to do about it. */
export function describeOwnAddresses({ own, untold, example }: StrangeAddresses): readonly string[] {
  const lines: string[] = [];
  if (own.size > 0) {
    const networks = likelyNetworks(own);
    const named = networks.slice(0, MOST_NAMED).join(', ');
    const more = networks.length > MOST_NAMED ? ` and ${count(networks.length - MOST_NAMED)} more` : '';
    const lie = own.size === 1 ? 'own address lies' : 'own addresses lie';
    lines.push(
      `${count(own.size)} ${lie} outside \`networks\` (${named}${more}): rules take ${own.size === 1 ? 'it' : 'them'} for the internet's`,
    );
  }
  if (untold > 0 && example !== undefined) {
    lines.push(
      `${counted(untold, 'record')} with both ends outside \`networks\`, such as ${example.join(' and ')}, one of them your own: rules take both for the internet's`,
    );
  }
  return lines.length === 0 ? [] : [...lines, ADVICE];
}
