/** `lists`: named lists, written out or kept elsewhere. */
import { z } from 'zod';
import type { ListSetting } from './config.ts';
import { isFileName } from './file-name.ts';

const entry = z.union([z.string(), z.number()]);

const loneEntry = entry.refine((text) => typeof text !== 'string' || !isFileName(text), {
  error: ({ input }) => `\`${String(input)}\` is a file: write \`{ file: ${String(input)} }\``,
});

const outsideList = z.strictObject({
  file: z.string().optional().describe('A text or CSV file, relative to sekisho.yml.'),
  object: z.string().optional().describe('A key of the lake, or an object of S3 as `s3://bucket/key`.'),
  column: entry
    .optional()
    .describe('The column of a CSV file that holds the entries: its name, or its number, from 1.'),
  refresh: z
    .string()
    .optional()
    .describe('How often it is read anew while a run goes on.')
    .meta({ examples: ['5m'] }),
});

const list = z.union(
  [z.array(entry), loneEntry, outsideList],
  'a list is written `[entry, entry]`, `{ file: path }`, `{ object: key }` or `s3://bucket/key`, with `column` and `refresh`',
);

/** Lists by name. */
export const listSettings = z
  .record(z.string(), list)
  .describe('Lists that rules name with `@`: addresses, networks, ports, interface ids.')
  .meta({
    examples: [{ bastions: ['10.0.0.5'], threats: { file: 'lists/threats.csv', column: 'ip', refresh: '1h' } }],
  });

/** Lists as the program takes them. */
export function toLists(read: z.output<typeof listSettings> | undefined): Readonly<Record<string, ListSetting>> {
  return Object.fromEntries(Object.entries(read ?? {}).map(([name, written]) => [name, toList(written)]));
}

function toList(written: z.output<typeof list>): ListSetting {
  if (Array.isArray(written)) return written.map(String);
  if (typeof written === 'object') return written;
  const text = String(written);
  return text.startsWith('s3://') ? { object: text } : [text];
}
