/** How lines are to be read, as the configuration says it: what every front end decodes with. */
import type { Config } from './config/config.ts';
import type { DecodeOptions, FormatChoice } from './flow/decode.ts';
import { servicePortTable } from './flow/direction.ts';
import { parseFormat, type Format } from './flow/format.ts';
import { networkTest } from './flow/networks.ts';
import { PRIVATE_NETWORKS } from './rules/built-in-lists.ts';

/** A format that can't be understood: what is wrong, and where it was written. */
export interface FormatProblem {
  readonly kind: 'problem';
  readonly message: string;
}

/** What does not change from one delivery to the next. */
export type LastingOptions = Omit<DecodeOptions, 'arrival'>;

/** The options of a configuration; `given` is the user's own word on the format, and where it was said. */
export function decodeOptionsOf(
  config: Pick<Config, 'networks' | 'servicePorts' | 'sources'>,
  given?: { readonly format: string; readonly where: string },
): LastingOptions | FormatProblem {
  const format = given && readFormat(given.format, given.where);
  if (format !== undefined && 'kind' in format) return format;
  const ofLogGroup = formatsByGroup(config);
  if (typeof ofLogGroup !== 'function') return ofLogGroup;
  return {
    formats: { given: format, ofLogGroup },
    inNetworks: networkTest(config.networks ?? PRIVATE_NETWORKS),
    servicePorts: servicePortTable(config.servicePorts),
  };
}

function formatsByGroup({ sources }: Pick<Config, 'sources'>): FormatChoice['ofLogGroup'] | FormatProblem {
  const groups: { readonly matches: (name: string) => boolean; readonly formats: readonly Format[] }[] = [];
  for (const source of sources) {
    if (source.kind !== 'log-group') continue;
    /** By text: a format named twice would make every line fit two. */
    const formats = new Map<string, Format>();
    for (const text of source.formats) {
      const format = readFormat(text, `the configuration for log group \`${source.logGroup}\``);
      if ('kind' in format) return format;
      formats.set(format.text, format);
    }
    groups.push({ matches: matcher(source.logGroup), formats: [...formats.values()] });
  }
  return (logGroup) => groups.find(({ matches }) => matches(logGroup))?.formats;
}

function matcher(logGroup: string): (name: string) => boolean {
  if (!logGroup.endsWith('*')) return (name) => name === logGroup;
  return (name) => name.startsWith(logGroup.slice(0, -1));
}

function readFormat(text: string, where: string): Format | FormatProblem {
  const format = parseFormat(text);
  return 'kind' in format ? { kind: 'problem', message: `${where}: ${format.message}` } : format;
}
