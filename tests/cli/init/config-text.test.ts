/** What `sekisho init` writes is what was asked for, and stays right when comments are made settings. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complete, type Answers } from '../../../cli/init/answers.ts';
import { checkAnswers } from '../../../cli/init/check-answers.ts';
import { configText } from '../../../cli/init/config-text.ts';
import { DEFAULT_CONFIG, type Config } from '../../../shared/config/config.ts';
import { parseConfig } from '../../../shared/config/parse-config.ts';

const SCHEMA = './sekisho.schema.json';

const VPC = 'vpc-0123456789abcdef0';
const FORMAT = '${version} ${interface-id} ${srcaddr} ${dstaddr} ${action}';

const ANSWERS: Answers = {
  name: 'border',
  region: 'ap-northeast-1',
  sources: [
    { kind: 'log-group', logGroup: '/vpc/a', formats: [FORMAT], create: undefined },
    { kind: 'log-group', logGroup: '/vpc/b', formats: ['default', FORMAT], create: undefined },
    { kind: 'log-group', logGroup: '/vpc/c', formats: [], create: { resource: VPC, retentionDays: '7' } },
    { kind: 'bucket', bucket: 'my-logs', prefix: '' },
    { kind: 'bucket', bucket: 'more-logs', prefix: 'a b/#' },
  ],
  emails: ['a@example.com', "o'hara+vpc@example.com"],
};

test('everything that was asked for is read back', () => {
  const bucket = { kind: 'bucket', create: false, archive: true, layout: 'plain', partition: 'daily' } as const;
  const expected: Config = {
    ...DEFAULT_CONFIG,
    deployment: { ...DEFAULT_CONFIG.deployment, name: 'border', region: 'ap-northeast-1' },
    sources: [
      { kind: 'log-group', logGroup: '/vpc/a', formats: [FORMAT], create: undefined },
      { kind: 'log-group', logGroup: '/vpc/b', formats: ['default', FORMAT], create: undefined },
      {
        kind: 'log-group',
        logGroup: '/vpc/c',
        formats: ['recommended'],
        create: { resource: VPC, traffic: 'all', aggregation: 60, retentionDays: 7 },
      },
      { ...bucket, bucket: 'my-logs', prefix: '' },
      { ...bucket, bucket: 'more-logs', prefix: 'a b/#/' },
    ],
    alerts: {
      ...DEFAULT_CONFIG.alerts,
      routes: [{ name: 'alerts', atLeast: 'medium', topic: undefined, emails: ANSWERS.emails, format: 'default' }],
    },
    operations: { ...DEFAULT_CONFIG.operations, emails: ANSWERS.emails },
  };
  expect(parseConfig('sekisho.yml', configText(ANSWERS, SCHEMA))).toEqual(expected);
});

test('somebody who says nothing gets the defaults, and alerts from `medium` on', () => {
  const [route] = DEFAULT_CONFIG.alerts.routes;
  expect(parseConfig('sekisho.yml', configText(complete({}), undefined))).toEqual({
    ...DEFAULT_CONFIG,
    alerts: { ...DEFAULT_CONFIG.alerts, routes: [{ ...route, atLeast: 'medium' }] },
  });
});

test.each([
  ['all', ANSWERS],
  ['nothing', complete({})],
])('every setting in a comment can be made one (%s)', (_, answers) => {
  const text = configText(answers, undefined);
  const commented = text.split('\n').filter((line) => /^ *# [a-z_]+: /.test(line));
  expect(commented.length).toBeGreaterThan(3);
  for (const line of commented) {
    const made = text.replace(line, line.replace('# ', ''));
    expect(parseConfig('sekisho.yml', made)).toHaveProperty('deployment');
  }
});

test('it is short, and names its schema where that lies beside it', () => {
  const text = configText(ANSWERS, SCHEMA);
  expect(text.startsWith(`# yaml-language-server: $schema=${SCHEMA}\n`)).toBe(true);
  expect(configText(ANSWERS, undefined)).not.toContain('$schema');
  const one = configText(complete({ sources: ANSWERS.sources.slice(0, 1), emails: ['a@example.com'] }), SCHEMA);
  expect(one.split('\n').length).toBeLessThanOrEqual(35);
  expect(one.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('whatever is answered, the file says that and nothing else, or the answer is refused', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'a1:#- \n"\'{}[]*&!%@,|>'.split('')) }),
  );
  fc.assert(
    fc.property(word, word, word, (logGroup, format, prefix) => {
      const answers = complete({
        sources: [
          { kind: 'log-group', logGroup, formats: [format], create: undefined },
          { kind: 'bucket', bucket: 'my-logs', prefix },
        ],
      });
      const read = parseConfig('sekisho.yml', configText(answers, undefined));
      if ('length' in read) expect(checkAnswers(answers)).not.toEqual([]);
      else {
        const slash = prefix === '' || prefix.endsWith('/') ? '' : '/';
        expect(read.sources).toMatchObject([{ logGroup, formats: [format] }, { prefix: `${prefix}${slash}` }]);
      }
    }),
  );
});

describe('an answer that fits nothing is refused by its option', () => {
  const group = { kind: 'log-group', logGroup: '/vpc', formats: ['default'], create: undefined } as const;
  const create = { resource: VPC, retentionDays: undefined };
  test.each<[string, Partial<Answers>, string]>([
    ['--name', { name: 'Border' }, 'it becomes part of the names'],
    ['--region', { region: 'Tokyo' }, 'it is no region'],
    ['--email', { emails: ['a'] }, 'it is no e-mail address'],
    ['--email', { emails: ['a@example.com', 'a@example.com'] }, 'is there twice'],
    ['--log-group', { sources: [{ ...group, logGroup: 'a b' }] }, "a log group's name"],
    ['--log-group', { sources: [{ ...group, logGroup: '/vpc/*' }] }, 'nothing can be subscribed to many names'],
    ['--format', { sources: [{ ...group, formats: [] }] }, 'it is missing: write `default`'],
    ['--format', { sources: [{ ...group, formats: ['defualt'] }] }, 'did you mean `default`?'],
    [
      '--format',
      { sources: [{ ...group, formats: ['transit-gateway'], create }] },
      'these are fields of transit gateways, and `create` watches VPCs',
    ],
    [
      '--format',
      { sources: [{ ...group, formats: [FORMAT], create: { ...create, resource: 'tgw-0123456789abcdef0' } }] },
      'these are fields of VPCs, and `create` watches transit gateways',
    ],
    ['--create', { sources: [{ ...group, create: { ...create, resource: 'vpc-1' } }] }, 'it is no id'],
    ['--retention-days', { sources: [{ ...group, create: { ...create, retentionDays: '10' } }] }, 'take `7` or `14`'],
    ['--retention-days', { sources: [{ ...group, create: { ...create, retentionDays: 'a: b' } }] }, ''],
    ['--bucket', { sources: [{ kind: 'bucket', bucket: 'Logs', prefix: '' }] }, "a bucket's name has"],
    ['--prefix', { sources: [{ kind: 'bucket', bucket: 'logs', prefix: 'AWSLogs/1' }] }, 'before `AWSLogs/`'],
  ])('%s: %j', (option, answers, reason) => {
    expect(checkAnswers(answers)).toEqual([{ option, reason: expect.stringContaining(reason) }]);
  });

  test.each(['default', 'recommended', 'transit-gateway'])('`%s` suits a transit gateway', (format) => {
    const resource = 'tgw-0123456789abcdef0';
    expect(checkAnswers({ sources: [{ ...group, formats: [format], create: { ...create, resource } }] })).toEqual([]);
  });
});
