/** Flow logs that are there already, as sources of a new configuration. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findSources, mayHaveCredentials, sourcesOf } from '../../../cli/init/find-sources.ts';
import { DEFAULT_FORMAT, formatString } from '../../../shared/flow/format.ts';
import type { FlowLog, FlowLogTarget } from '../../../shared/operations/check-flow-logs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const flowLog = (resource: string, target: FlowLogTarget, format?: string): FlowLog => ({
  id: 'fl-1',
  resource,
  traffic: 'ALL',
  status: 'ACTIVE',
  delivery: 'SUCCESS',
  deliveryError: undefined,
  format,
  aggregation: 60,
  target,
});

const group = (name: string): FlowLogTarget => ({ kind: 'log-group', name });
const bucket = (name: string, prefix = ''): FlowLogTarget => ({
  kind: 'bucket',
  bucket: name,
  prefix,
  parquet: false,
  hive: false,
  hourly: false,
});

const CUSTOM = '${version} ${srcaddr} ${dstaddr}';

test('flow logs that share a place are one source, with each format once and by its name', () => {
  const found = sourcesOf([
    flowLog('vpc-1', group('/a'), formatString(DEFAULT_FORMAT)),
    flowLog('vpc-2', group('/a'), CUSTOM),
    flowLog('vpc-3', group('/a'), formatString(DEFAULT_FORMAT)),
    flowLog('vpc-4', group('/a')),
    flowLog('vpc-5', group('/b'), CUSTOM),
    flowLog('vpc-6', { kind: 'other' }),
  ]);
  expect(found).toEqual([
    {
      label: '/a',
      hint: 'vpc-1, vpc-2, vpc-3 and 1 more, 2 formats',
      source: { kind: 'log-group', logGroup: '/a', formats: ['default', CUSTOM], create: undefined },
      isSecond: false,
    },
    {
      label: '/b',
      hint: 'vpc-5, its own format',
      source: { kind: 'log-group', logGroup: '/b', formats: [CUSTOM], create: undefined },
      isSecond: false,
    },
  ]);
});

test('a bucket that gets the same traffic as a log group is told from one that gets its own', () => {
  const found = sourcesOf([
    flowLog('vpc-1', group('/a')),
    flowLog('vpc-1', bucket('twice')),
    { ...flowLog('vpc-2', bucket('once', 'net/')), delivery: 'FAILED' },
  ]);
  expect(found.slice(1)).toEqual([
    {
      label: 's3://twice/',
      hint: 'vpc-1, default format, in a log group too',
      source: { kind: 'bucket', bucket: 'twice', prefix: '' },
      isSecond: true,
    },
    {
      label: 's3://once/net/',
      hint: 'vpc-2, default format, delivery fails',
      source: { kind: 'bucket', bucket: 'once', prefix: 'net/' },
      isSecond: false,
    },
  ]);
});

test('without credentials, or with nobody who answers, nothing is found and nothing fails', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  try {
    expect(await findSources('us-east-1')).toEqual({
      kind: 'not-looked',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  } finally {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});

test('a hint of credentials is looked for where the SDK takes them from', async () => {
  const home = await temporaryFolder();
  expect(mayHaveCredentials({ AWS_PROFILE: '', AWS_REGION: 'us-east-1' }, home)).toBe(false);
  expect(mayHaveCredentials({ AWS_PROFILE: 'work' }, home)).toBe(true);
  expect(mayHaveCredentials({ AWS_ACCESS_KEY_ID: 'a' }, home)).toBe(true);
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws', 'config'), '');
  expect(mayHaveCredentials({}, home)).toBe(true);
});
