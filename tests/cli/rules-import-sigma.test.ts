/** `sekisho rules import-sigma`: rules on stdout that `check` takes, everything that is said of them on stderr. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, sekisho, type Ended } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const GOOD = `title: Many refused
logsource:
  category: firewall
detection:
  selection:
    action: deny
  timeframe: 10m
  condition: selection | count(dst_port) by src_ip > 20
level: low
`;

const PARTLY = `title: Login from outside
logsource:
  category: firewall
detection:
  selection:
    dst_port: 22
    user: root
  condition: selection
`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'good.yml'), GOOD);
  writeFileSync(join(folder, 'partly.yml'), PARTLY);
});
afterAll(() => removeFolder(folder));

const importSigma = (...args: readonly string[]): Promise<Ended> =>
  sekisho(['rules', 'import-sigma', ...args], { cwd: folder });

test('what comes over is a rule file without fault', async () => {
  const { code, stdout, stderr } = await importSigma('good.yml');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '1 rule translated, 0 refused\n' });
  writeFileSync(join(folder, 'translated.yml'), stdout);
  expect(await sekisho(['rules', 'check', 'translated.yml'], { cwd: folder })).toMatchObject({
    code: 0,
    stdout: 'nothing wrong in 1 rule of 1 file\n',
  });
});

test('a rule that can not be said is refused, with the place and the reason', async () => {
  const { code, stdout, stderr } = await importSigma('partly.yml', 'good.yml');
  expect(code).toBe(3);
  expect(stdout).toContain('- id: many-refused\n');
  expect(stdout).not.toContain('login-from-outside');
  expect(stderr).toContain('partly.yml:7:5: error E603: flow logs have nothing that says what `user` does\n');
  expect(stderr).toContain('7 |     user: root\n  |     ^^^^\n');
  expect(stderr).toMatch(/\n1 rule translated, 1 refused: Login from outside\n$/);
});

test('--partial leaves out what can not be said, and a comment says so', async () => {
  const { code, stdout } = await importSigma('partly.yml', '--partial');
  expect(code).toBe(0);
  expect(stdout).toContain(
    '  # flow logs have nothing that says what `user` does; left out, so that the rule is broader\n',
  );
  expect(stdout).toContain('    where: dstport = 22\n');
});

test('--json holds the rule file and the diagnostics', async () => {
  expect(await jsonOf(importSigma('partly.yml', '--partial', '--json'))).toMatchObject({
    rules: ['login-from-outside'],
    refused: [],
    diagnostics: [{ code: 'W601', file: 'partly.yml', line: 7 }],
    text: expect.stringContaining('- id: login-from-outside\n'),
  });
});
