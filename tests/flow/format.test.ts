import { expect, test } from 'vitest';
import { FIELDS } from '../../shared/flow/fields.ts';
import { DEFAULT_FORMAT, formatString, parseFormat, parseHeader, type Format } from '../../shared/flow/format.ts';

test("AWS's format string, a header's names and `default` name the same format", () => {
  const aws = DEFAULT_FORMAT.fields.map((field) => `\${${field.name}}`).join(' ');
  expect(parseFormat(aws)).toEqual(DEFAULT_FORMAT);
  expect(parseFormat(DEFAULT_FORMAT.text)).toEqual(DEFAULT_FORMAT);
  expect(parseFormat('default')).toBe(DEFAULT_FORMAT);
});

test('`recommended` goes on where the default format ends, and `transit-gateway` has all fields of one', () => {
  const recommended = parseFormat('recommended') as Format;
  expect(recommended.text.startsWith(`${DEFAULT_FORMAT.text} vpc-id `)).toBe(true);
  expect(recommended.fields.every(({ since, tables }) => since <= 5 && tables.includes('vpc'))).toBe(true);
  const transit = parseFormat('transit-gateway') as Format;
  const tgw = FIELDS.filter(({ tables }) => tables.includes('tgw')).map(({ name }) => name);
  expect(transit.fields.map(({ name }) => name).toSorted()).toEqual(tgw.toSorted());
  expect(transit).toMatchObject({ table: 'tgw', fields: { length: 36 } });
});

test("a named format is what it says in AWS's words", () => {
  expect(formatString(DEFAULT_FORMAT)).toMatch(/^\$\{version\} \$\{account-id\} .* \$\{log-status\}$/);
  for (const name of ['default', 'recommended', 'transit-gateway']) {
    const format = parseFormat(name) as Format;
    expect(parseFormat(formatString(format))).toEqual(format);
  }
});

test.each([
  ['recomended', 'unknown field `recomended` in the format: did you mean `recommended`?'],
  ['${version} ${dstprot}', 'unknown field `dstprot` in the format: did you mean `dstport`?'],
  ['${version} ${quux}', 'unknown field `quux` in the format: see the fields'],
  ['${version} ${version}', 'the format names `version` twice'],
  ['${action} ${tgw-id}', 'the format mixes `action` (VPC flow logs) with `tgw-id`'],
  ['  ', 'the format is empty'],
])('%s is refused', (text, message) => {
  expect(parseFormat(text)).toEqual({ kind: 'format-error', message: expect.stringContaining(message) });
});

test('a header is told from a record', () => {
  expect(parseHeader('version account-id interface-id')).toMatchObject({ text: 'version account-id interface-id' });
  expect(parseHeader('version account-id something-new')).toMatchObject({ kind: 'format-error' });
  expect(parseHeader('eni-0abc ingress us-east-1')).toBeUndefined();
  expect(parseHeader('2 123456789012 eni-1')).toBeUndefined();
});
