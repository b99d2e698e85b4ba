/** Wrong usage and configuration: exit code 2, a message with its place and what to do, and nothing is written. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENTS, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const INPUT = join(EVENTS, 'text', 'no-header.log');

const RULE = `rules:
  - id: admin-port
    where: action = ACCEPT and dstprot in (22, 3389)
`;

const FILES: Readonly<Record<string, string>> = {
  'typo.yml': RULE,
  'typo-crlf.yml': RULE.replaceAll('\n', '\r\n'),
  'key.yml': RULE.replace('dstprot', 'dstport').replace('where', 'were'),
  'config.yml': 'networks: [10.0.0.0/8]\nsorces: []\n',
  'network.yml': 'networks:\n  - 10.0.0.0\n',
  'format.yml': "sources:\n  - log_group: a\n    format: '${version} ${scraddr}'\n",
  'broken.yml': 'networks: [10.0.0.0/8\n',
};

const typoIn = (file: string): string => `${file}:3:32: error E201: unknown field \`dstprot\`
  |
3 |     where: action = ACCEPT and dstprot in (22, 3389)
  |                                ^^^^^^^
  = hint: did you mean \`dstport\`?
sekisho: nothing was read: mend the rules, and check them with \`sekisho rules check\`
`;

const ingest = (...more: readonly string[]): readonly string[] => ['ingest', INPUT, '--lake', 'lake', ...more];

const CASES: readonly (readonly [name: string, args: readonly string[], message: string | RegExp])[] = [
  [
    'an unknown field in --format',
    ingest('--format', '${version} ${scraddr}'),
    'sekisho: --format: unknown field `scraddr` in the format: did you mean `srcaddr`?\n',
  ],
  [
    'an empty --format',
    ingest('--format', ''),
    "sekisho: --format: the format is empty: give `default` or AWS's format string, such as `${version} ${srcaddr} …`\n",
  ],
  ['a rule with a typo', ingest('--rules', 'typo.yml'), typoIn('typo.yml')],
  ['a rule with a typo in a file of Windows', ingest('--rules', 'typo-crlf.yml'), typoIn('typo-crlf.yml')],
  [
    'an unknown key in a rule',
    ingest('--rules', 'key.yml'),
    /^key\.yml:3:5: error E002: unknown key `were` in a rule\n.*\n3 \| {5}were: .*\n {2}\| {5}\^{4}\n {2}= hint: did you mean `where`\?\n/m,
  ],
  [
    'a missing rule file',
    ingest('--rules', 'missing.yml'),
    'sekisho: there are no rules at `missing.yml`: name a rule file or a folder of them\n',
  ],
  [
    'a typo in the configuration',
    ingest('--config', 'config.yml'),
    'config.yml:2:1: there is no setting `sorces`: did you mean `sources`?\n',
  ],
  [
    'a network without its length',
    ingest('--config', 'network.yml'),
    'network.yml:2:5: `networks.0`: it is no network: write an address and a prefix length, such as `10.0.0.0/8`\n',
  ],
  [
    'an unknown field in a configured format',
    ingest('--config', 'format.yml'),
    'format.yml:3:13: `sources.0.format`: unknown field `scraddr` in the format: did you mean `srcaddr`?\n',
  ],
  ['a configuration that is no YAML', ingest('--config', 'broken.yml'), /^broken\.yml:\d+:\d+: [a-z].*\n$/],
  [
    'a missing configuration',
    ingest('--config', 'missing.yml'),
    'sekisho: cannot read the configuration `missing.yml`: there is no such file or folder; check the spelling\n',
  ],
  [
    'a folder for a configuration',
    ingest('--config', '.'),
    'sekisho: cannot read the configuration `.`: it is a folder, and a file is needed\n',
  ],
  [
    'a time that is none',
    ingest('--now', 'yesterday'),
    'sekisho: --now is `yesterday`, which is no ISO 8601 time: write it like `2026-11-17T02:00:00Z`\n',
  ],
  [
    'a day that no calendar has',
    ingest('--now', '2026-02-30'),
    /^sekisho: --now is `2026-02-30`, which is no ISO 8601 time: /,
  ],
  ['an unknown option', ingest('--ruels', 'x'), 'sekisho: unknown option `--ruels`: did you mean `--rules`?\n'],
  ['an unknown command', ['ingets', INPUT], 'sekisho: unknown command `ingets`: did you mean `ingest`?\n'],
  ['no input', ['ingest'], 'sekisho: missing required argument `input`: run it with `--help` to see what it takes\n'],
  [
    'an option without its value',
    ingest('--alerts'),
    'sekisho: option `--alerts <file>` argument missing: run it with `--help` to see what it takes\n',
  ],
  [
    'two ways to print a result',
    ['query', 'SELECT 1', '--lake', '.', '--csv', '--json'],
    "sekisho: `--csv` and `--json` can't both be: choose one\n",
  ],
  ['an unknown command on rules', ['rules', 'chek'], 'sekisho: unknown command `chek`: did you mean `check`?\n'],
  [
    'an argument too many',
    ['rules', 'schema', 'x'],
    'sekisho: too many arguments for `schema`: expected 0 arguments but got 1: x; run it with `--help` to see what it takes\n',
  ],
];

test.for(CASES)('%s', async ([, args, message]) => {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const { code, stdout, stderr } = await sekisho(args, { cwd: folder });
  if (typeof message === 'string') expect(stderr).toBe(message);
  else expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ +at /m);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(readdirSync(folder).sort()).toEqual(Object.keys(FILES).sort());
});

test('no command at all shows the help', async () => {
  const { code, stdout, stderr } = await sekisho([]);
  expect(`${stdout}${stderr}`).toMatch(/^Usage: sekisho /);
  expect(code).toBe(2);
});
