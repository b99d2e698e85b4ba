/** The schema that editors complete and check sekisho.yml by. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema, type JsonSchema } from '../../shared/config/json-schema.ts';
import { blocksOf, read } from '../docs/documents.ts';
import { refusals } from './refusals.ts';

const schema = configJsonSchema();
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

/** Where a YAML text is not as the schema says; none where it is. */
function problems(text: string): string[] {
  return validate(parse(text)) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

test('the file at the root is the schema; `sekisho init --schema > sekisho.schema.json` writes it', () => {
  const file = readFileSync(new URL('../../sekisho.schema.json', import.meta.url), 'utf8');
  expect(file).toBe(`${JSON.stringify(schema, null, 2)}\n`);
});

/** Paths of settings that say nothing of themselves. */
function silent({ properties = {}, items, anyOf = [] }: JsonSchema, path: string): readonly string[] {
  const below = Object.entries(properties).flatMap(([key, each]) => [
    ...(each.description === undefined ? [`${path}.${key}`] : []),
    ...silent(each, `${path}.${key}`),
  ]);
  return [...below, ...[items ?? [], anyOf].flat().flatMap((each) => silent(each, path))];
}

test('every setting has a description', () => {
  expect(silent(schema, '')).toEqual([]);
});

const examples = ['README.md', 'README.ja.md'].flatMap((name) =>
  blocksOf(read(name)).filter(
    ({ language, text }) => language === 'yaml' && /^(networks|sources|deployment):/m.test(text),
  ),
);

test('the examples of the documents are as it says', () => {
  expect(examples.length).toBeGreaterThan(0);
  for (const { text } of examples) expect({ text, found: problems(text) }).toEqual({ text, found: [] });
});

const VPC = 'vpc-0123456789abcdef0';

describe('the schema and the reader agree', () => {
  test.each([
    '{}',
    'networks: [10.0.0.0/8, "2001:db8::/32"]',
    'sources: [{ log_group: a, format: default }, { log_group: b*, format: [default, "${version}"] }]',
    `sources: [{ log_group: a, create: { resource: ${VPC}, traffic: all, aggregation: 60, retention_days: 14 } }]`,
    'sources: [{ bucket: logs, prefix: a, archive: false, layout: hive, partition: hourly }]',
    'lists: { a: [10.0.0.5, 22], b: 10.0.0.5, c: { file: a.csv, column: 2 }, d: s3://bucket/key }',
    'alerts: { routes: [{ name: a, at_least: high, emails: [a@example.com], format: chat }], security_hub: true }',
    'storage: { tiers: { infrequent_access: 30d, glacier_instant_retrieval: never }, expire_after: 7y }',
    'windows: { state_limit: 1.5 GB }',
    'budgets: { query_scan: 10000000, monthly: 5 }',
    ...['rate(1 day)', 'rate(10 minutes)', 'cron(0 1 * * ? *)'].map((text) => `schedules: { rules: ${text} }`),
    'members: { organization: o-a1b2c3d4e5, accounts: ["012345678901", 111122223333] }',
  ])('on what is right: %s', (text) => {
    expect({ schema: problems(text), reader: refusals(text) }).toEqual({ schema: [], reader: [] });
  });

  test.each([
    '[]',
    'netwroks: [10.0.0.0/8]',
    'networks: []',
    'networks: [10.0.0.0]',
    'sources: [{ log_group: a }]',
    'sources: [{ log_group: a, bucket: logs, format: default }]',
    'sources: [{}]',
    'sources: [{ bucket: Logs }]',
    'sources: [{ log_group: a, create: { resource: i-0123456789abcdef0 } }]',
    `sources: [{ log_group: a, create: { resource: ${VPC}, retention_days: 10 } }]`,
    'lists: { a: true }',
    'alerts: { routes: [{ at_least: high }] }',
    'alerts: { routes: [{ name: a, at_least: worst }] }',
    'alerts: { routes: [{ name: a, emails: [b] }] }',
    'storage: { tiers: { infrequent_access: 30 } }',
    'storage: { query_results: never }',
    'storage: { kms_key: alias/a }',
    'windows: { state_limit: plenty }',
    'budgets: { monthly: 0 }',
    ...['rate(1 hours)', 'rate(0 days)', 'cron(0 1 * * ?)'].map((text) => `schedules: { rules: ${text} }`),
    'members: { accounts: [012345678901] }',
    'deployment: { name: Sekisho }',
    'deployment: { region: Tokyo }',
    'sources:',
  ])('on what is wrong: %s', (text) => {
    expect(problems(text)).not.toEqual([]);
    expect(refusals(text)).not.toEqual([]);
  });
});
