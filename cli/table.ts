/** Query results as people and programs want them: a table that fits the terminal, CSV, JSON. */
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { QueryResult, ResultValue } from '../shared/ports.ts';
import { withoutControls } from './output.ts';

/** Below this a column tells nothing any more. */
const NARROWEST = 6;

/**
 * The result as a table of at most `width` columns: long values are wrapped, numbers stand to the right. A result of more
 * columns than fit is shown row by row.
 */
export function formatTable(result: QueryResult, width: number): string {
  const { columns, rows } = result;
  if (columns.length === 0) return '';
  if (columns.length * (NARROWEST + 3) + 1 > width) return formatRecords(result);
  const texts = rows.map((row) => row.map((value) => withoutControls(cellText(value))));
  const widestOf = (i: number, measure: (text: string) => number): number =>
    texts.reduce((most, row) => Math.max(most, measure(row[i]!)), stringWidth(columns[i]!.name));
  const wanted = columns.map((_, i) => Math.max(widestOf(i, widest), 1));
  const unbroken = columns.map((_, i) => widestOf(i, widestWord));
  const room = width - (columns.length * 3 + 1);
  // columns of several words give way first; only then are words broken
  const widths = fit(
    fit(wanted, unbroken, room),
    columns.map(() => NARROWEST),
    room,
  );
  const table = new Table({
    head: columns.map(({ name }) => name),
    colWidths: widths.map((each) => each + 2),
    colAligns: columns.map(({ type }) => (isNumeric(type) ? 'right' : 'left')),
    wordWrap: true,
    // a word wider than its column would be cut off
    wrapOnWordBoundary: texts.every((row) => row.every((text, i) => widestWord(text) <= widths[i]!)),
    style: { head: [], border: [], compact: true },
  });
  table.push(...texts);
  return `${table.toString()}\n`;
}

/** One block a row, one line a value; columns without a value are named together. */
function formatRecords({ columns, rows }: QueryResult): string {
  if (rows.length === 0) return `no rows of ${columns.map(({ name }) => name).join(', ')}\n`;
  const margin = Math.max(...columns.map(({ name }) => stringWidth(name)));
  const blocks = rows.map((row, number) => {
    const lines = [`── row ${number + 1} `.padEnd(margin + 2, '─')];
    const empty: string[] = [];
    for (const [i, { name }] of columns.entries()) {
      const value = row[i]!;
      if (value === null) empty.push(name);
      else lines.push(`${name}${' '.repeat(margin - stringWidth(name))}  ${withoutControls(cellText(value))}`);
    }
    if (empty.length > 0) lines.push(`null: ${empty.join(', ')}`);
    return `${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}

/** Widths that together take at most `room` where `least` allows it: the widest columns give way first. */
function fit(wanted: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...wanted];
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    let widest = -1;
    for (const [i, width] of widths.entries()) {
      if (width > least[i]! && (widest < 0 || width > widths[widest]!)) widest = i;
    }
    if (widest < 0) break;
    widths[widest]!--;
  }
  return widths;
}

/** The result as CSV (RFC 4180), with a header line; null is an empty field. */
export function formatCsv({ columns, rows }: QueryResult): string {
  const lines = [
    columns.map(({ name }) => name),
    ...rows.map((row) => row.map((value) => (value === null ? '' : cellText(value)))),
  ];
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

/** The result as a JSON array of objects, one a line; integers keep every digit. */
export function formatJson({ columns, rows }: QueryResult): string {
  if (rows.length === 0) return '[]\n';
  const names = columns.map(({ name }) => JSON.stringify(name));
  const objects = rows.map((row) => `{${row.map((value, i) => `${names[i]}:${jsonValue(value)}`).join(',')}}`);
  return `[\n${objects.join(',\n')}\n]\n`;
}

/** JSON of a value; bigints are written as numbers with all their digits, which JSON.stringify can't. */
function jsonValue(value: ResultValue): string {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonValue).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}:${jsonValue(each)}`)
    .join(',')}}`;
}

function cellText(value: ResultValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? jsonValue(value) : String(value);
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function widestWord(text: string): number {
  return text.split(/\s+/).reduce((most, word) => Math.max(most, stringWidth(word)), 0);
}

function widest(text: string): number {
  return text.split('\n').reduce((most, line) => Math.max(most, stringWidth(line)), 0);
}

function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|REAL|DECIMAL.*)$/.test(type);
}
