/** How much window state there is: said to people, and warned of where it grows beyond what the configuration says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LINE = '2 123456789012 eni-1 203.0.113.9 10.0.0.2 51000 23 6 1 40 1793743800 1793743830 REJECT OK\n';
const RULES = 'rules: [{ id: many, where: action = REJECT, window: 10m, when: count() >= 9 }]';

test.each([
  ['by default', '', false],
  ['below the limit', 'windows: { state_limit: 1MB }', false],
  ['above the limit', 'windows: { state_limit: 100B }', true],
])('window state %s', async (_, config, isTooMuch) => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(join(folder, 'sekisho.yml'), config);
  const args = ['ingest', '-', '--rules', 'rules.yml', '--format', 'default'];
  const { stdout, stderr, code } = await sekisho(args, { cwd: folder, input: LINE });
  expect(stdout).toMatch(/window state: \d+ B, 1 open hour\n/);
  expect(stderr.includes('the window state has grown to')).toBe(isTooMuch);
  expect(code).toBe(0);
});
