/** Settings of the pipeline on AWS. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { one, refusals } from './refusals.ts';

const read = (text: string): Config => parseConfig('sekisho.yml', text) as Config;

test('every setting of a deployment is read', () => {
  const text = `deployment:
  name: border
  stage: test
  region: ap-northeast-1
  tags: { owner: network-team, Kostenstelle: '0815' }
  permissions_boundary: arn:aws:iam::111122223333:policy/all/boundary
  reserved_concurrency: false
alerts:
  notifications_per_minute: 20
  security_hub: true
  routes:
    - { name: on-call, at_least: high, emails: [a@example.com] }
    - { name: chat, at_least: medium, topic: "arn:aws:sns:ap-northeast-1:111122223333:chat", format: chat }
    - { name: all }
storage:
  bucket: border-lake
  kms_key: arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
  versioning: true
  tiers: { infrequent_access: 45d, glacier_instant_retrieval: 20w, glacier_flexible_retrieval: 1y, deep_archive: 2y }
  expire_after: 7y
  query_results: 3d
schedules: { rules: cron(0/15 8-18 ? * MON-FRI *) }
budgets: { query_scan: 1TB, monthly: 49.5 }
operations: { emails: [ops@example.com], log_retention_days: 30 }
members: { organization: o-a1b2c3d4e5, accounts: ["012345678901", 111122223333] }
`;
  expect(read(text)).toEqual({
    ...DEFAULT_CONFIG,
    deployment: {
      name: 'border',
      stage: 'test',
      region: 'ap-northeast-1',
      tags: { owner: 'network-team', Kostenstelle: '0815' },
      permissionsBoundary: 'arn:aws:iam::111122223333:policy/all/boundary',
      reservedConcurrency: false,
    },
    alerts: {
      notificationsPerMinute: 20,
      securityHub: true,
      routes: [
        { name: 'on-call', atLeast: 'high', topic: undefined, emails: ['a@example.com'], format: 'default' },
        {
          name: 'chat',
          atLeast: 'medium',
          topic: 'arn:aws:sns:ap-northeast-1:111122223333:chat',
          emails: [],
          format: 'chat',
        },
        { name: 'all', atLeast: 'info', topic: undefined, emails: [], format: 'default' },
      ],
    },
    storage: {
      bucket: 'border-lake',
      kmsKey: 'arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      versioning: true,
      tiers: { infrequentAccess: 45, glacierInstantRetrieval: 140, glacierFlexibleRetrieval: 365, deepArchive: 730 },
      expireAfter: 2555,
      queryResults: 3,
    },
    schedules: { rules: 'cron(0/15 8-18 ? * MON-FRI *)' },
    budgets: { queryScan: 1e12, monthly: 49.5 },
    operations: { emails: ['ops@example.com'], logRetentionDays: 30 },
    members: { organization: 'o-a1b2c3d4e5', accounts: ['012345678901', '111122223333'] },
  });
});

test('sections that say nothing have the defaults', () => {
  const text =
    'deployment: {}\nalerts: {}\nstorage: { tiers: {} }\nschedules: {}\nbudgets: {}\noperations: {}\nmembers: {}';
  expect(read(text)).toEqual(DEFAULT_CONFIG);
});

describe('names', () => {
  test('leave room for the names of functions', () => {
    expect(read(`deployment: { name: ${'a'.repeat(51)} }`).deployment.name).toHaveLength(51);
    expect(refusals(`deployment: { name: ${'a'.repeat(52)} }`)).toEqual(
      one(`1:21: \`deployment.name\`: \`${'a'.repeat(52)}-prod\` has 57 characters`),
    );
    expect(refusals(`deployment: { name: ab, stage: ${'b'.repeat(60)} }`)).toEqual(one('1:32: `deployment.stage`: '));
  });

  test.each(['Sekisho', '1st', 'a_b', 'a--b', 'a-', '-a', '""'])('%s becomes no part of them', (name) => {
    expect(refusals(`deployment: { name: ${name} }`)).toEqual(one('`deployment.name`: it becomes part of the names'));
  });
});

test('a name has two characters at least, as functions are called by it', () => {
  expect(refusals('deployment: { name: x, stage: y }')).toEqual(
    one('`deployment.name`: it must have two characters at least'),
  );
  expect(refusals('deployment: { name: xy, stage: y }')).toEqual([]);
});

describe.each<[string, (value: string) => string, readonly string[], readonly (readonly [string, string])[]]>([
  [
    'account',
    (id) => `members: { accounts: [${id}] }`,
    ['"012345678901"', '111122223333'],
    [
      ['012345678901', 'YAML drops zeros that a number begins with: write `"012345678901"`'],
      ['"1234"', "an account's id has 12 digits"],
      ['true', "an account's id has 12 digits"],
    ],
  ],
  [
    'tag',
    (tag) => `deployment: { tags: { ${tag} } }`,
    ['cost-center: "0815"', 'Kosten Stelle/Ü: a b', 'owner: ""'],
    [
      ['cost-center: 815', '`deployment.tags.cost-center`: it must be a text, and is `815`: put it in quotes'],
      ['"aws:x": y', 'does not begin with `aws:`'],
      ['application: other', 'is not `application`'],
      ['owner: a#b', "a tag's value has at most 256 letters"],
    ],
  ],
  [
    'boundary',
    (arn) => `deployment: { permissions_boundary: ${arn} }`,
    ['arn:aws:iam::111122223333:policy/a/b', 'arn:aws-cn:iam::aws:policy/PowerUserAccess'],
    [
      ['boundary', "write the policy's ARN"],
      ['arn:aws:iam::111122223333:role/a', "write the policy's ARN"],
    ],
  ],
  [
    'schedule',
    (text) => `schedules: { rules: "${text}" }`,
    [
      'rate(1 minute)',
      'rate(2 hours)',
      'cron(0 1 * * ? *)',
      'cron(15 10 ? * 6L 2026-2030)',
      'cron(0 8 1W JAN,JUL ? *)',
    ],
    [
      ['hourly', 'it is no schedule: write `rate(1 day)`'],
      ['rate(1 hours)', 'EventBridge wants `rate(1 hour)`'],
      ['rate(2 hour)', 'EventBridge wants `rate(2 hours)`'],
      ['rate(0 hours)', 'it never comes round'],
      ['cron(0 1 * * *)', 'and this has 5'],
      ['cron(0 1 * * * *)', 'one of day of month and day of week must be `?`'],
      ['cron(0 1 ? * ? *)', 'one of day of month and day of week must be `?`'],
      ['cron(0 24 * * ? *)', "`24` does not fit EventBridge's cron as hours (0 to 23)"],
      ['cron(*/0 1 * * ? *)', '`*/0` does not fit'],
      ['cron(0 1 * FOO ? *)', '`FOO` does not fit'],
    ],
  ],
  [
    'key',
    (arn) => `storage: { kms_key: "${arn}" }`,
    ['arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234'],
    [
      ['alias/mine', "write the key's ARN"],
      ['arn:aws:kms:eu-west-1:111122223333:alias/mine', "permissions can't name an alias"],
    ],
  ],
  [
    'retention',
    (days) => `operations: { log_retention_days: ${days} }`,
    ['1', '3653'],
    [
      ['10', "CloudWatch Logs can't keep lines for 10 days: take `7` or `14`"],
      ['0', 'take `1`'],
      ['5000', 'take `3653`'],
      ['14d', 'write a number of days'],
    ],
  ],
  [
    'scan limit',
    (size) => `budgets: { query_scan: ${size} }`,
    ['10MB', '1.5 TB', '10000000'],
    [
      ['9MB', "Athena's least limit is 10 MB"],
      ['lots', 'it is no size'],
    ],
  ],
  [
    'e-mail',
    (address) => `operations: { emails: [${address}] }`,
    ['on-call+vpc@example.co.jp'],
    [
      ['on-call', 'it is no e-mail address'],
      ['a@b', 'it is no e-mail address'],
      ['a@example.com, a@example.com', '`operations.emails.1`: `a@example.com` is there twice'],
    ],
  ],
])('%s', (_, text, right, wrong) => {
  test.each(right)('%s', (value) => {
    expect(refusals(text(value))).toEqual([]);
  });

  test.each(wrong)('%s is refused', (value, message) => {
    expect(refusals(text(value))).toEqual(one(message));
  });
});

