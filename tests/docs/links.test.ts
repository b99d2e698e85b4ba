import { existsSync, globSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { read } from './documents.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const pages = globSync('**/*.md', { cwd: ROOT, exclude: ['node_modules', 'dist', '.cache', 'demo-lake'] }).sort();

test.each(pages)('every link in %s leads somewhere', (page) => {
  const broken = linksOf(page).filter((link) => !leadsSomewhere(link, page));
  expect(broken).toEqual([]);
});

/** Links to files and headings of the repository. */
function linksOf(page: string): readonly string[] {
  const links = read(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g);
  return [...links].map(([, markdown, html]) => (markdown ?? html)!).filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(link: string, page: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path));
  if (!existsSync(`${ROOT}${target}`)) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** The names of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  const prose = read(page).replaceAll(/^```[^]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
