/** The documents as texts, and what is in them. */
import { readFileSync } from 'node:fs';

/** A document's text, by its path in the repository. */
export const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** What stands under each heading of the second level, in order. */
export const sectionsOf = (text: string): readonly string[] => text.split(/^## /m).slice(1);

/** What stands under a heading of any level, up to the next one; the text of a document without it is empty. */
export function sectionUnder(text: string, heading: string): string {
  const [, after = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return after.split(/^#+ /m)[0]!;
}

/** A fenced block: its language, and the text in it. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a text, in order. */
export function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language, block]) => ({
    language: language!,
    text: block!,
  }));
}

/** The lines of its tables, cell by cell, without headings. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line, index, lines) => line.startsWith('| ') && !lines[index + 1]?.startsWith('|---'))
    .map((line) => line.slice(2, -2).split(' | '));
}

/** What stands in code in a text: `` `where` `` is `where`. */
export const codeIn = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
