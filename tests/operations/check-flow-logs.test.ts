import { expect, test } from 'vitest';
import {
  checkBucketFlowLogs,
  checkLogGroupFlowLogs,
  type FlowLog,
  type FlowLogTarget,
} from '../../shared/operations/check-flow-logs.ts';
import { compareFormats } from '../../shared/operations/compare-formats.ts';
import { briefly, BUCKET, denied, FLOW_LOG, GROUP, only, seen } from './support.ts';

const check = (...flowLogs: readonly Partial<FlowLog>[]) =>
  checkLogGroupFlowLogs(GROUP, seen(flowLogs.map((changes) => ({ ...FLOW_LOG, ...changes }))));

test('a flow log that is as it should be', () => {
  expect(check({}).map(({ seen }) => seen)).toEqual([
    'fl-1 writes all traffic of vpc-1',
    'fl-1 writes the configured one',
  ]);
  expect(briefly(check({}))).toEqual(['ok delivery', 'ok format']);
  expect(check({ traffic: 'REJECT' })[0]!.seen).toBe('fl-1 writes REJECT only of vpc-1');
  // before the first delivery EC2 says nothing of it
  expect(briefly(check({ delivery: undefined }))).toEqual(['ok delivery', 'ok format']);
});

test('a group that no flow log writes to', () => {
  const elsewhere: FlowLogTarget = { kind: 'log-group', name: '/vpc/flow2' };
  expect(briefly(check())).toEqual(['warning flow logs']);
  expect(briefly(check({ target: elsewhere }, { target: { kind: 'other' } }))).toEqual(['warning flow logs']);
  expect(check()[0]!.mend).toContain('aws ec2 create-flow-logs --resource-type VPC');
});

test.for([
  [{ status: 'FAILED' }, /is FAILED$/, /delete-flow-logs --flow-log-ids fl-1/],
  [{ delivery: 'FAILED', deliveryError: 'Access error' }, /Access error$/, /vpc-flow-logs\.amazonaws\.com/],
  [{ delivery: 'FAILED', deliveryError: 'Rate limited' }, /Rate limited$/, /quota of `PutLogEvents`/],
  [{ delivery: 'FAILED', deliveryError: 'Unknown error' }, /Unknown error$/, /make it anew/],
  [{ delivery: 'FAILED' }, /does not say why$/, /make it anew/],
  [{ deliveryError: 'Access error' }, /Access error$/, /role/],
] as const)('%o is a flow log that does not deliver', ([changes, said, mend]) => {
  expect(only(check(changes), 'delivery')).toMatchObject({
    result: 'problem',
    seen: expect.stringMatching(said),
    mend: expect.stringMatching(mend),
  });
});

test('a format that is not the configured one is told with the difference, and the line to write', () => {
  const format = `${FLOW_LOG.format} \${vpc-id}`;
  expect(only(check({ format }), 'format')).toMatchObject({
    result: 'problem',
    seen: expect.stringContaining('it also has `vpc-id`'),
    mend: expect.stringContaining(`\`format: '${format}'\``),
  });
  expect(only(check({ format: undefined }), 'format').result).toBe('warning');
  expect(only(check({ format: '${version} ${nobody-knows}' }), 'format')).toMatchObject({
    result: 'problem',
    seen: expect.stringContaining('`nobody-knows`'),
  });
});

test.for([
  ['default', ['${version} ${srcaddr}', 'default'], { kind: 'same' }],
  ['${srcaddr}   ${dstaddr}', ['srcaddr dstaddr'], { kind: 'same' }],
  ['${srcaddr} ${dstaddr}', ['${dstaddr} ${srcaddr}'], 'the order differs: field 1 is `srcaddr`, not `dstaddr`'],
  ['${srcaddr}', ['${srcaddr} ${dstaddr}'], 'it lacks `dstaddr`'],
  ['${srcaddr} ${bytes}', ['${srcaddr} ${dstaddr}'], 'it also has `bytes` and it lacks `dstaddr`'],
  // the nearest of several
  ['${srcaddr} ${dstaddr}', ['default', '${srcaddr} ${dstaddr} ${bytes}'], 'it lacks `bytes`'],
  ['default', ['${version}'], 'it also has `account-id`, `interface-id`, `srcaddr`, `dstaddr`, `srcport` and 8 more'],
  ['default', [], 'no format is configured'],
  ['default', ['${broken'], 'no format is configured'],
] as const)('%s against %o', ([actual, configured, expected]) => {
  const compared = compareFormats(actual, configured);
  expect(compared).toEqual(typeof expected === 'string' ? { kind: 'different', difference: expected } : expected);
});

