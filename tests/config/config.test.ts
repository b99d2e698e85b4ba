import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { one, refusals } from './refusals.ts';

test('every setting is read, and what is not said has its default', () => {
  const text = `networks: [10.0.0.0/8, "2001:db8::/32"]
sources:
  - log_group: vpc/flow
    format: default
  - log_group: shared/*
    format: ["\${version} \${srcaddr}", default]
lists:
  bastions: [10.0.0.5, 10.0.1.0/24]
  web_ports: [80, 443]
alerts: { notifications_per_minute: 3 }
windows: { state_limit: 1.5 GB }
`;
  expect(parseConfig('sekisho.yml', text)).toEqual({
    ...DEFAULT_CONFIG,
    networks: ['10.0.0.0/8', '2001:db8::/32'],
    sources: [
      { kind: 'log-group', logGroup: 'vpc/flow', formats: ['default'], create: undefined },
      { kind: 'log-group', logGroup: 'shared/*', formats: ['${version} ${srcaddr}', 'default'], create: undefined },
    ],
    lists: { bastions: ['10.0.0.5', '10.0.1.0/24'], web_ports: ['80', '443'] },
    alerts: { ...DEFAULT_CONFIG.alerts, notificationsPerMinute: 3 },
    windows: { stateLimit: 1_500_000_000 },
  });
  expect(parseConfig('sekisho.yml', '')).toEqual(DEFAULT_CONFIG);
});

test('a list is written out, or says where it is kept', () => {
  const text = `lists:
  office: 192.0.2.1
  ports: 22
  threats: { file: lists/threats.csv, column: ip, refresh: 1h }
  relays: { object: lists/relays.csv, column: 2 }
  feed: s3://bucket/feed.txt
`;
  expect(parseConfig('sekisho.yml', text)).toMatchObject({
    lists: {
      office: ['192.0.2.1'],
      ports: ['22'],
      threats: { file: 'lists/threats.csv', column: 'ip', refresh: '1h' },
      relays: { object: 'lists/relays.csv', column: 2 },
      feed: { object: 's3://bucket/feed.txt' },
    },
  });
});

test.each([
  ['netwroks: []', 'sekisho.yml:1:1: there is no setting `netwroks`: did you mean `networks`?'],
  ['rules: []\nnetworks:\n  - 10.0.0.0/33', 'sekisho.yml:3:5: `networks.0`: it is no network'],
  ['time_zone: Asia/Tokio', 'sekisho.yml:1:12: `time_zone`: it is no time zone'],
  ['lists: { a: { fil: x } }', 'sekisho.yml:1:15: there is no setting `fil`: did you mean `file`?'],
  ['lists: { a: true }', 'sekisho.yml:1:13: `lists.a`: a list is written `[entry, entry]`, `{ file: path }`'],
  ['lists: { a: bad.txt }', 'sekisho.yml:1:13: `lists.a`: `bad.txt` is a file: write `{ file: bad.txt }`'],
  ['service_ports: [70000]', 'sekisho.yml:1:17: `service_ports.0`'],
  [
    'alerts: { notification_per_minute: 5 }',
    'sekisho.yml:1:11: there is no setting `notification_per_minute`: did you mean `notifications_per_minute`?',
  ],
  ['alerts:\n  notifications_per_minute: 0', 'sekisho.yml:2:29: `alerts.notifications_per_minute`'],
  ['windows: { state_limit: plenty }', 'sekisho.yml:1:25: `windows.state_limit`: it is no size'],
  ['sources: [{log_group: a}]', 'sekisho.yml:1:11: `sources.0.format`'],
  ['rules: [a\nlists: 3', 'sekisho.yml:2:1: '],
  ['rules: *a', 'sekisho.yml:1:8: `*a` stands for nothing: there is no `&a` before it'],
  ['[]', 'sekisho.yml:1:1: it must be a mapping of settings, and is a list'],
  ['sources:', 'sekisho.yml:1:9: `sources`: it is empty: write a value, or take the line out'],
  ['rules: my-rules', 'sekisho.yml:1:8: `rules`: it must be a list, and is the text `my-rules`: write `[my-rules]`'],
  ['rules: [1]', 'sekisho.yml:1:9: `rules.0`: it must be a text, and is `1`: put it in quotes'],
  ['kms_key: a', 'sekisho.yml:1:1: there is no setting `kms_key` here: it belongs under `storage`'],
  ['alerts: { networks: [] }', 'there is no setting `networks` here: it belongs to the outermost level'],
  ['storage: { colour: red }', 'sekisho.yml:1:12: there is no setting `colour` under `storage`'],
])('%j is refused with its place', (text, expected) => {
  expect(parseConfig('sekisho.yml', text)).toMatchObject([{ message: expect.stringContaining(expected) }]);
});

test('settings that are wrong on their own and those that do not go together are told in one go, from top to bottom', () => {
  const text = `deployment: { name: X }
sources:
  - log_group: /vpc/a
  - bucket: logs
    archive: maybe
  - bucket: my-logs
    archive: false
  - bucket: lake
storage: { bucket: lake, tiers: { infrequent_access: 10d } }
alerts:
  routes:
    - { name: a, at_least: lots }
operations: { emails: [a@example.com, a@example.com] }
budgts: {}
`;
  expect(refusals(text).map((message) => /^(\d+):\d+: (`[^`]+`)?/.exec(message)!.slice(1))).toEqual([
    ['1', '`deployment.name`'],
    ['3', '`sources.0.format`'],
    ['5', '`sources.1.archive`'],
    ['7', '`sources.2.archive`'],
    ['8', '`sources.3.bucket`'],
    ['9', '`storage.tiers.infrequent_access`'],
    ['12', '`alerts.routes.0.at_least`'],
    ['13', '`operations.emails.1`'],
    ['14', undefined],
  ]);
  // what is wrong in a source is not told a second time as missing
  expect(refusals('sources: [{ bucket: my-logs, archive: false, layout: hiv, partition: daily }]')).toEqual(
    one('did you mean `hive`?'),
  );
});
