/**
 * The reference parser: one line of text to values, or the reason why not.
 * The scanner (scan.ts) is the fast way to the same result; tests hold the two equal on every input.
 */
import { parseAddress } from './address.ts';
import type { FieldValue } from './columns.ts';
import type { Field } from './fields.ts';
import type { Format } from './format.ts';

/** A line read: values in the format's order. */
export interface ParsedLine {
  readonly kind: 'record';
  readonly values: readonly FieldValue[];
  /** Unix milliseconds that stood before the record, as CloudWatch Logs exports to S3 write it. */
  readonly timestamp: number | undefined;
}

/** A line that does not fit its format. */
export interface UnreadableLine {
  readonly kind: 'unreadable';
  readonly reason: string;
}

const words = new Uint32Array(4);

/** Values above this in `start` and `end` are milliseconds, as some exports write them. */
const LAST_SECOND = 2 ** 31;

/** Reads one line: values are separated by one or more spaces; `-` is null. */
export function parseLine(format: Format, line: string): ParsedLine | UnreadableLine {
  let text = unwrapMessage(line);
  let timestamp: number | undefined;
  const exported = /^ *(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) +(?=\S)/.exec(text);
  if (exported !== null) {
    timestamp = Date.parse(exported[1]!);
    text = text.slice(exported[0].length);
  }
  const tokens = splitLine(text);
  if (tokens.length !== format.fields.length) {
    return unreadable(`${count(tokens.length, 'value')} where the format has ${count(format.fields.length, 'field')}`);
  }
  const values: FieldValue[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const value = parseValue(format.fields[i]!, tokens[i]!);
    if (typeof value === 'object' && value !== null) return value;
    values.push(value);
  }
  return { kind: 'record', values, timestamp };
}

/** The values of a line: separated by spaces, with the line's end and anything around it taken off. */
function splitLine(line: string): string[] {
  return line
    .replace(/\r?\n?$/, '')
    .split(' ')
    .filter((token) => token !== '');
}

/** The line within Firehose's `{"message":"…"}`, or the line itself. */
function unwrapMessage(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const wrapped: unknown = JSON.parse(line);
    if (
      typeof wrapped === 'object' &&
      wrapped !== null &&
      'message' in wrapped &&
      typeof wrapped.message === 'string'
    ) {
      return wrapped.message;
    }
  } catch {
    // not JSON: the line is judged as it stands
  }
  return line;
}

/** One value of a field's type, null for `-`, or why the text is not one. */
function parseValue(field: Field, text: string): FieldValue | UnreadableLine {
  if (text === '-') return field.required === true ? unreadable(`\`${field.name}\` is missing (\`-\`)`) : null;
  switch (field.type) {
    case 'int32':
    case 'int64':
      return parseInteger(field, text);
    case 'address':
    case 'string': {
      const reason = checkText(field, text);
      return reason === undefined ? text : unreadable(reason);
    }
  }
}

function parseInteger(field: Field, text: string): number | UnreadableLine {
  if (!/^(0|[1-9]\d*)$/.test(text)) return unreadable(`\`${field.name}\` is \`${shorten(text)}\`, not a whole number`);
  const value = Number(text);
  const max = field.max ?? Number.MAX_SAFE_INTEGER;
  if (value > max || value < (field.min ?? 0)) {
    const range = field.min !== undefined && field.min === field.max ? `it is ${max} here` : `at most ${max}`;
    return unreadable(`\`${field.name}\` is \`${shorten(text)}\`: ${range}`);
  }
  return field.name === 'start' || field.name === 'end' ? toSeconds(value) : value;
}

/** A time in `start` or `end`: milliseconds as seconds, seconds as they are. */
export function toSeconds(value: number): number {
  return value > LAST_SECOND ? Math.floor(value / 1000) : value;
}

/** Why a text is no value of the field; undefined where it is one. */
export function checkText(field: Field, text: string): string | undefined {
  if (field.type === 'address' && parseAddress(text, words) === 0) {
    return `\`${field.name}\` is \`${shorten(text)}\`, not an IPv4 or IPv6 address`;
  }
  if (field.values !== undefined && !field.values.includes(text)) {
    return `\`${field.name}\` is \`${shorten(text)}\`, not one of ${field.values.join(', ')}`;
  }
  if (field.pattern !== undefined && !field.pattern.test(text)) {
    return `\`${field.name}\` is \`${shorten(text)}\`, which does not look like one`;
  }
  return undefined;
}

function unreadable(reason: string): UnreadableLine {
  return { kind: 'unreadable', reason };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
