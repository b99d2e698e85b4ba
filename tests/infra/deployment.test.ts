import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packDeployment, readDeployment } from '../../infra/deployment.ts';
import { testsOf } from '../../shared/rules/expression.ts';
import { unpackRules } from '../../shared/rules/pack-rules.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Reads a deployment whose files are these. */
async function read(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const warnings: string[] = [];
  const SEKISHO_CONFIG = join(folder, 'conf', 'sekisho.yml');
  const deployment = readDeployment({ SEKISHO_CONFIG }, (warning) => warnings.push(warning));
  return { deployment, warnings, own: deployment.rules.find(({ id }) => id === 'own') };
}

const RULE = (where: string): string => `rules:\n  - id: own\n    where: ${where}\n`;

test('rules and lists lie where the configuration says, seen from its folder', async () => {
  const { deployment, own } = await read({
    'conf/sekisho.yml': 'rules: [my-rules, ../more.yml]\nlists: { offices: { file: lists/offices.txt } }\n',
    'conf/lists/offices.txt': '192.0.2.0/24\n',
    'conf/my-rules/own.yml': `lists: { bad: { file: bad.txt } }\n${RULE('srcaddr in (@offices, @bad)')}`,
    'conf/my-rules/bad.txt': '198.51.100.7\n',
    'more.yml': 'rules:\n  - id: more\n    where: action = REJECT\n',
  });
  expect(deployment.rules.length).toBeGreaterThan(40);
  expect(deployment.rules.some(({ id }) => id === 'more')).toBe(true);
  expect(testsOf(own!.where)).toMatchObject([
    {
      operands: [
        { name: 'offices', values: [{ text: '192.0.2.0/24' }] },
        { name: 'bad', values: [{ text: '198.51.100.7' }] },
      ],
    },
  ]);
  // files are read here and nowhere else
  expect(deployment.lists).toEqual([]);
});

test('lists of S3 are left to the functions, those that a rule names', async () => {
  const { deployment, own } = await read({
    'conf/sekisho.yml':
      'rules: [own.yml]\nlists: { bad: { object: lists/bad.txt, refresh: 1m }, unused: s3://bucket/key }\n',
    'conf/own.yml': `lists: { worse: s3://bucket/worse.csv }\n${RULE('srcaddr in (@bad, @worse)')}`,
  });
  expect(deployment.lists).toMatchObject([
    { name: 'bad', source: { place: { kind: 'object', key: 'lists/bad.txt' }, refresh: 60 } },
    { name: 'worse', source: { place: { kind: 's3', bucket: 'bucket', key: 'worse.csv' } } },
  ]);
  expect(testsOf(own!.where)).toMatchObject([
    {
      operands: [
        { outside: true, values: [] },
        { outside: true, values: [] },
      ],
    },
  ]);
});

test('what is packed is plain JSON, and holds the same rules', async () => {
  const { deployment } = await read({ 'conf/sekisho.yml': 'time_zone: UTC\n' });
  const packed = packDeployment(deployment);
  expect(unpackRules(JSON.parse(JSON.stringify(packed.rules)) as typeof packed.rules)).toEqual(deployment.rules);
});

test('a wrong rule stops the packaging as `sekisho rules check` tells it', async () => {
  const files = { 'conf/sekisho.yml': 'rules: [own.yml]\n', 'conf/own.yml': RULE('srcadr in 10.0.0.0/8') };
  await expect(read(files)).rejects.toThrow(
    /own\.yml:3:12[^]*srcadr in 10\.0\.0\.0\/8\n.*\^{6}\n[^]*nothing was packaged: mend the rules/,
  );
});

test.each([
  ['a configuration that is not there', {}, /there is no configuration at `.*sekisho\.yml`/],
  ['a setting that is not there', { 'conf/sekisho.yml': 'ruls: []\n' }, /sekisho\.yml:1:1: there is no setting `ruls`/],
  ['rules that are not there', { 'conf/sekisho.yml': 'rules: [nowhere]\n' }, /there are no rules at `.*nowhere`/],
  [
    'a list that is not there',
    { 'conf/sekisho.yml': 'lists: { bad: { file: bad.txt } }\n' },
    /sekisho\.yml: the list `bad`: cannot read the list `.*bad\.txt`/,
  ],
])('%s is told', async (_, files, message) => {
  await expect(read(files)).rejects.toThrow(message);
});

test('lines of lists that are no entries are warned of', async () => {
  const { warnings } = await read({
    'conf/sekisho.yml': 'rules: [own.yml]\nlists: { bad: { file: bad.txt } }\n',
    'conf/bad.txt': '192.0.2.1\n192.0.2.999\n',
    'conf/own.yml': RULE('srcaddr in @bad'),
  });
  expect(warnings).toContainEqual(expect.stringMatching(/bad\.txt:2:1[^]*192\.0\.2\.999/));
});

const HEARD = `alerts: { routes: [{ name: a, emails: [a@example.com] }] }
operations: { emails: [a@example.com] }
`;

test.each<[string, string, readonly string[]]>([
  ['nothing', `sources: [{ bucket: my-logs }]\n${HEARD}`, []],
  ['nothing to read', HEARD, ['nothing is read: there is no source']],
  [
    'a name for many',
    `sources: [{ bucket: my-logs }, { log_group: /vpc/*, format: default }]\n${HEARD}`,
    ['`/vpc/*` says how files are read: nothing is subscribed to it'],
  ],
  [
    'nothing but names for many',
    `sources: [{ log_group: /vpc/*, format: default }]\n${HEARD}`,
    ['nothing is read', '`/vpc/*` says how'],
  ],
  [
    'nobody who hears',
    'sources: [{ bucket: my-logs }]\n',
    ['nobody is told of alerts: add `emails`', 'nobody hears when the pipeline itself fails'],
  ],
  [
    'somebody else’s topic',
    'sources: [{ bucket: my-logs }]\nalerts: { routes: [{ name: a, topic: "arn:aws:sns:eu-west-1:111122223333:a" }] }\noperations: { emails: [a@example.com] }\n',
    [],
  ],
])('%s is doubted', async (_, text, doubts) => {
  const { warnings } = await read({ 'conf/sekisho.yml': text });
  expect(warnings).toEqual(doubts.map((doubt): unknown => expect.stringContaining(`sekisho.yml: ${doubt}`)));
});

test('without a configuration nothing is deployed', () => {
  // beside serverless.yml there is none: whoever works on this has named theirs
  expect(() => readDeployment({})).toThrow(/^there is no sekisho\.yml, .*`npx sekisho init` writes one/);
});
