/**
 * Writes `docs/images/output-*.svg`, the README's picture, from what `npm start` prints: `node scripts/write-picture.ts`.
 * Of the incidents it keeps the first of each severity, and says how many it left out.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..');
const ESCAPE = '\u001B';
const COLOUR_CODE = new RegExp(`${ESCAPE}\\[([\\d;]*)m`);

/** A character's cell and the margin, pixels. */
const [WIDTH, HEIGHT, MARGIN] = [8, 18, 16];

interface Theme {
  readonly back: string;
  readonly text: string;
  readonly dim: string;
  readonly frame: string;
  /** By ANSI colour, 0 (black) to 7 (white). */
  readonly colours: readonly string[];
}

const THEMES: Readonly<Record<string, Theme>> = {
  light: {
    back: '#f6f8fa',
    text: '#1f2328',
    dim: '#656d76',
    frame: '#d0d7de',
    colours: ['#1f2328', '#cf222e', '#1a7f37', '#d4a72c', '#0969da', '#8250df', '#54aeff', '#ffffff'],
  },
  dark: {
    back: '#161b22',
    text: '#e6edf3',
    dim: '#8b949e',
    frame: '#30363d',
    colours: ['#0d1117', '#da3633', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#ffffff'],
  },
};

/** Text of one style; `column` is where it starts. */
interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

interface Style {
  readonly bold?: boolean;
  readonly dim?: boolean;
  /** ANSI colours. */
  readonly front?: number;
  readonly back?: number;
}

function printed(): string {
  const env = { ...process.env, FORCE_COLOR: '1', TZ: 'UTC' };
  const { status, stdout } = spawnSync(process.execPath, ['scripts/demo.ts'], { cwd: root, encoding: 'utf8', env });
  if (status !== 0) throw new Error('`npm start` does not work: run it, and mend what it says');
  return stdout.trimEnd();
}

function shorten(output: string): string {
  const severity = (block: string): string | undefined =>
    /^ (CRITICAL|HIGH|MEDIUM|LOW|INFO) /.exec(stripVTControlCharacters(block))?.[1];
  const seen = new Set<string>();
  const kept: string[] = [];
  let left = 0;
  for (const block of output.split('\n\n')) {
    const name = severity(block);
    if (name !== undefined && seen.has(name)) {
      left++;
      continue;
    }
    if (name === undefined && seen.size > 0 && left > 0) {
      kept.push(`${ESCAPE}[2m⋯ ${left} more incidents, left out of this picture${ESCAPE}[22m`);
      left = 0;
    }
    if (name !== undefined) seen.add(name);
    kept.push(block);
  }
  return kept.join('\n\n');
}

/** Cuts text into lines, and those at their colour codes; a style may run over several lines. */
function readLines(output: string): readonly (readonly Run[])[] {
  let style: Style = {};
  return output.split('\n').map((line) => {
    const runs: Run[] = [];
    let column = 0;
    for (const [index, part] of line.split(COLOUR_CODE).entries()) {
      if (index % 2 === 1) {
        for (const code of part.split(';').map(Number)) style = restyle(style, code);
      } else if (part !== '') {
        runs.push({ column, text: part, style });
        column += part.length;
      }
    }
    return runs;
  });
}

function restyle({ bold, dim, front, back }: Style, code: number): Style {
  const next = { bold, dim, front, back };
  if (code === 0) return {};
  if (code === 1) next.bold = true;
  else if (code === 2) next.dim = true;
  else if (code === 22) next.bold = next.dim = undefined;
  else if (code >= 30 && code <= 37) next.front = code - 30;
  else if (code === 39) next.front = undefined;
  else if (code >= 40 && code <= 47) next.back = code - 40;
  else if (code === 49) next.back = undefined;
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
}

function draw(lines: readonly (readonly Run[])[], theme: Theme): string {
  const columns = Math.max(...lines.flatMap((runs) => runs.map(({ column, text }) => column + text.length)));
  const width = columns * WIDTH + 2 * MARGIN;
  const height = lines.length * HEIGHT + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="6" fill="${theme.back}" stroke="${theme.frame}"/>\n`,
    ...lines.flatMap((runs, row) => runs.map((run) => `${drawRun(run, MARGIN + row * HEIGHT, theme)}\n`)),
    '</svg>\n',
  ].join('');
}

function drawRun({ column, text, style }: Run, top: number, theme: Theme): string {
  const left = MARGIN + column * WIDTH;
  const back =
    style.back === undefined
      ? ''
      : `<rect x="${left}" y="${top}" width="${text.length * WIDTH}" height="${HEIGHT}" fill="${theme.colours[style.back]}"/>`;
  const fill = style.front === undefined ? (style.dim === true ? theme.dim : theme.text) : theme.colours[style.front]!;
  const bold = style.bold === true ? ' font-weight="600"' : '';
  // each word gets its place and length, so that columns stand straight whatever font the reader has
  const words = [...text.matchAll(/[^ ─-╿]+( [^ ─-╿]+)*/g)].map(({ 0: word, index }) => {
    const shown = word.replace(/[&<]/g, (character) => (character === '&' ? '&amp;' : '&lt;'));
    return `<text x="${left + index * WIDTH}" y="${top + 13}" textLength="${word.length * WIDTH}" fill="${fill}"${bold}>${shown}</text>`;
  });
  return `${back}${drawBoxes(text, left, top, theme)}${words.join('')}`;
}

/** The arms of box-drawing characters: left, right, up, down. */
const ARMS: Readonly<Record<string, string>> = {
  '─': 'lr',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '├': 'rud',
  '┤': 'lud',
  '┬': 'lrd',
  '┴': 'lru',
  '┼': 'lrud',
};

/** Tables are drawn, as fonts leave gaps between lines. */
function drawBoxes(text: string, left: number, top: number, theme: Theme): string {
  const ends: Readonly<Record<string, string>> = {
    l: `h-${WIDTH / 2}`,
    r: `h${WIDTH / 2}`,
    u: `v-${HEIGHT / 2}`,
    d: `v${HEIGHT / 2}`,
  };
  let path = '';
  for (const [index, character] of text.split('').entries()) {
    const middle = `M${left + index * WIDTH + WIDTH / 2} ${top + HEIGHT / 2}`;
    for (const arm of ARMS[character] ?? '') path += `${middle}${ends[arm]}`;
  }
  return path === '' ? '' : `<path d="${path}" stroke="${theme.dim}" fill="none"/>`;
}

const lines = readLines(shorten(printed()));
for (const [name, theme] of Object.entries(THEMES)) {
  const svg = draw(lines, theme);
  writeFileSync(join(root, 'docs', 'images', `output-${name}.svg`), svg);
  console.log(`wrote docs/images/output-${name}.svg, ${lines.length} lines, ${(svg.length / 1000).toFixed(0)} kB`);
}
