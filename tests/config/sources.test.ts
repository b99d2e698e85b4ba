/** Where flow logs come from. */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { parseFormat } from '../../shared/flow/format.ts';
import { one, refusals } from './refusals.ts';

const VPC = 'vpc-0123456789abcdef0';
const TGW = 'tgw-0123456789abcdef0';

const sourcesOf = (text: string): Config['sources'] =>
  (parseConfig('sekisho.yml', `sources:\n${text}`) as Config).sources;

test('log groups, and the flow logs that are made for them', () => {
  const text = `  - { log_group: /vpc/a, format: default }
  - { log_group: /vpc/b, create: { resource: ${VPC} } }
  - log_group: /vpc/c
    format: default
    create: { resource: ${VPC}, traffic: reject, aggregation: 600, retention_days: 7 }
  - log_group: /tgw
    format: recommended
    create: { resource: ${TGW} }
`;
  const standard = { traffic: 'all', aggregation: 60, retentionDays: 14 };
  expect(sourcesOf(text)).toEqual([
    { kind: 'log-group', logGroup: '/vpc/a', formats: ['default'], create: undefined },
    { kind: 'log-group', logGroup: '/vpc/b', formats: ['recommended'], create: { resource: VPC, ...standard } },
    {
      kind: 'log-group',
      logGroup: '/vpc/c',
      formats: ['default'],
      create: { resource: VPC, traffic: 'reject', aggregation: 600, retentionDays: 7 },
    },
    { kind: 'log-group', logGroup: '/tgw', formats: ['transit-gateway'], create: { resource: TGW, ...standard } },
  ]);
});

test.each(['default', 'recommended'])('`%s` for a transit gateway is a format of transit gateways', (format) => {
  const [source] = sourcesOf(`  - { log_group: /tgw, format: ${format}, create: { resource: ${TGW} } }\n`);
  expect(source?.kind === 'log-group' && source.formats.map(parseFormat)).toMatchObject([{ table: 'tgw' }]);
});

test('buckets', () => {
  const text = `  - { bucket: plain-logs }
  - { bucket: other-logs, prefix: vpc, create: true }
  - { bucket: more-logs, prefix: a/b/, archive: false, layout: hive, partition: hourly }
`;
  const standard = { kind: 'bucket', prefix: '', create: false, archive: true, layout: 'plain', partition: 'daily' };
  expect(sourcesOf(text)).toEqual([
    { ...standard, bucket: 'plain-logs' },
    { ...standard, bucket: 'other-logs', prefix: 'vpc/', create: true },
    { ...standard, bucket: 'more-logs', prefix: 'a/b/', archive: false, layout: 'hive', partition: 'hourly' },
  ]);
});

