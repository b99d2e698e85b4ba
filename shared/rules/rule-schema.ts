/** The JSON Schema of rule files, so that editors complete and check them while they are written. */
import { FIELDS } from '../flow/fields.ts';
import { ID_PATTERN, MAX_SUPPRESS } from './read-rule.ts';
import {
  BLOCK_KEYS,
  ENTRY_KEYS,
  FILE_KEYS,
  RULE_KEYS,
  SETTING_KEYS,
  TEST_KEYS,
  TIMING_KEYS,
  type RuleKey,
} from './rule-keys.ts';
import { SEVERITIES, STREAMED_SECONDS } from './rule.ts';
import { MAX_WINDOW } from './when.ts';
import {
  DEFINITIONS,
  EXPRESSION,
  FIELD,
  mapping,
  oneOrMore,
  refer,
  TEXT,
  TIME,
  timeUpTo,
  valuesOf,
  WHEN,
  type Schema,
} from './schema-parts.ts';

const ID: Schema = { type: 'string', pattern: ID_PATTERN.source };
const TEXTS = oneOrMore(TEXT);
const SEVERITY: Schema = { enum: SEVERITIES, default: 'medium' };
const SUPPRESS: Schema = { ...timeUpTo(MAX_SUPPRESS), examples: ['1h', '1d'], default: '1h' };
const STREAMED = timeUpTo(STREAMED_SECONDS);

/** The schema of a rule file, JSON Schema draft 2020-12. What it lets through `sekisho rules check` may still refuse. */
export function ruleSchema(): object {
  const list = (name: string): Schema => ({ type: 'array', items: refer(name) });
  const schemas = {
    rules: list('rule'),
    expect: list('expectation'),
    lists: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_-]*$' },
      additionalProperties: listSchema(),
    },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sekisho rules',
    ...mapping(FILE_KEYS, schemas),
    // an empty file says nothing wrong
    type: ['object', 'null'],
    $defs: { ...DEFINITIONS, rule: rule(), expectation: expectation(), test: test() },
  };
}

function rule(): Schema {
  const schemas: Readonly<Record<RuleKey, Schema>> = {
    id: ID,
    title: TEXT,
    severity: SEVERITY,
    tags: TEXTS,
    description: TEXT,
    false_positives: TEXT,
    runbook: TEXT,
    sharpened_by: oneOrMore(FIELD, { uniqueItems: true }),
    where: EXPRESSION,
    except: EXPRESSION,
    by: oneOrMore(FIELD, { minItems: 1, uniqueItems: true }),
    window: timeUpTo(MAX_WINDOW),
    when: WHEN,
    then: EXPRESSION,
    within: STREAMED,
    suppress: SUPPRESS,
    quiets: oneOrMore(ID),
    tests: { type: 'array', items: refer('test') },
  };
  // absence and first seen begin with `no` and `new`, and say themselves how long they look
  const hasOwnTime = { properties: { when: { type: 'string', pattern: '^\\s*[nN]' } }, required: ['when'] };
  return mapping(RULE_KEYS, schemas, {
    required: ['id', 'where'],
    // sequences stream
    dependentSchemas: { then: { properties: { window: STREAMED } } },
    dependentRequired: { window: ['when'], then: ['within', 'when'], within: ['then'] },
    if: hasOwnTime,
    then: { properties: { window: false, then: false } },
    else: { dependentRequired: { when: ['window'] } },
  });
}

function expectation(): Schema {
  const { interfaces, inbound, outbound, ...others } = BLOCK_KEYS;
  const { 'unexpected-accept': accept, 'unexpected-reject': reject, ...described } = others;
  const name = { type: 'object', additionalProperties: false, properties: { name: TEXTS }, required: ['name'] };
  const way = (key: 'inbound' | 'outbound'): Schema => ({
    anyOf: [{ const: 'any' }, { type: 'array', items: entry(key) }],
  });
  const block = {
    name: TEXT,
    description: TEXT,
    interfaces: oneOrMore({
      anyOf: [{ type: 'string', examples: ['any', '10.0.1.0/24', 'eni-', 'subnet-', '@'] }, name],
    }),
    inbound: way('inbound'),
    outbound: way('outbound'),
    tests: { type: 'array', items: refer('test') },
  };
  const either = { required: ['interfaces'], anyOf: [{ required: ['inbound'] }, { required: ['outbound'] }] };
  const settings = { 'unexpected-accept': setting(), 'unexpected-reject': setting() };
  return {
    anyOf: [
      mapping({ interfaces, inbound, outbound, ...described }, block, either),
      mapping({ 'unexpected-accept': accept, 'unexpected-reject': reject }, settings, { minProperties: 1 }),
    ],
  };
}

