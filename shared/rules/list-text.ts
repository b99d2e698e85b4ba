/** A list's text to its entries: an entry a line, or a column of CSV. What is no entry is reported and left out. */
import { CsvError, parse, type Options } from 'csv-parse/sync';
import { formatNetwork, parseAddressRange, type AddressProblem, type AddressRange } from '../flow/address.ts';
import { suggest } from '../suggest.ts';
import type { Diagnostic, SourceText } from './diagnostics.ts';

/** What a list's text holds. */
export interface ListContent {
  readonly kind: 'content';
  /** Each once, in the order of the text. */
  readonly entries: readonly string[];
  /** Warnings about lines that are no entries or not written well, the first {@link MOST_REPORTED} of them, or that there are none. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Why a text is no list at all. */
export interface NoList {
  readonly kind: 'none';
  readonly reason: string;
}

const LINE_END = /\r\n|\n|\r/;

/** Lines reported one by one; of the others the number is told. */
const MOST_REPORTED = 20;

/** A text of the list with its place; lines and columns are 1-based. */
interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Reads a list. Without `column` each line holds an entry; blank lines and what follows `#` or `;` (at the beginning, or
 * after a space) are comments. With `column` the text is CSV (`,`, `;` or tab), and comments begin with `#`.
 */
export function readListText(source: SourceText, column: string | number | undefined): ListContent | NoList {
  const cells = column === undefined ? cellsOfLines(source.text) : cellsOfColumn(source.text, column);
  if ('kind' in cells) return cells;
  if (cells.length === 0) return { kind: 'content', entries: [], diagnostics: [warnOfNone(source)] };
  const ranges = cells.map(({ text }) => parseAddressRange(text));
  // what stands above a numbered column may be its name
  const body = typeof column === 'number' && ranges.length > 1 ? ranges.slice(1) : ranges;
  const holdsAddresses = ranges.filter(isAddress).length * 2 >= body.length;
  const entries = new Set<string>();
  const found: Diagnostic[] = [];
  let unreported: Cell | undefined;
  let more = 0;
  const report = (code: 'W401' | 'W402', cell: Cell, message: string): void => {
    if (found.length < MOST_REPORTED) found.push(warning(code, source, cell, message));
    else {
      unreported ??= cell;
      more++;
    }
  };
  for (const [index, cell] of cells.entries()) {
    const { text } = cell;
    const range = ranges[index]!;
    const why = holdsAddresses ? notAddress(text, range) : notText(text);
    if (why === undefined) {
      entries.add(text);
    } else if (holdsAddresses && range === 'bits-beyond-prefix') {
      const network = formatNetwork(text);
      report('W402', cell, `${why}: the network \`${network}\` is used`);
      entries.add(network);
    } else if (typeof column !== 'number' || index > 0) {
      report('W401', cell, `${why}: it is left out`);
    }
  }
  if (unreported !== undefined) found.push(warning('W401', source, unreported, `and ${more} more from here on`));
  if (entries.size === 0) return { kind: 'none', reason: 'it holds lines, but none of them is an entry' };
  return { kind: 'content', entries: [...entries], diagnostics: found };
}

function cellsOfLines(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  let line = 0;
  for (const written of text.split(LINE_END)) {
    line++;
    const entry = written.replace(/(^|\s)[#;].*$/, '');
    const trimmed = entry.trim();
    if (trimmed !== '') cells.push({ text: trimmed, line, column: entry.length - entry.trimStart().length + 1 });
  }
  return cells;
}

/** A record of csv-parse, and the line on which it ends. */
interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function cellsOfColumn(text: string, column: string | number): readonly Cell[] | NoList {
  const records = recordsOf(text);
  if (records.length === 0) return [];
  const header = records[0]?.record ?? [];
  const index =
    typeof column === 'number' ? column - 1 : header.findIndex((name) => name.toLowerCase() === column.toLowerCase());
  if (index === -1) {
    const near = suggest(String(column), header);
    return {
      kind: 'none',
      reason: `its header has no column \`${column}\`${near === undefined ? '' : `: did you mean \`${near}\`?`}`,
    };
  }
  if (records.every(({ record }) => record.length <= index))
    return { kind: 'none', reason: `it has no column ${column}` };
  const body = typeof column === 'number' ? records : records.slice(1);
  return body.map(({ record, info }) => ({ text: record[index] ?? '', line: info.lines, column: 1 }));
}

const UNREADABLE: Pick<CsvRecord, 'record'> = { record: [] };

/** Reads CSV. Where a quotation mark has no partner, each line is read on its own, so that it spoils no other. */
function recordsOf(text: string): readonly CsvRecord[] {
  const options = {
    delimiter: delimiterOf(text),
    info: true,
    trim: true,
    comment: '#',
    comment_no_infix: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  };
  return (
    readRecords(text, options) ??
    text.split(LINE_END).flatMap((line, index) => {
      const records = readRecords(line, options) ?? [UNREADABLE];
      return records.map(({ record }) => ({ record, info: { lines: index + 1 } }));
    })
  );
}

/** The records of a text, undefined where its quotation marks do not pair. */
function readRecords(text: string, options: Options): readonly CsvRecord[] | undefined {
  try {
    // the library's types leave out what `info` changes
    return parse(text, options) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** What separates the first line that is no comment: whichever of the three it holds most of. */
function delimiterOf(text: string): string {
  const first = text.split(LINE_END).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const count = (delimiter: string): number => first.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** Whether a text was meant as an address, a network or a range of addresses, sound or not. */
function isAddress(range: AddressRange | AddressProblem): boolean {
  return range !== 'not-an-address';
}

function notAddress(text: string, range: AddressRange | AddressProblem): string | undefined {
  if (typeof range === 'object') return undefined;
  switch (range) {
    case 'prefix-too-long':
      return `the prefix of \`${text}\` is too long`;
    case 'bits-beyond-prefix':
      return `\`${text}\` has bits set beyond its prefix`;
    case 'reversed':
      return `the range \`${text}\` starts above its end`;
    case 'mixed-families':
      return `the range \`${text}\` starts in one address family and ends in the other`;
    case 'not-an-address':
      return text === '' ? 'there is no value' : `\`${shorten(text)}\` is not an address, unlike the other entries`;
  }
}

function notText(text: string): string | undefined {
  if (text === '') return 'there is no value';
  if (/\s/.test(text)) return `\`${shorten(text)}\` is more than one word`;
  if (text.startsWith('@')) return `\`${text}\` is another list`;
  return /[^\x21-\x7e]/.test(text) ? `\`${shorten(text)}\` holds what no value of a flow log does` : undefined;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function warnOfNone({ name }: SourceText): Diagnostic {
  const message = 'the list holds no entry: nothing is in it, and rules go on without it';
  return { code: 'W404', severity: 'warning', message, file: name, line: 1, column: 1, endColumn: 1 };
}

function warning(code: 'W401' | 'W402', source: SourceText, cell: Cell, message: string): Diagnostic {
  const { line, column, text } = cell;
  return { code, severity: 'warning', message, file: source.name, line, column, endColumn: column + text.length };
}
