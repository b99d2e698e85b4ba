/** Every command explains itself: its options, and examples of it. */
import { expect, test } from 'vitest';
import { sekisho } from '../support/program.ts';

const COMMON = ['--config', '--now', '--json', '--help'];

const COMMANDS: readonly (readonly [command: string, options: readonly string[]])[] = [
  ['ingest', ['--lake', '--rules', '--alerts', '--rejects', '--format', '--strict', ...COMMON]],
  ['parse', ['--format', '--rejects', ...COMMON]],
  ['query', ['--lake', '--csv', ...COMMON]],
  ['rules check', ['--lake', ...COMMON]],
  ['rules test', ['--lake', ...COMMON]],
  ['rules list', ['--lake', ...COMMON]],
  ['rules explain', ['--lake', '--sql', ...COMMON]],
  ['rules backtest', ['--lake', '--since', '--until', ...COMMON]],
  ['rules run', ['--lake', '--rules', '--since', '--all', ...COMMON]],
  ['rules schema', COMMON],
  ['rules import-sigma', ['--partial', ...COMMON]],
];

test.for(COMMANDS)('%s --help names its options and shows examples of it', async ([command, options]) => {
  const { code, stdout, stderr } = await sekisho([...command.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const shown = [...stdout.matchAll(/^ {2}(?:-h, )?(--[a-z]+)/gm)].map(([, option]) => String(option));
  expect(shown.toSorted()).toEqual(options.toSorted());
  const [, examples = ''] = stdout.split('Examples:\n');
  expect(examples).toContain(`sekisho ${command} `);
});

test('sekisho --help names every command, and its exit codes', async () => {
  const { code, stdout } = await sekisho(['--help']);
  expect(code).toBe(0);
  for (const command of ['ingest', 'parse', 'query', 'rules'])
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stdout).toContain(
    'Exit codes: 0 done · 1 failed · 2 wrong usage or configuration · 3 done, and something was found',
  );
});

test('sekisho --version', async () => {
  expect(await sekisho(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
