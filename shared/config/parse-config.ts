/** The configuration's text to the configuration, or everything that is wrong with it. */
import { isIP } from 'node:net';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { suggest } from '../suggest.ts';
import { parseByteSize } from './byte-size.ts';
import { isFileName } from './file-name.ts';
import { DEFAULT_CONFIG, type Config, type ListSetting } from './config.ts';

const cidr = z
  .string()
  .refine(isNetwork, 'it is no network: write an address and a prefix length, such as `10.0.0.0/8`');

const entry = z.union([z.string(), z.number()]);

const loneEntry = entry.refine((text) => typeof text !== 'string' || !isFileName(text), {
  error: ({ input }) => `\`${String(input)}\` is a file: write \`{ file: ${String(input)} }\``,
});

const outsideList = z.strictObject({
  file: z.string().optional(),
  object: z.string().optional(),
  column: entry.optional(),
  refresh: z.string().optional(),
});

/** A list: its entries, one entry, `s3://…`, or the keys that say where it is kept. */
const list = z.union(
  [z.array(entry), loneEntry, outsideList],
  'a list is written `[entry, entry]`, `{ file: path }`, `{ object: key }` or `s3://bucket/key`, with `column` and `refresh`',
);

const byteSize = z
  .union([z.string(), z.number()])
  .refine((size) => parseByteSize(`${size}`) !== undefined, 'it is no size: write a number and a unit, such as `256MB`')
  .transform((size) => parseByteSize(`${size}`)!);

const schema = z.strictObject({
  networks: z.array(cidr).min(1).optional(),
  service_ports: z.array(z.int().min(0).max(65_535)).optional(),
  sources: z
    .array(
      z.strictObject({
        log_group: z.string().min(1),
        format: z.union([z.string(), z.array(z.string()).min(1)]),
      }),
    )
    .optional(),
  rules: z.array(z.string()).optional(),
  lists: z.record(z.string(), list).optional(),
  time_zone: z.string().refine(isTimeZone, 'it is no time zone: write an IANA name, such as `Asia/Tokyo`').optional(),
  alerts: z.strictObject({ notifications_per_minute: z.int().min(1).max(1000).optional() }).optional(),
  windows: z.strictObject({ state_limit: byteSize.optional() }).optional(),
});

const NESTED = ['log_group', 'format', 'notifications_per_minute', 'state_limit'];
/** Every setting's name, for "did you mean". */
const SETTINGS = [...Object.keys(schema.shape), ...Object.keys(outsideList.shape), ...NESTED];

/** Something wrong in the configuration: `sekisho.yml:3:5: …`. */
export interface ConfigProblem {
  readonly message: string;
}

/** Reads a configuration's text; every problem comes with its place in the file `name`. */
export function parseConfig(name: string, text: string): Config | readonly ConfigProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return document.errors.map((error) => {
      const message = error.message.split('\n')[0]!.replace(/ at line.*$/, '');
      return {
        message: `${at(error.pos[0])}: not readable as YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      };
    });
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return toConfig(parsed.data);
  return parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ message: `${at(keyOffset(document, issue.path, key))}: ${unknownSetting(key)}` }))
      : [{ message: `${at(offsetOf(document, issue.path))}: \`${issue.path.join('.')}\`: ${issue.message}` }],
  );
}

function unknownSetting(key: string): string {
  const near = suggest(key, SETTINGS);
  return `there is no setting \`${key}\`${near === undefined ? '' : `: did you mean \`${near}\`?`}`;
}

function toConfig(read: z.output<typeof schema>): Config {
  const { networks, service_ports, sources, rules, lists, time_zone, alerts, windows } = read;
  return {
    networks: networks ?? DEFAULT_CONFIG.networks,
    servicePorts: service_ports ?? DEFAULT_CONFIG.servicePorts,
    sources:
      sources?.map(({ log_group, format }) => ({
        kind: 'log-group',
        logGroup: log_group,
        formats: [format].flat(),
        create: undefined,
      })) ?? [],
    rules: rules ?? DEFAULT_CONFIG.rules,
    lists: Object.fromEntries(Object.entries(lists ?? {}).map(([name, written]) => [name, toList(written)])),
    timeZone: time_zone ?? DEFAULT_CONFIG.timeZone,
    alerts: {
      ...DEFAULT_CONFIG.alerts,
      notificationsPerMinute: alerts?.notifications_per_minute ?? DEFAULT_CONFIG.alerts.notificationsPerMinute,
    },
    windows: { stateLimit: windows?.state_limit ?? DEFAULT_CONFIG.windows.stateLimit },
    deployment: DEFAULT_CONFIG.deployment,
    storage: DEFAULT_CONFIG.storage,
    schedules: DEFAULT_CONFIG.schedules,
    budgets: DEFAULT_CONFIG.budgets,
    operations: DEFAULT_CONFIG.operations,
    members: DEFAULT_CONFIG.members,
  };
}

function toList(written: z.output<typeof list>): ListSetting {
  if (Array.isArray(written)) return written.map(String);
  if (typeof written === 'object') return written;
  const text = String(written);
  return text.startsWith('s3://') ? { object: text } : [text];
}

/** Where the value of a path (or the closest of its parents) stands in the text. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return Number(node.range[0]);
  }
  return 0;
}

/** Where a key of the mapping at a path stands. */
function keyOffset(document: Document, path: readonly PropertyKey[], key: string): number {
  const mapping: unknown = path.length === 0 ? document.contents : document.getIn([...path], true);
  const pair = isMap(mapping) ? mapping.items.find(({ key: each }) => isScalar(each) && each.value === key) : undefined;
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path);
}

function isNetwork(text: string): boolean {
  const [address, length, ...rest] = text.split('/');
  const family = isIP(address!);
  return (
    family !== 0 &&
    rest.length === 0 &&
    length !== undefined &&
    /^\d{1,3}$/.test(length) &&
    Number(length) <= (family === 4 ? 32 : 128)
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}
