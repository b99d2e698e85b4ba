/** Everything in `events/`: what `scripts/write-events.ts` writes and the tests compare. */
import { subscriptionEvent } from './delivery.ts';
import { hourAttacks, hourDeliveries, HOUR } from './hour.ts';
import { formatString, V2 } from './line.ts';
import { LOG_GROUP_FORMATS, planSamples, type Sample } from './samples.ts';
import { INTERFACES } from './vpc.ts';

/** A file of `events/`. */
export type EventFile = Pick<Sample, 'path' | 'body'>;

/** Every file, its path relative to `events/`. */
export function planEvents(): readonly EventFile[] {
  const samples = planSamples();
  const hour = hourDeliveries().map(({ nic, arrived, message }) => ({
    path: `hour/${clock(arrived).replaceAll(':', '')}-${nic.name}.json`,
    body: `${JSON.stringify(subscriptionEvent(message))}\n`,
  }));
  return [{ path: 'README.md', body: readme(samples) }, ...hour, ...samples.map(({ path, body }) => ({ path, body }))];
}

function readme(samples: readonly Sample[]): string {
  const day = new Date(HOUR * 1_000).toISOString().slice(0, 10);
  const attacks = hourAttacks().map(
    ({ from, to, source, target, title, name }) =>
      `- ${clock(from, true)}–${clock(to, true)}, ${source === '-' ? '' : `${source} → `}${target}: ${title} (\`${name}\`)`,
  );
  const sources = [...LOG_GROUP_FORMATS].map(([group, held]) => {
    const formats = held.map((format) => (format === V2 ? 'default' : formatString(format)));
    const [only, ...more] = formats;
    const value = more.length === 0 ? ` ${only}` : formats.map((format) => `\n      - ${format}`).join('');
    return `  - log_group: ${group}\n    format:${value}`;
  });
  return `# Sample events

Generated traffic of a small VPC (account 123456789012, ${INTERFACES.length} interfaces), written by \`node scripts/write-events.ts\`;
running it again changes nothing. Outside addresses come from ranges reserved for documentation and benchmarks.

## hour/

A busy hour, ${day} 01:00 to 02:00 UTC: ${hourDeliveries().length} CloudWatch Logs subscription events in the default format, named by
arrival time and interface. Ordinary traffic, the usual noise of the internet, and:

${attacks.join('\n')}

The interfaces:

| name | interface | address |
| --- | --- | --- |
${INTERFACES.map((nic) => `| ${nic.name} | ${nic.id} | ${nic.address} |`).join('\n')}

The office (192.168.10.25, over the VPN) may log in to the bastion; nobody else should.

## One payload a case

${samples.map(({ path, title }) => `- \`${path}\`: ${title}`).join('\n')}

Lines from CloudWatch Logs have no header, so the format of a log group has to be told where it is not the default one.
For these events \`sekisho.yml\` would say:

\`\`\`yaml
sources:
${sources.join('\n')}
\`\`\`
`;
}

/** The time of day in UTC: `01:12`, or with seconds. */
function clock(seconds: number, withSeconds = false): string {
  return new Date(seconds * 1_000).toISOString().slice(11, withSeconds ? 19 : 16);
}
