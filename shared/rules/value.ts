/** Written words to values of a field's type. */
import { DERIVED_BY_COLUMN, DERIVED_FIELDS } from '../flow/derived.ts';
import { FIELD_BY_COLUMN, FIELDS, type Field } from '../flow/fields.ts';
import { suggest } from '../suggest.ts';
import { formatNetwork, parseAddressRange, type AddressProblem } from '../flow/address.ts';
import type { Code } from './codes.ts';
import type { Value } from './expression.ts';
import { valueMeant } from './foreign-names.ts';
import { PROTOCOL_NUMBERS } from './protocols.ts';
import { durationMeant, NUMBER_UNITS, numberMeant, parseDuration, parseNumber } from './quantity.ts';
import { FLAGS_FIELD, parseFlags } from './tcp-flags.ts';

/** What the language needs to know of a field, recorded or derived. */
export type FieldInfo = Pick<Field, 'column' | 'type' | 'values' | 'max'>;

/** Why a word is no value of a field. */
export interface ValueProblem {
  readonly kind: 'problem';
  readonly code: Code;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Column names of every field, for suggestions. */
export const FIELD_NAMES: readonly string[] = [...FIELDS, ...DERIVED_FIELDS].map((field) => field.column);

/** A field by its name with `-` or `_`, recorded or derived. */
export function findField(name: string): FieldInfo | undefined {
  const column = name.replaceAll('-', '_');
  return FIELD_BY_COLUMN.get(column) ?? DERIVED_BY_COLUMN.get(column);
}

/** Reads a word as a value, range or network of a field; `quoted` where it stood in quotation marks. */
export function readValue(field: FieldInfo, text: string, quoted: boolean): Value | ValueProblem {
  if (!quoted && isNull(text)) {
    const hint = 'a field without value matches no test, nor its negation';
    return problem('E211', `nothing compares with \`${text}\``, hint);
  }
  switch (field.type) {
    case 'int32':
    case 'int64':
      return readNumbers(field, text, quoted);
    case 'address':
      return readAddresses(field, text);
    case 'string':
      return readText(field, text, quoted);
  }
}

/** Whether an unquoted word stands for a field without value. */
export function isNull(text: string): boolean {
  return text === '-' || text.toLowerCase() === 'null';
}

/** A field's type in words, with an article. */
export function typeOf(field: FieldInfo): string {
  if (field.type === 'address') return 'an address';
  if (field.type === 'string') return 'a text';
  if (field.column === 'protocol') return 'a protocol';
  return field.max === 65_535 ? 'a port' : 'a number';
}

function readNumbers(field: FieldInfo, text: string, quoted: boolean): Value | ValueProblem {
  const named = field.column === 'protocol' ? PROTOCOL_NUMBERS.get(text.toLowerCase()) : undefined;
  if (named !== undefined) return { kind: 'numbers', low: named, high: named, text };
  const range = /^([^-]+)-([^-]+)$/.exec(text);
  const parse = SECONDS_FIELDS.has(field.column) ? parseSeconds : parseNumber;
  const low = parse(range?.[1] ?? text);
  const high = range === null ? low : parse(range[2]!);
  if (low === undefined || high === undefined) return notNumbers(field, text);
  if (quoted)
    return problem(
      'E203',
      `\`${field.column}\` is ${typeOf(field)}, not a text`,
      `write \`${text}\` without quotation marks`,
    );
  if (field.type === 'int32' && /[A-Za-z]/.test(text)) {
    return problem('E203', `\`${field.column}\` takes no unit`, `write \`${range === null ? low : `${low}-${high}`}\``);
  }
  const max = field.max ?? Number.MAX_SAFE_INTEGER;
  if (low > max || high > max) {
    return problem('E204', `\`${low > max ? low : high}\` is out of range: \`${field.column}\` is at most ${max}`);
  }
  if (low > high)
    return problem('E205', `the range \`${text}\` starts above its end`, `write \`${range![2]}-${range![1]}\``);
  return { kind: 'numbers', low, high, text };
}

/** Fields that are seconds take durations. */
const SECONDS_FIELDS: ReadonlySet<string> = new Set(['start', 'end']);

function parseSeconds(text: string): number | undefined {
  return parseDuration(text) ?? parseNumber(text);
}

function notNumbers(field: FieldInfo, text: string): ValueProblem {
  if (/^-\d+$/.test(text)) return problem('E204', `\`${text}\` is out of range: \`${field.column}\` is never negative`);
  if (/^\d+\.\d+$/.test(text)) return problem('E203', `\`${text}\` is not a whole number`);
  if (/^\d+-$|^-\d+-|^\d+:\d+$|^\d+\.\.\d+$/.test(text)) {
    return problem('E203', `\`${text}\` is not a range`, 'write a range as `1024-65535`');
  }
  if (typeof parseAddressRange(text) === 'object') {
    const sibling = { srcport: 'srcaddr', dstport: 'dstaddr', client_port: 'client', server_port: 'server' }[
      field.column
    ];
    const hint = sibling === undefined ? undefined : `did you mean \`${sibling}\`?`;
    return problem('E203', `\`${field.column}\` is ${typeOf(field)}, but \`${text}\` is an address`, hint);
  }
  const compared = comparedFields(field, text);
  if (compared !== undefined) return compared;
  if (/^\d/.test(text)) return problem('E203', `\`${text}\` is not a number`, numberHint(field, text));
  if (field.column === 'protocol') {
    const several = text.toLowerCase().split(/[/+|]/);
    if (several.length > 1 && several.every((name) => PROTOCOL_NUMBERS.has(name))) {
      return problem('E203', `\`${text}\` is no protocol`, `write \`protocol in (${several.join(', ')})\``);
    }
    const near = suggest(text, PROTOCOL_NUMBERS.keys());
    const hint = near === undefined ? 'write its number' : `did you mean \`${near}\`?`;
    return problem('E203', `unknown protocol \`${text}\``, hint);
  }
  if (field.column === FLAGS_FIELD && typeof parseFlags(text) === 'number') {
    return problem(
      'E203',
      `\`${field.column}\` is a number, but \`${text}\` names flags`,
      `write \`${field.column} has ${text}\``,
    );
  }
  const port = field.max === 65_535 ? SERVICE_PORTS.get(text.toLowerCase()) : undefined;
  const hint = port === undefined ? undefined : `write \`${port}\``;
  return problem('E203', `\`${field.column}\` is ${typeOf(field)}, but \`${text}\` is not a number`, hint);
}

/** What to write for something that begins like a number. */
function numberHint(field: FieldInfo, text: string): string {
  const meant = SECONDS_FIELDS.has(field.column) ? durationMeant(text) : undefined;
  const number = meant ?? numberMeant(text);
  if (number !== undefined)
    return /^\d+m$/.test(text) ? `write \`${number}\`: \`m\` is for minutes` : `write \`${number}\``;
  return `units are ${NUMBER_UNITS}`;
}

/** Services whose name somebody may write for their port. */
export const SERVICE_PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ftp: 21,
    ssh: 22,
    telnet: 23,
    smtp: 25,
    dns: 53,
    http: 80,
    ntp: 123,
    snmp: 161,
    ldap: 389,
    https: 443,
    smb: 445,
    mysql: 3306,
    rdp: 3389,
    postgres: 5432,
    postgresql: 5432,
    winrm: 5985,
    redis: 6379,
  }),
);

