/** Commands that the documents show, beside the program. */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sekisho } from '../support/program.ts';
import { blocksOf, codeIn, read } from './documents.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PAGES = globSync(['README*.md', 'docs/*.md', 'CHANGELOG.md'], { cwd: ROOT }).sort();

/** Commands of commands are named with it: `rules run`. */
const helps = new Map<string, Promise<string>>();

test.each(PAGES)('%s shows commands and options that the program has', async (page) => {
  for (const { command, options } of commandsIn(read(page))) {
    const help = await helpOf(command);
    expect({ page, command, help: help.split('\n')[0] }).toMatchObject({ help: expect.stringContaining(command) });
    for (const option of options) expect(`${command}: ${help}`).toContain(option);
  }
});

test.each([
  ['English', PAGES.filter((page) => !page.includes('.ja.'))],
  ['Japanese', PAGES.filter((page) => page.includes('.ja.'))],
])('every command is shown in %s', async (_, pages) => {
  const shown = new Set(pages.flatMap((page) => commandsIn(read(page))).map(({ command }) => command.split(' ')[0]!));
  expect([...shown].sort()).toEqual(await namesOf(''));
});

interface Shown {
  readonly command: string;
  readonly options: readonly string[];
}

/** Every `sekisho …` in code, up to the end of what a shell would run with it. */
function commandsIn(text: string): readonly Shown[] {
  const blocks = blocksOf(text).map((block) => block.text.replaceAll('\\\n', ' '));
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '');
  return [...blocks, ...codeIn(prose)].flatMap((code) =>
    [...code.matchAll(/(?:^|[\s|])sekisho +([a-z][^\n|&#>]*)/g)].map(([, line]) => shownIn(line!)),
  );
}

function shownIn(line: string): Shown {
  const [first = '', second = ''] = line.trim().split(/\s+/);
  const command = first === 'rules' && /^[a-z-]+$/.test(second) && !second.startsWith('-') ? `rules ${second}` : first;
  return { command, options: line.match(/(?<=\s)--[a-z-]+/g) ?? [] };
}

function helpOf(command: string): Promise<string> {
  const known = helps.get(command);
  if (known !== undefined) return known;
  const help = sekisho([...command.split(' ').filter((word) => word !== ''), '--help']).then(({ stdout }) => stdout);
  helps.set(command, help);
  return help;
}

/** The names of the commands that a help lists, in order; not that of `help` itself. */
async function namesOf(command: string): Promise<readonly string[]> {
  const [, listed = ''] = (await helpOf(command)).split('\nCommands:\n');
  const names = [...listed.split('\n\n')[0]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!);
  return names.filter((name) => name !== 'help').sort();
}
