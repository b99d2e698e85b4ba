/** Every command explains itself: its options, and examples of it. */
import { expect, test } from 'vitest';
import { sekisho } from '../support/program.ts';

const COMMON = ['--config', '--now', '--json', '--help'];

/** Lines that a terminal of 80 columns would break: what stands above is wrapped to the terminal's own width. */
function tooLong(help: string): readonly string[] {
  const [, ...below] = help.split(/^ {2}-h, --help .*\n(?:\nCommands:\n(?: .*\n)*)?/m);
  return below
    .join('')
    .split('\n')
    .filter((line) => line.length > 80);
}

const COMMANDS: readonly (readonly [command: string, options: readonly string[]])[] = [
  ['ingest', ['--lake', '--rules', '--alerts', '--rejects', '--format', '--strict', ...COMMON]],
  ['parse', ['--format', '--rejects', ...COMMON]],
  [
    'init',
    [
      '--log-group',
      '--format',
      '--create',
      '--retention-days',
      '--bucket',
      '--prefix',
      '--email',
      '--region',
      '--name',
      '--force',
      '--schema',
      ...COMMON,
    ],
  ],
  ['query', ['--lake', '--csv', ...COMMON]],
  ['rules check', ['--lake', ...COMMON]],
  ['rules test', ['--lake', ...COMMON]],
  ['rules list', ['--lake', ...COMMON]],
  ['rules explain', ['--lake', '--sql', ...COMMON]],
  ['rules backtest', ['--lake', '--since', '--until', ...COMMON]],
  ['rules run', ['--lake', '--rules', '--since', '--all', ...COMMON]],
  ['rules schema', COMMON],
  ['rules import-sigma', ['--partial', ...COMMON]],
  ['doctor', COMMON],
  ['backfill', ['--from', '--to', '--limit', '--force', '--dry-run', '--yes', ...COMMON]],
  ['redrive', ['--queue', '--dry-run', ...COMMON]],
];

test.for(COMMANDS)('%s --help names its options and shows examples of it', async ([command, options]) => {
  const { code, stdout, stderr } = await sekisho([...command.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const shown = [...stdout.matchAll(/^ {2}(?:-h, )?(--[a-z]+(?:-[a-z]+)*)/gm)].map(([, option]) => String(option));
  expect(shown.toSorted()).toEqual(options.toSorted());
  const [, examples = ''] = stdout.split('Examples:\n');
  expect(examples).toContain(`sekisho ${command} `);
  expect(tooLong(stdout)).toEqual([]);
});

test('sekisho --help names every command, and its exit codes', async () => {
  const { code, stdout } = await sekisho(['--help']);
  expect(code).toBe(0);
  for (const command of ['ingest', 'parse', 'query', 'rules', 'doctor', 'backfill', 'redrive'])
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stdout).toMatch(
    /\nExit codes: 0 done · 1 failed · 2 wrong usage or configuration\n +3 done, and something was found\n/,
  );
  expect(tooLong(stdout)).toEqual([]);
});

test('sekisho --version', async () => {
  expect(await sekisho(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
