/** Athena's values as a result's cells: all come as text, with the name of their column's type. */
import type { ResultValue } from '../../ports.ts';

/** Decimals of up to 15 digits come back from a double unchanged. */
const EXACT_DIGITS = 15;

/**
 * A text as the value that it stands for.
 *
 * Integers beyond 2^53 are bigint; decimals of more than 15 digits, NaN and infinities are text; timestamps are ISO 8601
 * (`Z` where the type has a zone and it is UTC); JSON stays text, as with DuckDB. Lists and structs are told without the
 * types of what is in them, and without quotes: their members are texts (or null), and a text in which `, ` stands is
 * split there. A query that needs more of them casts them to JSON.
 */
export function athenaValue(text: string | null, type: string): ResultValue {
  if (text === null) return null;
  switch (type.toLowerCase()) {
    case 'boolean':
      return text === 'true';
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'int':
    case 'bigint':
      return integer(text);
    case 'float':
    case 'real':
    case 'double':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'decimal':
      return text.replaceAll(/^-?0*|[.]/g, '').length <= EXACT_DIGITS ? Number(text) : text;
    case 'timestamp':
    case 'timestamp with time zone':
      return timestamp(text);
    case 'array':
    case 'map':
    case 'row':
    case 'struct':
      return nested(text);
    default:
      return text;
  }
}

function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** `2026-11-03 04:05:06.500 UTC`; zones other than UTC stay as Athena names them. */
function timestamp(text: string): string {
  const [, day, time, fraction = '', zone] = /^(\S+) (\d\d:\d\d:\d\d)(\.\d+)?(?: (.+))?$/.exec(text) ?? [];
  if (day === undefined || (zone !== undefined && zone !== 'UTC')) return text;
  return `${day}T${time}${fraction.replace(/\.?0+$/, '')}${zone === undefined ? '' : 'Z'}`;
}

/** `[a, {x=1, y=null}]` read from its beginning to its end; what is not written like that stays text. */
function nested(text: string): ResultValue {
  const parsed = readValue(text, 0);
  return parsed?.end === text.length ? parsed.value : text;
}

interface Parsed {
  readonly value: ResultValue;
  readonly end: number;
}

function readValue(text: string, from: number): Parsed | undefined {
  if (text[from] === '[') return readMembers(text, from, ']');
  if (text[from] === '{') return readMembers(text, from, '}');
  let end = from;
  while (end < text.length && !text.startsWith(', ', end) && text[end] !== ']' && text[end] !== '}') end++;
  const plain = text.slice(from, end);
  return { value: plain === 'null' ? null : plain, end };
}

function readMembers(text: string, from: number, close: ']' | '}'): Parsed | undefined {
  const items: ResultValue[] = [];
  const entries: [string, ResultValue][] = [];
  let at = from + 1;
  while (text[at] !== close) {
    let name = '';
    if (close === '}') {
      const equals = text.indexOf('=', at);
      if (equals === -1) return undefined;
      name = text.slice(at, equals);
      at = equals + 1;
    }
    const member = readValue(text, at);
    if (member === undefined) return undefined;
    if (close === ']') items.push(member.value);
    else entries.push([name, member.value]);
    at = member.end;
    if (text.startsWith(', ', at)) at += 2;
    else if (text[at] !== close) return undefined;
  }
  return { value: close === ']' ? items : Object.fromEntries(entries), end: at + 1 };
}
