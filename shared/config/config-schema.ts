/** sekisho.yml as a whole: what may stand in it, for the reader and for editors. */
import { z } from 'zod';
import { alertSettings } from './alert-settings.ts';
import { deploymentSections } from './deployment-settings.ts';
import { listSettings } from './list-settings.ts';
import { sourceSettings } from './source-settings.ts';
import { storageSettings } from './storage-settings.ts';
import { byteSize, network } from './values.ts';

/** The file's settings, in the order in which they are best written. */
export const configSchema = z.strictObject({
  networks: z
    .array(network)
    .min(1)
    .optional()
    .describe("The owner's networks, IPv6 included. Without it, the private ranges.")
    .meta({ examples: [['10.0.0.0/8', '2001:db8:10::/56']] }),
  service_ports: z
    .array(z.int().min(0).max(65_535))
    .optional()
    .describe('Ports on which your services listen, beside the well-known ones.')
    .meta({ default: [], examples: [[7777]] }),
  sources: sourceSettings.optional(),
  rules: z
    .array(z.string())
    .optional()
    .describe('Rule files and folders, relative to this file, beside the built-in rules.')
    .meta({ default: [], examples: [['my-rules', 'design.yml']] }),
  lists: listSettings.optional(),
  time_zone: z
    .string()
    .refine(isTimeZone, 'it is no time zone: write an IANA name, such as `Asia/Tokyo`')
    .optional()
    .describe('The time zone of times meant for people, beside UTC.')
    .meta({ default: 'UTC', examples: ['Asia/Tokyo'] }),
  alerts: alertSettings.optional(),
  windows: z
    .strictObject({
      state_limit: byteSize
        .optional()
        .describe('Size of window state from which on a run warns; nothing is ever dropped for its size.')
        .meta({ default: '256MB' }),
    })
    .optional()
    .describe('How rules with memory are kept.'),
  deployment: deploymentSections.deployment,
  storage: storageSettings.optional(),
  schedules: deploymentSections.schedules,
  budgets: deploymentSections.budgets,
  operations: deploymentSections.operations,
  members: deploymentSections.members,
});

/** The file's settings as they are written, read one by one. */
export type ReadConfig = z.output<typeof configSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}
