/** What to write for a word that is no field where one should stand. */
import { parseAddressRange } from '../flow/address.ts';
import { suggest } from '../suggest.ts';
import { fieldMeant, plainName } from './foreign-names.ts';
import { fieldOfInterfaceId } from './interface-id.ts';
import { PROTOCOL_NUMBERS } from './protocols.ts';
import { parseFlags } from './tcp-flags.ts';
import { FIELD_NAMES, findField, SERVICE_PORTS } from './value.ts';

/** What to write for a name that is no field: the one that others call so, or that is spelt nearly so. */
export function fieldHint(name: string): string | undefined {
  const plain = plainName(name);
  if (plain === 'port') return 'did you mean `dstport`, `srcport` or `server_port`?';
  const near =
    fieldMeant(name) ??
    FIELD_NAMES.find((column) => plainName(column) === plain) ??
    suggest(name.replaceAll('-', '_'), FIELD_NAMES);
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

/** The test that a value without a field probably stands for; undefined for a word that looks like no value. */
export function testOfValue(word: string): string | undefined {
  if (PROTOCOL_NUMBERS.has(word.toLowerCase())) return `write \`protocol = ${word.toLowerCase()}\``;
  if (typeof parseFlags(word) === 'number') {
    return `write \`tcp_flags has ${word}\`, and several flags as \`SYN+ACK\``;
  }
  const column = columnOfValue(word) ?? fieldOfInterfaceId(word);
  if (column !== undefined) return `write \`${column} ${word.includes('*') ? 'like' : '='} ${word}\``;
  if (/^\d{1,5}$/.test(word)) return `write \`dstport = ${word}\`, and several values as \`dstport in (22, 23)\``;
  if (/^\d{1,5}-\d{1,5}$/.test(word)) return `write \`dstport in ${word}\``;
  if (typeof parseAddressRange(word) === 'object') {
    const test = `${/[/-]/.test(word) ? 'in' : '='} ${word}`;
    return `write \`srcaddr ${test}\` or \`dstaddr ${test}\``;
  }
  const port = SERVICE_PORTS.get(word.toLowerCase());
  return port === undefined ? undefined : `write \`server_port = ${port}\``;
}

/** The column among whose values a word is, whatever its case: `action` for `REJECT`. */
function columnOfValue(word: string): string | undefined {
  return ['action', 'log_status', 'direction'].find((column) =>
    findField(column)?.values?.some((value) => value.toLowerCase() === word.toLowerCase()),
  );
}
