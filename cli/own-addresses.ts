/** Own addresses that the configured networks do not hold: what a person is told, and what to do about it. */
import { likelyNetworks, type StrangeAddresses } from '../shared/flow/own-addresses.ts';
import { count, counted } from './output.ts';

/** Networks that are named one by one; more are counted. */
const MOST_NAMED = 4;

const ADVICE =
  'add yours to `networks` in sekisho.yml, with the private ranges that you use, as rules take all others for the internet';

/** A line for what is known, and one for what is not. */
export function describeOwnAddresses({ own, untold, example }: StrangeAddresses): readonly string[] {
  const lines: string[] = [];
  if (own.size > 0) {
    const networks = likelyNetworks(own);
    const named = networks.slice(0, MOST_NAMED).join(', ');
    const more = networks.length > MOST_NAMED ? ` and ${count(networks.length - MOST_NAMED)} more` : '';
    const lie = own.size === 1 ? 'own address lies' : 'own addresses lie';
    lines.push(`${count(own.size)} ${lie} outside \`networks\` (${named}${more}): ${ADVICE}`);
  }
  if (untold > 0 && example !== undefined) {
    lines.push(
      `${counted(untold, 'record')} with both ends outside \`networks\`, such as ${example.join(' and ')}, of which one is your own: ${ADVICE}`,
    );
  }
  return lines;
}
