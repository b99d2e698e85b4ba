import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadRules } from '../../shared/rules/load.ts';
import { BLOCK_KEYS, ENTRY_KEYS, FILE_KEYS, RULE_KEYS, TEST_KEYS, TIMING_KEYS } from '../../shared/rules/rule-keys.ts';
import { ruleSchema } from '../../shared/rules/rule-schema.ts';

const folder = new URL('../../rules/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const docs = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
const examples = [...docs.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1]!);

const validate = new Ajv2020({ allowUnionTypes: true }).compile(ruleSchema());

/** Where a YAML text is not as the schema says; none where it is. */
function problems(text: string): string[] {
  return validate(parse(text)) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

/** The codes of what `rules check` refuses in a text. */
function errors(text: string): string[] {
  const { diagnostics } = loadRules([{ name: 'rules.yml', text }]);
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

test('the file beside the rules is the schema; `sekisho rules schema > rules/schema.json` writes it', () => {
  expect(JSON.parse(readFileSync(new URL('schema.json', folder), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(ruleSchema())),
  );
});

test('the reference names every key', () => {
  const keys = [FILE_KEYS, RULE_KEYS, BLOCK_KEYS, ENTRY_KEYS.inbound, ENTRY_KEYS.outbound, TEST_KEYS, TIMING_KEYS];
  const inTable = (key: string): boolean => docs.includes(`\`${key}\``) || docs.includes(`\`${key}:`);
  expect(keys.flatMap((named) => Object.keys(named)).filter((key) => !inTable(key))).toEqual([]);
});

describe('the schema lets through', () => {
  test.each(files)('%s', (name) => {
    expect(problems(readFileSync(new URL(name, folder), 'utf8'))).toEqual([]);
  });

  test.each(examples.map((text) => [text.split('\n', 3).join(' '), text]))('the example %s', (_, text) => {
    expect(problems(text)).toEqual([]);
  });

  test.each([
    'count() > 1, window: 5m',
    'Distinct( server-port )>=50, window: 30d',
    'rate() >= 0.5, window: 5m',
    'No records for 45m',
    'new server_port over 14d',
    'sum(bytes) > 4x usual over 14d and at least 1GB, window: 1d',
    'sum(bytes) > 4.5 × usual over 14d, window: 1d',
    'count() > 1, window: 5m, then: action = ACCEPT, within: 5m',
  ])('when: %s', (when) => {
    expect(problems(`rules: [{ id: a, where: dstport = 1, when: ${when} }]`)).toEqual([]);
  });

  test.each([
    'interfaces: any, inbound: any, outbound: []',
    'interfaces: [eni-1, { name: web-* }], inbound: [{ from: [internet, 10.0.0.0/8], ports: [443, 8000-8099] }]',
    "interfaces: '@web', outbound: [{ to: any, protocol: icmp, description: pings }], name: web",
    'unexpected-accept: { severity: high, suppress: 6h }, unexpected-reject: { title: refused }',
  ])('expect: %s', (block) => {
    expect(problems(`expect: [{ ${block} }]`)).toEqual([]);
  });

  test.each(['[10.0.0.0/8, 22]', '{ file: a.csv, column: 2 }', 's3://bucket/key'])('a list %s', (list) => {
    expect(problems(`lists: { a: ${list} }`)).toEqual([]);
  });
});

describe('the schema refuses', () => {
  const rule = (keys: string): string => `rules: [{ id: a, where: dstport = 1, ${keys} }]`;
  test.each<[string, string]>([
    ['a rule without where', 'rules: [{ id: a }]'],
    ['an unknown key', rule('serverity: low')],
    ['an unknown severity', rule('severity: hi')],
    ['an id in another case', 'rules: [{ id: PortScan, where: dstport = 1 }]'],
    ['an unknown field in by', rule('by: [srcadr]')],
    ['when without window', rule('when: count() > 1')],
    ['window without when', rule('window: 5m')],
    ['window beside an absence', rule('window: 5m, when: no records for 45m')],
    ['then without within', rule('window: 5m, when: count() > 1, then: dstport = 2')],
    ['a condition that can become false again', rule('window: 5m, when: count() < 1')],
    ['a condition that is nearly one', rule('when: no records in 45m')],
    ['a duration without unit', rule('suppress: 60')],
    ['a test without alerts', rule('tests: [{ name: a, records: [{ dstport: 1 }] }]')],
    ['a test with records and lines', rule('tests: [{ name: a, records: [{ dstport: 1 }], lines: [a], alerts: 0 }]')],
    ['an unknown field in a record', rule('tests: [{ name: a, records: [{ dsport: 1 }], alerts: 0 }]')],
    ['a block without interfaces', 'expect: [{ inbound: any }]'],
    ['a block that says nothing', 'expect: [{ interfaces: any }]'],
    ['from in outbound', 'expect: [{ interfaces: any, outbound: [{ from: any }] }]'],
    ['a rule of expectations that does not exist', 'expect: [{ unexpected-drop: { severity: low } }]'],
    ['a list in two places', 'lists: { a: { file: a.txt, object: a.txt } }'],
    ['a file that is a list', '[1]'],
  ])('%s', (_, text) => {
    expect(problems(text)).not.toEqual([]);
  });
});

describe('the schema and the checker agree', () => {
  const rule = (keys: string): string => `rules: [{ id: a, where: dstport = 1, ${keys} }]`;
  const windowed = (window: string, more = ''): string => rule(`window: ${window}, when: count() > 1${more}`);
  const tested = (record: string): string =>
    rule(`tests: [{ name: a, records: [{ dstport: 1 }, ${record}], alerts: [{ times: 1 }] }]`);
  const expected = (entry: string): string =>
    `expect: [{ interfaces: any, inbound: [{ from: internet${entry} }], outbound: any }]`;

  test.each([
    '',
    '# nothing yet',
    rule('by: [interface-id, srcaddr]'),
    rule('by: srcaddr'),
    rule('sharpened_by: []'),
    rule('tags: []'),
    ...['1m', '60s', '90s', '0060s', '24h', '59d', '366d', '8784h'].map((time) => rule(`suppress: ${time}`)),
    ...['1m', '120s', '1h', '07d', '30d', '720h', '43200m'].map((time) => windowed(time)),
    windowed('60m', ', then: dstport = 2, within: 60m'),
    windowed('1h', ', then: dstport = 2, within: 3600s'),
    ...['{ dstport: 65535 }', '{ srcport: 1-60, tcp_flags: 2 }', '{ bytes: [0, 5000000000] }'].map(tested),
    ...['', ', ports: [0, 65535, 8000-8099]', ', protocol: icmp', ', protocol: icmp, ports: any'].map(expected),
  ])('on what is right: %s', (text) => {
    expect({ schema: problems(text), check: errors(text) }).toEqual({ schema: [], check: [] });
  });

  test.each([
    rule('by: []'),
    rule('by: [srcaddr, srcaddr]'),
    rule('sharpened_by: [vpc_id, vpc_id]'),
    ...['0m', '0s', '30s', '59s', '367d', '1000d'].map((time) => rule(`suppress: ${time}`)),
    ...['0m', '0h', '30s', '31d', '99d', '721h', '43201m', '100000m'].map((time) => windowed(time)),
    ...['0m', '59s', '61m', '2h', '1d', '3601s'].map((time) => windowed('5m', `, then: dstport = 2, within: ${time}`)),
    windowed('2h', ', then: dstport = 2, within: 5m'),
    ...['{ dstport: 65536 }', '{ dstport: [22, 99999] }', '{ src-port: 70000 }', '{ bytes: -1 }'].map(tested),
    ...[', ports: 65536', ', ports: [443, 99999]', ', protocol: icmp, ports: 443', ', protocol: 58, ports: [22]'].map(
      expected,
    ),
  ])('on what is wrong: %s', (text) => {
    expect(problems(text)).not.toEqual([]);
    expect(errors(text)).not.toEqual([]);
  });
});