function readAddresses(field: FieldInfo, text: string): Value | ValueProblem {
  const range = parseAddressRange(text);
  return typeof range === 'object' ? { kind: 'addresses', ...range, text } : notAddresses(field, text, range);
}

function notAddresses(field: FieldInfo, text: string, why: AddressProblem): ValueProblem {
  switch (why) {
    case 'bits-beyond-prefix': {
      const hint = `write \`${formatNetwork(text)}\` for the network, or the address without its prefix`;
      return problem('E206', `\`${text}\` has bits set beyond its prefix`, hint);
    }
    case 'prefix-too-long': {
      const bits = text.includes(':') ? '128 bits for IPv6' : '32 bits for IPv4';
      return problem('E204', `the prefix of \`${text}\` is too long: at most ${bits}`);
    }
    case 'reversed': {
      const [from, to] = text.split('-');
      return problem('E205', `the range \`${text}\` starts above its end`, `write \`${to}-${from}\``);
    }
    case 'mixed-families':
      return problem('E205', `the range \`${text}\` starts in one address family and ends in the other`);
    case 'not-an-address': {
      const compared = comparedFields(field, text);
      if (compared !== undefined) return compared;
      const number = parseNumber(text) !== undefined || /^\d+-\d+$/.test(text);
      const sibling = { srcaddr: 'srcport', dstaddr: 'dstport', client: 'client_port', server: 'server_port' }[
        field.column
      ];
      if (number && sibling !== undefined) {
        return problem(
          'E203',
          `\`${field.column}\` is an address, but \`${text}\` is a number`,
          `did you mean \`${sibling}\`?`,
        );
      }
      const part = /^\d+(\.\d+){1,2}\.?$|^\d+\.$/.test(text) ? `${text.replace(/\.$/, '')}.*` : text;
      const network = networkOfPattern(part) ?? (text.includes('*') ? '10.0.0.0/8' : undefined);
      const hint = network === undefined ? undefined : `write a network, \`${network}\``;
      return problem('E203', `\`${field.column}\` is an address, but \`${text}\` is not one`, hint);
    }
  }
}