describe('routes', () => {
  const topic = 'arn:aws:sns:us-east-1:111122223333:security';

  test('names that would give one topic', () => {
    expect(refusals('alerts: { routes: [{ name: a }, { name: a }] }')).toEqual(one('two routes are called `a`'));
    expect(refusals('alerts: { routes: [{ name: on-call }, { name: OnCall }] }')).toEqual(
      one('would give both the same topic'),
    );
  });

  test('addresses for a topic that is there already', () => {
    const text = `alerts: { routes: [{ name: a, topic: "${topic}", emails: [a@example.com] }] }`;
    expect(refusals(text)).toEqual(
      one('`alerts.routes.0.emails`: the deployment subscribes nobody to a topic that it does not make'),
    );
  });

  test('topics and keys of another region', () => {
    const text = `deployment: { region: eu-west-1 }\nalerts: { routes: [{ name: a, topic: "${topic}" }] }`;
    expect(refusals(text)).toEqual(
      one("2:38: `alerts.routes.0.topic`: a function in eu-west-1 can't publish to a topic in us-east-1"),
    );
    expect(refusals(text.replace('eu-west-1', 'us-east-1'))).toEqual([]);
    const key = 'deployment: { region: eu-west-1 }\nstorage: { kms_key: "arn:aws:kms:us-east-1:111122223333:key/1" }';
    expect(refusals(key)).toEqual(one('the key is in us-east-1 and the deployment in eu-west-1'));
  });

  test('FIFO topics, severities and formats that there are not', () => {
    expect(refusals(`alerts: { routes: [{ name: a, topic: "${topic}.fifo" }] }`)).toEqual(
      one("write a standard topic's ARN"),
    );
    expect(refusals('alerts: { routes: [{ name: a, at_least: hihg }] }')).toEqual(
      one('it is `hihg`: did you mean `high`?'),
    );
    expect(refusals('alerts: { routes: [{ name: a, format: xml }] }')).toEqual(
      one('write one of `default`, `chat`, `asff`, `ocsf`'),
    );
  });
});
