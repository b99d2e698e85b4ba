import { expect, test } from 'vitest';
import { DEFAULT_FORMAT, parseFormat, parseHeader } from '../../shared/flow/format.ts';

test("AWS's format string, a header's names and `default` name the same format", () => {
  const aws = DEFAULT_FORMAT.fields.map((field) => `\${${field.name}}`).join(' ');
  expect(parseFormat(aws)).toEqual(DEFAULT_FORMAT);
  expect(parseFormat(DEFAULT_FORMAT.text)).toEqual(DEFAULT_FORMAT);
  expect(parseFormat('default')).toBe(DEFAULT_FORMAT);
});

test.each([
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
