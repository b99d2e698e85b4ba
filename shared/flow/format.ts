/** Format strings: which fields a line holds, in which order. */
import { FIELD_BY_COLUMN, FIELD_BY_NAME, FIELDS, type Field, type FlowTable } from './fields.ts';
import { suggest } from '../suggest.ts';

/** An ordered list of fields, and the kind of flow log they belong to. */
export interface Format {
  /** The fields' names joined by spaces, as in the header line of an object in S3: a format's canonical text. */
  readonly text: string;
  readonly table: FlowTable;
  readonly fields: readonly Field[];
}

/** A format that could not be understood. */
export interface FormatError {
  readonly kind: 'format-error';
  /** What is wrong and what to do, in one sentence. */
  readonly message: string;
}

function formatOf(fields: readonly Field[]): Format {
  const table = fields.some((field) => !field.tables.includes('vpc')) ? 'tgw' : 'vpc';
  return { text: fields.map((field) => field.name).join(' '), table, fields };
}

/** The default format, version 2: 14 fields. */
export const DEFAULT_FORMAT: Format = formatOf(FIELDS.filter((field) => field.since === 2));

/**
 * The default format for lines of which nothing else is known: a line is taken for it only if every value fits,
 * so that another format with 14 fields is never read under the wrong names.
 */
export const ASSUMED_FORMAT: Format = {
  ...DEFAULT_FORMAT,
  fields: DEFAULT_FORMAT.fields.map((field): Field => {
    switch (field.name) {
      case 'version':
        return { ...field, min: 2, max: 2 };
      case 'account-id':
        return { ...field, pattern: /^(\d{12}|unknown)$/, required: true };
      case 'interface-id':
        return { ...field, pattern: /^eni-[0-9a-z]+$/, required: true };
      case 'log-status':
        return { ...field, required: true };
      default:
        return field;
    }
  }),
};

/** The format of such names, all of which are fields'. */
function formatNamed(names: string): Format {
  return formatOf(names.split(' ').map((name) => FIELD_BY_NAME.get(name)!));
}

/** Formats that have a name. */
const NAMED_FORMATS: ReadonlyMap<string, Format> = new Map([
  ['default', DEFAULT_FORMAT],
  /**
   * What Sekisho can use of versions 3 to 5, after the default format: where a record was made (VPC, subnet, instance),
   * who opened the connection (TCP flags, direction), and whom it was with behind NAT gateways and AWS's services.
   */
  [
    'recommended',
    formatNamed(
      `${DEFAULT_FORMAT.text} vpc-id subnet-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path`,
    ),
  ],
  /** All fields of transit gateway flow logs, in the order that AWS takes where none is given. */
  [
    'transit-gateway',
    formatNamed(
      'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service',
    ),
  ],
]);

/** A format as AWS takes it when a flow log is created: `${version} ${account-id} …`. */
export function formatString({ fields }: Format): string {
  return fields.map(({ name }) => `\${${name}}`).join(' ');
}

/** Formats read before: every chunk of a file names its header again. */
const known = new Map<string, Format>();

/** Beyond so many the oldest are forgotten: nobody has this many formats. */
const MOST_KNOWN = 64;

/**
 * Reads a format as a user gives it: by its name (`default`, `recommended`, `transit-gateway`), as AWS's
 * `${version} ${account-id} …`, or as a header's bare names.
 * Returns what is wrong for an unknown or repeated field, text between the fields, or nothing at all.
 */
export function parseFormat(text: string): Format | FormatError {
  const before = known.get(text);
  if (before !== undefined) return before;
  const format = readFormat(text);
  if (!('kind' in format)) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, format);
  }
  return format;
}

function readFormat(text: string): Format | FormatError {
  const trimmed = text.trim();
  const named = NAMED_FORMATS.get(trimmed);
  if (named !== undefined) return named;
  if (trimmed === '')
    return error("the format is empty: give `default` or AWS's format string, such as `${version} ${srcaddr} …`");
  const fields: Field[] = [];
  for (const token of trimmed.split(/[\s,]+/)) {
    const name = /^\$\{(.*)\}$/.exec(token)?.[1] ?? token;
    const field = FIELD_BY_NAME.get(name) ?? FIELD_BY_COLUMN.get(name);
    if (field === undefined) return unknownField(name);
    if (fields.includes(field)) return error(`the format names \`${name}\` twice: a flow log holds each field once`);
    fields.push(field);
  }
  const tables = new Set(fields.flatMap((field) => (field.tables.length === 1 ? field.tables : [])));
  if (tables.size > 1) {
    const [vpc, tgw] = (['vpc', 'tgw'] as const).map(
      (table) => fields.find((field) => field.tables.join() === table)!.name,
    );
    return error(
      `the format mixes \`${vpc}\` (VPC flow logs) with \`${tgw}\` (transit gateway flow logs): a flow log is one or the other`,
    );
  }
  return formatOf(fields);
}

/**
 * Tells a header line from a record: the format it names, an error for a header with a field nobody knows,
 * or undefined for a line that is no header.
 */
export function parseHeader(line: string): Format | FormatError | undefined {
  const names = line.trim().split(/ +/);
  // a record's first value may look like a name, but it is never a field's name
  if (!FIELD_BY_NAME.has(names[0]!) || !names.every((name) => /^[a-z][a-z0-9-]*$/.test(name))) return undefined;
  const format = parseFormat(names.join(' '));
  if ('kind' in format) return error(`the header can't be read: ${format.message}`);
  return format;
}

function unknownField(name: string): FormatError {
  const near = suggest(name, [...FIELD_BY_NAME.keys(), ...NAMED_FORMATS.keys()]);
  return error(
    `unknown field \`${name}\` in the format` +
      (near === undefined ? ': see the fields AWS documents for flow log records' : `: did you mean \`${near}\`?`),
  );
}

function error(message: string): FormatError {
  return { kind: 'format-error', message };
}
