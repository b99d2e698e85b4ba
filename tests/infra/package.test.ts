/** What `osls package` makes of serverless.yml: offline, without credentials, and the same every time. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../infra/names.ts';
import { packageTemplate, type Packaged } from '../../scripts/package-template.ts';
import { makeFolder, removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const CONFIG = 'tests/infra/configurations/everything.yml';

describe('a package', () => {
  let folder: string;
  let first: Packaged;
  let again: Packaged;

  beforeAll(async () => {
    folder = await makeFolder();
    first = await packageTemplate(CONFIG, path.join(folder, 'first'));
    again = await packageTemplate(CONFIG, path.join(folder, 'again'));
  }, 300_000);
  afterAll(() => removeFolder(folder));

  const resource = (id: string): Packaged['template']['Resources'][string] => first.template.Resources[id]!;

  test('holds functions of Node 24 on arm64, each with its role, in its own log group', () => {
    for (const name of FUNCTIONS) {
      const own = resource(`${name}LambdaFunction`);
      expect(own.Properties).toMatchObject({
        FunctionName: `sekisho-full-${name.toLowerCase()}`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Role: { 'Fn::Sub': `\${${name}Role.Arn}` },
      });
      expect(own.Properties).not.toHaveProperty('TracingConfig');
      expect(own.DependsOn).toContain(`${name}LogGroup`);
      expect(resource(`${name}LogGroup`).Properties).toEqual({
        LogGroupName: `/aws/lambda/sekisho-full-${name.toLowerCase()}`,
        RetentionInDays: 30,
        KmsKeyId: expect.stringMatching(/^arn:aws:kms:/),
      });
    }
    const others = Object.entries(first.template.Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    expect(others).toHaveLength(FUNCTIONS.length);
  });

  test('gives nobody osls’s own role, which may do what all functions do', () => {
    expect(resource('IamRoleLambdaExecution')).toBeUndefined();
  });

  test('tells the functions where things are, and no secret', () => {
    for (const name of FUNCTIONS) {
      expect(resource(`${name}LambdaFunction`).Properties['Environment']).toEqual({
        Variables: {
          POWERTOOLS_LOG_LEVEL: 'WARN',
          POWERTOOLS_SERVICE_NAME: 'sekisho-full',
          SEKISHO_LAKE: { Ref: 'Lake' },
          SEKISHO_TRANSIT: { Ref: 'Transit' },
          SEKISHO_BATCHES: { Ref: 'Batches' },
          SEKISHO_TOPICS: {
            'Fn::Sub': '{"urgent":"${Topicurgent}","theirs":"arn:aws:sns:ap-northeast-1:111122223333:theirs"}',
          },
          SEKISHO_DATABASE: 'sekisho_full',
          SEKISHO_WORKGROUP: 'sekisho-full',
        },
      });
    }
  });

  test('reserves concurrency for single writers', () => {
    const reserved = FUNCTIONS.filter(
      (name) => resource(`${name}LambdaFunction`).Properties['ReservedConcurrentExecutions'] === 1,
    );
    expect(reserved).toEqual(['Windows', 'Rules']);
  });

  test('tells the stack’s outputs, by which the program finds a deployment', () => {
    const names = [
      'Lake',
      'Transit',
      ...['Batches', 'Objects', 'Backfill', 'Alerts'].flatMap((name) => [name, `${name}Dead`]),
    ];
    expect(Object.keys(first.template.Outputs)).toEqual(
      expect.arrayContaining([...names, 'Topicurgent', 'OperationsTopic', 'Database', 'Workgroup']),
    );
  });

  test('is the same to the byte when it is made again, but for the time in the names of its zips', async () => {
    const zips = await hashes(first.folder);
    expect(Object.keys(zips).sort()).toEqual(FUNCTIONS.map((name) => `${name.toLowerCase()}.zip`).sort());
    expect(await hashes(again.folder)).toEqual(zips);
    const timeless = ({ template }: Packaged): string =>
      JSON.stringify(template).replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
    expect(timeless(again)).toBe(timeless(first));
    expect(timeless(first)).toContain('TIME');
  });
});

test('a sekisho.yml with a mistake ends packaging with its place and what to do, and no stack of calls', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'sekisho.yml');
  await writeFile(file, 'deployment: { name: Sekisho }\nstorrage: {}\n');
  const said = await packageTemplate(file, path.join(folder, 'package')).then(
    () => 'nothing',
    (error: Error) => error.message,
  );
  expect(said).toMatch(/sekisho\.yml:2:1: there is no setting `storrage`: did you mean `storage`\?/);
  expect(said).not.toMatch(/^\s+at /m);
}, 120_000);

async function hashes(folder: string): Promise<Readonly<Record<string, string>>> {
  const zips = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
  const entries = zips.map(async (name) => [
    name,
    createHash('sha256')
      .update(await readFile(path.join(folder, name)))
      .digest('hex'),
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, string][]);
}
