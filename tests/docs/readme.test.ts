import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENTS, PROGRAM } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeIn, read, rowsOf } from './documents.ts';

/** What a reader meets, in order: files to write, commands to run, and what a command prints. */
type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string };

const FILES = ['design.yml', 'my-rules/uploads.yml', 'sekisho.yml'];

test.each(['README.md', 'README.ja.md'])('%s holds when it is followed from top to bottom', async (name) => {
  const folder = await temporaryFolder();
  symlinkSync(EVENTS, join(folder, 'events'));
  const text = read(name);
  const steps = stepsOf(text);
  let printed = '';
  for (const step of steps) {
    if (step.kind === 'file') {
      mkdirSync(dirname(join(folder, step.name)), { recursive: true });
      writeFileSync(join(folder, step.name), step.text);
    } else if (step.kind === 'command') {
      printed = run(step.text, folder);
    } else {
      expect(printed).toBe(step.text);
    }
  }
  expect(steps.flatMap((step) => (step.kind === 'file' ? [step.name] : []))).toEqual(FILES);
  run('npx sekisho rules check', folder);

  // the table of what is in the hour, and what the security design finds there
  const listed = rowsOf(text).map(([, severity, rule]) => ({ rule: codeIn(rule!)[0], severity }));
  const told = `FROM alerts WHERE quieted_by IS NULL AND continues IS NULL AND rule`;
  expect(ask(`SELECT DISTINCT rule, severity ${told} <> 'unexpected-accept' ORDER BY rule`, folder)).toEqual(
    listed.toSorted((a, b) => (a.rule! < b.rule! ? -1 : 1)),
  );
  expect(
    ask(`SELECT DISTINCT "group"->>'server_port' AS port ${told} = 'unexpected-accept' ORDER BY 1`, folder),
  ).toEqual(['22', '25', '3389', '445', '5432'].map((port) => ({ port })));
});

test('both languages show the same commands', () => {
  const [english, japanese] = ['README.md', 'README.ja.md'].map((name) =>
    stepsOf(read(name)).filter(({ kind }) => kind !== 'file'),
  );
  expect(english!.length).toBeGreaterThan(5);
  expect(japanese).toEqual(english);
});

/** Blocks of YAML are for the file that was named last; commands stand in blocks of their own or in a line. */
function stepsOf(text: string): readonly Step[] {
  const steps: Step[] = [];
  for (const match of text.matchAll(/^```(\w*)\n([^]*?)^```$|`(npx sekisho (?!--help)[^`]+)`/gm)) {
    const [, language, block = '', inline] = match;
    if (inline !== undefined) steps.push({ kind: 'command', text: inline });
    else if (language === 'yaml') steps.push({ kind: 'file', name: lastFile(text.slice(0, match.index)), text: block });
    else if (block.startsWith('npx sekisho')) steps.push({ kind: 'command', text: block });
    else if (block.startsWith('┌')) steps.push({ kind: 'output', text: block });
  }
  return steps;
}

function lastFile(before: string): string {
  return [...before.matchAll(/[\w/-]+\.yml/g)].at(-1)![0];
}

/** Runs commands as a shell would, with the program that this clone builds for `npx sekisho`; gives what they print. */
function run(commands: string, folder: string): string {
  const npx = `set -e\nnpx() { shift; "${process.execPath}" "${PROGRAM}" "$@"; }\n`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', npx + commands], { cwd: folder, encoding: 'utf8' });
  expect({ commands, status, stderr: status === 0 ? '' : stderr }).toEqual({ commands, status: 0, stderr: '' });
  return stdout;
}

/** What the lake answers. */
function ask(sql: string, folder: string): unknown {
  return JSON.parse(run(`npx sekisho query '${sql.replaceAll("'", `'\\''`)}' --lake lake --json`, folder));
}