test('ten minutes of aggregation delay alerts', () => {
  expect(only(check({ aggregation: 600 }), 'aggregation')).toMatchObject({
    result: 'warning',
    seen: 'fl-1 gathers records for 10 minutes: alerts come that much later',
  });
  expect(briefly(check({ aggregation: undefined }))).not.toContain('warning aggregation');
});

test.for<[string, Partial<FlowLog>, string]>([
  ['the same resource twice', {}, 'problem'],
  ['all of it, and the rejected again', { traffic: 'REJECT' }, 'problem'],
  ['another resource of the same kind', { resource: 'vpc-2' }, 'ok'],
  ['a subnet that may lie in the VPC', { resource: 'subnet-1' }, 'warning'],
  ['another resource in another format', { resource: 'vpc-2', format: '${srcaddr}' }, 'warning'],
])('two flow logs in a group: %s', ([, changes, result]) => {
  expect(only(check({}, { id: 'fl-2', ...changes }), 'sharing').result).toBe(result);
});

test('accepted and rejected traffic by two flow logs is no traffic twice', () => {
  const findings = check({ traffic: 'ACCEPT' }, { id: 'fl-2', traffic: 'REJECT' });
  expect(only(findings, 'sharing').result).toBe('ok');
  // a transit gateway's flow logs have no traffic type: all of it
  const gateways = check(
    { resource: 'tgw-1', traffic: undefined },
    { id: 'fl-2', resource: 'tgw-1', traffic: undefined },
  );
  expect(only(gateways, 'sharing')).toMatchObject({ result: 'problem', mend: expect.stringContaining('fl-2') });
});

test('flow logs can not be looked at', () => {
  expect(checkLogGroupFlowLogs(GROUP, denied('ec2:DescribeFlowLogs'))).toMatchObject([
    { result: 'hidden', mend: 'allow `ec2:DescribeFlowLogs` to whoever runs this' },
  ]);
});

const target: FlowLogTarget = {
  kind: 'bucket',
  bucket: 'logs',
  prefix: 'net/',
  parquet: true,
  hive: false,
  hourly: true,
};
const inBucket = (changes: Partial<typeof target>, source = BUCKET, flowLog: Partial<FlowLog> = {}) =>
  checkBucketFlowLogs(source, 'bucket', seen([{ ...FLOW_LOG, ...flowLog, target: { ...target, ...changes } }]));

test('flow logs of a bucket: only those of its prefix, and whether they deliver', () => {
  expect(briefly(inBucket({ parquet: false, hive: true }))).toEqual(['ok delivery']);
  expect(inBucket({ prefix: 'other/' })).toEqual([]);
  expect(inBucket({ bucket: 'logs2' })).toEqual([]);
  expect(briefly(inBucket({}, BUCKET, { status: 'FAILED' }))).toEqual(['problem delivery']);
});

test.for([
  [{}, 'ok files', undefined],
  [{ parquet: false }, 'problem files', /text/],
  [{ hive: true }, 'problem files', /hive layout/],
  [{ hourly: false }, 'problem files', /daily folders/],
] as const)('what is queried where it lies has to lie as configured: %o', ([changes, brief, said]) => {
  const findings = inBucket(changes, { ...BUCKET, archive: false });
  expect(briefly(findings)).toEqual(['ok delivery', brief]);
  if (said !== undefined) expect(only(findings, 'files').seen).toMatch(said);
});