describe('refused', () => {
  test.each([
    ['{ format: default }', '1:11: `sources.0`: a source has a `log_group` or a `bucket`, and this has neither'],
    ['a', 'and this has neither'],
    ['{ log_group: a, bucket: abc }', 'and this has both: make two of it'],
    ['{ log_gruop: a, format: default }', '1:13: there is no setting `log_gruop`: did you mean `log_group`?'],
    ['{ log_group: a, fromat: default }', 'there is no setting `fromat`: did you mean `format`?'],
    ['{ log_group: a, format: default, prefix: b }', '1:44: there is no setting `prefix`'],
    ['{ log_group: a }', '`sources.0.format`: it is missing: write `default`, or the `LogFormat`'],
    ['{ log_group: a, format: [] }', '`sources.0.format`'],
    ['{ log_group: a*b, format: default }', "`sources.0.log_group`: a log group's name has"],
    ['{ log_group: "arn:aws:logs:eu-west-1:111122223333:log-group:a", format: default }', 'write the name alone'],
    [
      '{ log_group: a, format: default }, { log_group: a, format: recommended }',
      '`sources.1.log_group`: `a` is named twice',
    ],
    ['{ log_group: /aws/lambda/sekisho-prod-detect, format: default }', 'would call them again, for ever'],
    [`{ log_group: a*, create: { resource: ${VPC} } }`, 'needs its whole name'],
    [`{ log_group: a, format: [default, recommended], create: { resource: ${VPC} } }`, 'created with one format'],
    ['{ log_group: a, create: { resource: i-0123456789abcdef0 } }', 'it is no id of what can be watched'],
    [`{ log_group: a, create: { resource: ${VPC}, agregation: 60 } }`, 'did you mean `aggregation`?'],
    [`{ log_group: a, create: { resource: ${VPC}, aggregation: 300 } }`, 'write one of `60`, `600`'],
    [`{ log_group: a, create: { resource: ${VPC}, retention_days: 10 } }`, 'take `7` or `14`'],
    [`{ log_group: a, create: { resource: ${TGW}, aggregation: 600 } }`, 'know 60 seconds alone'],
    [`{ log_group: a, create: { resource: ${TGW}, traffic: reject } }`, 'do not tell accepted from refused'],
    ['{ bucket: Logs }', "`sources.0.bucket`: a bucket's name has 3 to 63"],
    ['{ bucket: "s3://logs/a" }', "write the bucket's name alone"],
    ['{ bucket: 192.168.0.1 }', 'S3 keeps names like this for itself'],
    ['{ bucket: logs, prefix: AWSLogs/111122223333 }', 'write what comes before `AWSLogs/`'],
    ['{ bucket: logs, prefix: /a }', 'without a slash at its beginning'],
    ['{ bucket: logs }, { bucket: logs, prefix: a }', '`sources.1.bucket`: `logs/a` overlaps `logs/`'],
    ['{ bucket: logs, prefix: a, create: true }, { bucket: logs, prefix: b }', 'name a bucket once'],
    ['{ bucket: logs, archive: false }', 'needs `layout` and `partition` too'],
    ['{ bucket: logs, archive: false, layout: hive }', 'needs `partition` too'],
  ])('%s', (source, message) => {
    expect(refusals(`sources: [${source}]`)).toEqual(one(message));
  });

  test('the lake as a source', () => {
    expect(refusals('sources: [{ bucket: lake }]\nstorage: { bucket: lake }')).toEqual(one('`lake` is the lake'));
  });

  test("the functions' own groups by the deployment's name", () => {
    const text = 'sources: [{ log_group: /aws/lambda/border-test-detect, format: default }]';
    expect(refusals(text)).toEqual([]);
    expect(refusals(`${text}\ndeployment: { name: border, stage: test }`)).toEqual(one('for ever'));
  });
});

test.each([
  '{ log_group: a, format: default }, { log_group: a*, format: default }',
  '{ bucket: logs, prefix: a }, { bucket: logs, prefix: ab }',
  '{ log_group: "/aws/lambda/*", format: default }',
  '{ log_group: a, format: "${version} ${srcaddr}" }',
])('%s go together', (sources) => {
  expect(refusals(`sources: [${sources}]`)).toEqual([]);
});

describe('with who reads formats', () => {
  const said = (sources: string): readonly string[] => {
    const read = parseConfig('f', `sources: [${sources}]`, parseFormat);
    return Array.isArray(read) ? read.map(({ message }: { message: string }) => message) : [];
  };

  test.each([
    ['{ log_group: a, format: defualt }', 'f:1:35: `sources.0.format`: unknown field `defualt` in the format'],
    ['{ log_group: a, format: [default, "${scraddr}"] }', 'f:1:45: `sources.0.format.1`: unknown field `scraddr`'],
    [
      `{ log_group: a, format: transit-gateway, create: { resource: ${VPC} } }`,
      'f:1:35: `sources.0.format`: these are fields of transit gateways, and `create` watches VPCs',
    ],
    [
      `{ log_group: a, format: "\${srcaddr} \${action}", create: { resource: ${TGW} } }`,
      'these are fields of VPCs, and `create` watches transit gateways',
    ],
  ])('%s is refused', (source, message) => {
    expect(said(source)).toEqual(one(message));
  });

  test.each([
    '{ log_group: a, format: transit-gateway }',
    `{ log_group: a, format: default, create: { resource: ${TGW} } }`,
    `{ log_group: a, create: { resource: ${VPC} } }, { bucket: logs }`,
  ])('%s is not', (source) => {
    expect(said(source)).toEqual([]);
  });
});