function entry(way: 'inbound' | 'outbound'): Schema {
  const numbers = { type: ['string', 'integer'] };
  const port = { ...numbers, minimum: 0, maximum: 65_535 };
  const ends = oneOrMore({ type: 'string', examples: ['internet', 'any', '10.0.0.0/8', '@private'] });
  const schemas = {
    from: ends,
    to: ends,
    ports: oneOrMore({ ...port, examples: [443, '8000-8099', '@admin_ports', 'any'] }),
    protocol: oneOrMore({ ...numbers, examples: ['tcp', 'udp', 'icmp', 'icmpv6', 'any'] }),
    description: TEXT,
  };
  const required = [way === 'inbound' ? 'from' : 'to'];
  const isPing = { properties: { protocol: { enum: ['icmp', 'icmpv6', 1, 58] } }, required: ['protocol'] };
  const withoutPorts = { properties: { ports: oneOrMore({ const: 'any' }) } };
  return mapping<string>(ENTRY_KEYS[way], schemas, { required, if: isPing, then: withoutPorts });
}

function setting(): Schema {
  const meanings = Object.fromEntries(SETTING_KEYS.map((key) => [key, RULE_KEYS[key]]));
  const schemas = {
    title: TEXT,
    description: TEXT,
    severity: SEVERITY,
    tags: TEXTS,
    suppress: SUPPRESS,
    runbook: TEXT,
  };
  return mapping<string>(meanings, schemas);
}

function test(): Schema {
  const fields = Object.fromEntries(FIELDS.map((field) => [field.column, valuesOf(field)]));
  // AWS's names are taken as well
  const named = Map.groupBy(
    FIELDS.filter(({ name }) => name.includes('-')),
    (field) => JSON.stringify(valuesOf(field)),
  );
  const byName = Array.from(named.values(), (alike) => {
    return [`^(${alike.map(({ name }) => name).join('|')})$`, valuesOf(alike[0]!)] as const;
  });
  const times = { type: 'integer', minimum: 1, maximum: 999_999, default: 1 };
  const timing = mapping(TIMING_KEYS, { times, at: TIME, every: TIME });
  const properties = { ...fields, ...(timing['properties'] as object) };
  const record = { ...timing, properties, patternProperties: Object.fromEntries(byName) };
  const group = {
    type: 'object',
    properties: { times, rule: ID },
    additionalProperties: { type: ['string', 'number', 'null'] },
  };
  const schemas = {
    name: TEXT,
    lists: { type: 'object', additionalProperties: TEXTS },
    records: { type: 'array', minItems: 1, items: record },
    lines: TEXTS,
    format: { type: 'string' },
    alerts: {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'array', items: group },
      ],
    },
  };
  return mapping(TEST_KEYS, schemas, {
    required: ['name', 'alerts'],
    oneOf: [{ required: ['records'] }, { required: ['lines'] }],
  });
}

/** Entries of a list, or where they are kept. */
function listSchema(): Schema {
  const place = {
    type: 'object',
    additionalProperties: false,
    properties: {
      file: { type: 'string', description: 'a path, relative to the rule file' },
      object: { type: 'string', description: "a key in the lake's store, or `s3://bucket/key`" },
      column: { type: ['string', 'integer'], description: 'the CSV column that holds the entries: its name or number' },
      refresh: { ...TIME, description: 'how long entries are kept before they are read again' },
    },
    oneOf: [{ required: ['file'] }, { required: ['object'] }],
  };
  return { anyOf: [TEXT, { type: 'array', items: TEXT }, place] };
}
