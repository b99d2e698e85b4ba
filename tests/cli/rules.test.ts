/** `sekisho rules`: what is wrong with rules, whether their tests pass, and what they look for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, sekisho, type Ended } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const GOOD = `rules:
  - id: telnet
    title: telnet is in use
    description: Nobody should need it.
    severity: high
    tags: [clear-text]
    where: action = ACCEPT and dstport = 23
    tests:
      - name: a session
        records:
          - action: ACCEPT
            dstport: 23
        alerts: 1
      - name: quiet for SSH
        records:
          - action: ACCEPT
            dstport: 22
        alerts: 0
  - id: many-refused
    where: action = REJECT
    by: [vpc_id, srcaddr]
    window: 5m
    when: count() >= 100
`;

const FILES: Readonly<Record<string, string>> = {
  'good.yml': GOOD,
  'wrong.yml': GOOD.replace('dstport = 23', 'dstport = 70000').replace('window: 5m', 'window: 5 parsecs'),
  'failing.yml': GOOD.replace('alerts: 1', 'alerts: 0'),
  'missing.yml': GOOD.replace('alerts: 0', 'alerts: 1'),
  'sequence.yml': `expect: [{ interfaces: any, inbound: any, outbound: any }]
rules:
  - id: knock
    tags: [attack.t1046]
    where: dstport = 22
    except: action = REJECT
    window: 5m
    when: count() >= 2
    then: dstport = 23
    within: 10m
`,
  'doubtful.yml': 'rules:\n  - id: doubtful\n    where: dstport = 23\n    quiets: [nobody]\n',
  'list.yml': 'lists:\n  bastions: [192.0.2.1, bastion]\n',
};

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => removeFolder(folder));

const rules = (...args: readonly string[]): Promise<Ended> => sekisho(['rules', ...args], { cwd: folder });

test('check has nothing to say about good rules', async () => {
  expect(await rules('check', 'good.yml')).toEqual({
    code: 0,
    stdout: 'nothing wrong in 2 rules of 1 file\n',
    stderr: '',
  });
  expect(await rules('check', 'good.yml', '--json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('check shows every mistake at its place, over all files', async () => {
  const { code, stdout, stderr } = await rules('check', 'wrong.yml', 'list.yml');
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  const heads = stdout.match(/^\S+:\d+:\d+: error E\d{3}: .*$/gm);
  expect(heads?.map((head) => head.replace(/error E\d+: /, ''))).toEqual([
    expect.stringMatching(/^wrong\.yml:7:42: .*70000/),
    expect.stringMatching(/^wrong\.yml:22:13: .*5 parsecs/),
    expect.stringMatching(/^list\.yml:2:25: `bastion` is not an address/),
  ]);
  expect(stdout).toContain(
    '7 |     where: action = ACCEPT and dstport = 70000\n  |                                          ^^^^^',
  );
  expect(stdout).toMatch(/\n3 errors and 0 warnings in 2 files\n$/);
});

test('check --json says the same for programs', async () => {
  const { code, stdout } = await rules('check', 'wrong.yml', '--json');
  expect(code).toBe(3);
  const [first, second] = JSON.parse(stdout);
  expect(first).toEqual({
    file: 'wrong.yml',
    line: 7,
    column: 42,
    endColumn: 47,
    code: 'E204',
    severity: 'error',
    message: '`70000` is out of range: `dstport` is at most 65535',
    hint: null,
  });
  expect(second).toMatchObject({ file: 'wrong.yml', line: 22, hint: 'write `10m` or `1h`' });
});

test('check shows warnings, which are no reason to fail', async () => {
  const { code, stdout } = await rules('check', 'doubtful.yml');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^doubtful\.yml:4:\d+: warning W\d{3}: /);
  expect(stdout).toMatch(/\n0 errors and 1 warning in 1 file\n$/);
});

test('rules test runs the tests inside, and names rules that have none', async () => {
  expect(await rules('test', 'good.yml')).toEqual({
    code: 0,
    stdout: 'telnet\n  ✓ a session\n  ✓ quiet for SSH\n\nwithout a test: many-refused\n\n2 passed, 0 failed\n',
    stderr: '',
  });
});

test('a test that fails says what it expected, what came, and where it stands', async () => {
  const { code, stdout } = await rules('test', 'failing.yml');
  expect(code).toBe(3);
  expect(stdout).toMatch(/^telnet\n {2}✗ a session\n {6}failing\.yml:9\n {6}expected no alert, got 1\n/);
  expect(stdout).toMatch(/\n1 passed, 1 failed\n$/);
});

test('a test that misses an alert says how near it came', async () => {
  const { stdout } = await rules('test', 'missing.yml');
  expect(stdout).toContain('      expected 1 alert, got 0\n      of 1 record 0 match\n');
});

test('rules test --json', async () => {
  expect(await jsonOf(rules('test', 'good.yml', '--json'))).toMatchObject({
    passed: 2,
    failed: 0,
    untested: ['many-refused'],
    tests: [
      { rule: 'telnet', name: 'a session', file: 'good.yml', passed: true, alerts: 1, failures: [] },
      { rule: 'telnet', name: 'quiet for SSH', passed: true, alerts: 0 },
    ],
  });
});

test('the tests inside the built-in rules pass', async () => {
  const { passed, failed, untested } = await jsonOf(rules('test', '--json'));
  expect({ failed, untested }).toEqual({ failed: 0, untested: [] });
  expect(passed).toBeGreaterThanOrEqual(4);
});

test('list says of each rule when it alerts, what it remembers and what it needs', async () => {
  const { code, stdout } = await rules('list', 'good.yml');
  expect(code).toBe(0);
  expect(stdout).toBe(`\
telnet         high      telnet is in use
    every match; at once; default format; clear-text
many-refused   medium    many-refused
    count() >= 100 in 5m; stream; needs vpc_id

2 rules; \`sekisho rules explain ID\` tells more of one
`);
});

test('list --json has everything that is said of a rule', async () => {
  expect((await jsonOf(rules('list', 'good.yml', '--json')))[1]).toEqual({
    id: 'many-refused',
    title: 'many-refused',
    description: '',
    severity: 'medium',
    tags: [],
    techniques: [],
    file: 'good.yml',
    line: 19,
    where: "action = 'REJECT'",
    except: null,
    by: ['vpc_id', 'srcaddr'],
    window: 300,
    when: 'count() >= 100',
    then: null,
    within: null,
    memory: 'stream',
    fields: ['srcaddr', 'action', 'vpc_id'],
    sharpened_by: [],
    quiets: [],
    suppress: 3600,
    runbook: null,
    false_positives: null,
  });
});

test('list --json says where rules stand, what may follow, and which techniques they are about', async () => {
  const [knock, accept] = await jsonOf(rules('list', 'sequence.yml', '--json'));
  expect(knock).toMatchObject({
    file: 'sequence.yml',
    line: 3,
    except: "action = 'REJECT'",
    then: 'dstport = 23',
    within: 600,
    techniques: ['T1046'],
  });
  expect(accept).toMatchObject({ id: 'unexpected-accept', file: 'sequence.yml', line: 1 });
  expect((await rules('list', 'sequence.yml')).stdout).toContain('count() >= 2 in 5m, then `dstport = 23` within 10m;');
});

test('without paths, the built-in rules and those of the configuration are meant', async () => {
  writeFileSync(join(folder, 'own.yml'), 'rules: [good.yml]\n');
  const ids = (listed: readonly { readonly id: string }[]): readonly string[] => listed.map(({ id }) => id);
  const builtIn = ids(await jsonOf(rules('list', '--json')));
  expect(builtIn).toContain('port-scan');
  expect(ids(await jsonOf(rules('list', '--json', '--config', 'own.yml')))).toEqual([
    ...builtIn,
    'telnet',
    'many-refused',
  ]);
});

test('files that are missing or hold no rules are told', async () => {
  const missing = 'sekisho: there are no rules at `nowhere.yml`: name a rule file or a folder of them\n';
  expect(await rules('check', 'nowhere.yml')).toEqual({ code: 2, stdout: '', stderr: missing });
  const { code, stderr } = await rules('test', 'wrong.yml');
  expect(code).toBe(2);
  expect(stderr).toContain('nothing was read: mend the rules, and check them with `sekisho rules check`');
});
