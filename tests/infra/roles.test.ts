import { expect, test } from 'vitest';
import type { Statement } from '../../infra/fragment.ts';
import { FUNCTIONS } from '../../infra/names.ts';
import { templateOf } from '../../infra/template.ts';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import { resourcesWith, statementsOf, templateOfFile } from './templates.ts';

/** A statement as a line: what it is for, what it allows on what, and where else it is held to. */
function lineOf({ Sid, Action, Resource, Condition }: Statement): string {
  const conditions = Object.entries(Condition ?? {}).flatMap(([test, keys]) =>
    Object.entries(keys).map(([key, value]) => `${test} ${key} ${[value].flat().map(textOf).join(', ')}`),
  );
  const on = [Resource].flat().map(textOf);
  return [
    `${Sid}: ${[Action].flat().join(', ')}`,
    ...on.map((each) => `    on ${each}`),
    ...conditions.map((each) => `    if ${each}`),
  ].join('\n');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::Sub': text,
    'Fn::GetAtt': attribute,
  } = value as { Ref?: string; 'Fn::Sub'?: string; 'Fn::GetAtt'?: string[] };
  return text ?? `\${${attribute?.join('.') ?? Ref}}`;
}

test('each function may do what it does, and no more', async () => {
  const all = statementsOf(templateOfFile('everything').Resources);
  const roles = FUNCTIONS.map((name) => {
    const own = all.filter(({ id, statement }) => id === `${name}Role` && statement.Sid !== 'RunAsFunction');
    return `# ${name.toLowerCase()}\n${own.map(({ statement }) => lineOf(statement)).join('\n')}\n`;
  });
  await expect(roles.join('\n')).toMatchFileSnapshot('permissions.golden.txt');
});

test('nobody may delete but who folds windows, and nobody anything outside them', () => {
  const deleting = statementsOf(templateOfFile('everything').Resources).filter(
    ({ statement }) => statement.Effect === 'Allow' && [statement.Action].flat().includes('s3:DeleteObject'),
  );
  expect(deleting.map(({ id, statement }) => [id, statement.Resource])).toEqual([
    ['WindowsRole', [{ 'Fn::Sub': '${Lake.Arn}/windows/deltas/*' }]],
    ['WindowsRole', [{ 'Fn::Sub': '${Lake.Arn}/windows/hours/*' }]],
  ]);
});

test('who reads what may not be there may list, and so gets `404` where the key is missing and not `403`', () => {
  for (const name of FUNCTIONS) {
    const own = statementsOf(templateOfFile('everything').Resources).filter(({ id }) => id === `${name}Role`);
    const listed = own.flatMap(({ statement }) =>
      statement.Action === 's3:ListBucket'
        ? [Object.values(statement.Condition!).flatMap((keys) => keys['s3:prefix'] as string[])].flat()
        : [],
    );
    const read = own.flatMap(({ statement }) =>
      [statement.Action].flat().includes('s3:GetObject') ? [statement.Resource].flat().map(textOf) : [],
    );
    for (const resource of read) {
      // whoever listed a bucket of somebody else's could see what else is in it
      if (resource.includes(':::example-flow-logs-there/')) continue;
      const key = /^(?:\$\{\w+\.Arn\}|arn:\$\{AWS::Partition\}:s3:::[^/]+)\/(.*)$/.exec(resource)![1]!;
      expect(listed).toContain(key);
    }
  }
});

test('nobody may list all of a bucket that the deployment has not made', () => {
  const { Resources } = templateOfFile('sources');
  const listing = statementsOf(Resources).filter(({ statement }) => statement.Action === 's3:ListBucket');
  const foreign = listing.filter(({ statement }) => JSON.stringify(statement.Resource).includes(':::'));
  expect(
    foreign.map(({ id, statement }) => [id, [statement.Resource].flat().map(textOf), statement.Condition]),
  ).toEqual([
    [
      'CollectRole',
      ['arn:${AWS::Partition}:s3:::example-flow-logs-made'],
      { StringLikeIfExists: { 's3:prefix': ['AWSLogs/*'] } },
    ],
    // Athena lists by prefix, and never asks for a key of its own making
    [
      'RulesRole',
      ['arn:${AWS::Partition}:s3:::example-flow-logs-parquet'],
      { StringLike: { 's3:prefix': ['AWSLogs/*'] } },
    ],
  ]);
});

test('Security Hub is told only where that is wished for', () => {
  const actions = (resources: ReturnType<typeof resourcesWith>): readonly string[] =>
    statementsOf(resources).flatMap(({ statement }) => statement.Action);
  expect(actions(resourcesWith({}))).not.toContain('securityhub:BatchImportFindings');
  expect(actions(templateOfFile('everything').Resources)).toContain('securityhub:BatchImportFindings');
});

test('lists are read each by its key, those of the lake and those elsewhere', () => {
  const lists = [
    { name: 'threats', place: { kind: 'object', key: 'lists/threats.txt' } },
    { name: 'partners', place: { kind: 's3', bucket: 'example-lists', key: 'partners.txt' } },
  ] as const;
  const { Resources } = templateOf({
    config: DEFAULT_CONFIG,
    rules: [],
    lists: lists.map(({ name, place }) => ({ name, source: { place, column: undefined, refresh: 300 } })),
  });
  const reading = statementsOf(Resources as ReturnType<typeof resourcesWith>).filter(({ statement }) =>
    ['ReadLists', 'FindLists'].includes(statement.Sid),
  );
  expect(reading.map(({ id }) => id)).toEqual(
    ['Detect', 'Archive', 'Collect', 'Windows', 'Rules'].flatMap((name) => [`${name}Role`, `${name}Role`]),
  );
  expect(lineOf(reading[0]!.statement)).toBe(
    'ReadLists: s3:GetObject\n    on ${Lake.Arn}/lists/threats.txt\n    on arn:${AWS::Partition}:s3:::example-lists/partners.txt',
  );
  expect(lineOf(reading[1]!.statement)).toBe(
    'FindLists: s3:ListBucket\n    on ${Lake.Arn}\n    if StringEqualsIfExists s3:prefix lists/threats.txt',
  );
});
