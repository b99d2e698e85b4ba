import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENTS, PROGRAM } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What a reader meets, in order: files to write, commands to run, and what a command prints. */
type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string };

test.each(['README.md', 'README.ja.md'])(
  '%s does what it says when it is followed from top to bottom',
  async (name) => {
    const folder = await temporaryFolder();
    symlinkSync(EVENTS, join(folder, 'events'));
    const steps = stepsOf(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
    let printed = '';
    for (const step of [...steps, { kind: 'command', text: 'npx sekisho rules check' } as const]) {
      if (step.kind === 'file') {
        mkdirSync(dirname(join(folder, step.name)), { recursive: true });
        writeFileSync(join(folder, step.name), step.text);
      } else if (step.kind === 'command') {
        printed = run(step.text, folder);
      } else {
        expect(printed).toBe(step.text);
      }
    }
    expect(steps.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(5);
    expect(steps.flatMap((step) => (step.kind === 'file' ? [step.name] : []))).toEqual([
      'design.yml',
      'my-rules/uploads.yml',
      'sekisho.yml',
    ]);
  },
);

test('both languages show the same commands', () => {
  const [english, japanese] = ['README.md', 'README.ja.md'].map((name) =>
    stepsOf(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')).filter(({ kind }) => kind !== 'file'),
  );
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