/** `10.1.0.0/16` for `10.1.*`; undefined for a pattern that is no network. */
export function networkOfPattern(pattern: string): string | undefined {
  const [head = '', ...rest] = pattern.replace(/(\.\*)+$/, '.*').split('*');
  const octets = head.split('.').slice(0, -1);
  if (rest.join('') !== '' || !head.endsWith('.') || octets.length === 0 || octets.length > 3) return undefined;
  const network = `${[...octets, '0', '0', '0'].slice(0, 4).join('.')}/${octets.length * 8}`;
  return typeof parseAddressRange(network) === 'object' ? network : undefined;
}

function readText(field: FieldInfo, text: string, quoted: boolean): Value | ValueProblem {
  if (field.values !== undefined) {
    const value = field.values.find((value) => value.toLowerCase() === text.toLowerCase());
    if (value !== undefined) return { kind: 'text', text: value };
    const near = valueMeant(field.column, text) ?? suggest(text, field.values);
    const all = field.values.map((value) => `\`${value}\``).join(', ');
    return problem(
      'E204',
      `\`${field.column}\` is never \`${text}\``,
      near === undefined ? `it is one of ${all}` : `did you mean \`${near}\`?`,
    );
  }
  if (!quoted) {
    const compared = comparedFields(field, text);
    if (compared !== undefined)
      return { ...compared, hint: `if the text \`${text}\` is meant, put it in quotation marks` };
    if (text.includes('*')) {
      const hint = `write \`${field.column} like ${text}\`; if the value holds a star, put it in quotation marks`;
      return problem('E213', '`*` stands for any characters only after `like`', hint);
    }
  }
  return { kind: 'text', text };
}

function comparedFields(field: FieldInfo, text: string): ValueProblem | undefined {
  const other = findField(text.toLowerCase());
  if (other === undefined) return undefined;
  return problem('E209', `\`${field.column}\` can't be compared with another field (\`${text}\`), only with values`);
}

function problem(code: Code, message: string, hint?: string): ValueProblem {
  return { kind: 'problem', code, message, hint };
}
