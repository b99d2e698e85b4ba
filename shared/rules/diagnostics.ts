/** What is wrong with a rule, where, and what to do about it; and how that looks on a terminal. */
import stringWidth from 'string-width';
import type { Code } from './codes.ts';

/** A stretch of a text, in UTF-16 code units: `start` included, `end` not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Something wrong in a text whose name and surroundings are not known yet. */
export interface Finding {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly span: Span;
  /** What to do, where there is a good guess. */
  readonly hint?: string;
}

/** A finding with its place in a file. Lines and columns are 1-based; columns count UTF-16 code units. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where it ends, on the same line: the column after the last one. */
  readonly endColumn: number;
}

/** A text with a name: a rule file, or an expression given on the command line. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** An error over a span; most findings are. */
export function error(code: Code, span: Span, message: string, hint?: string): Finding {
  return { code, severity: 'error', message, span, ...(hint === undefined ? {} : { hint }) };
}

/** A warning over a span: what is written works, but can hardly be meant. */
export function warning(code: Code, span: Span, message: string, hint?: string): Finding {
  return { ...error(code, span, message, hint), severity: 'warning' };
}

/** Gives a finding its file, line and column. What spans several lines is shown on the first. */
export function placeFinding(finding: Finding, source: SourceText): Diagnostic {
  const { span, ...rest } = finding;
  const start = Math.min(span.start, source.text.length);
  // lastIndexOf takes a negative position for 0
  const lineStart = start === 0 ? 0 : source.text.lastIndexOf('\n', start - 1) + 1;
  const newline = source.text.indexOf('\n', start);
  const lineEnd = newline === -1 ? source.text.length : newline;
  const column = start - lineStart + 1;
  return {
    ...rest,
    file: source.name,
    line: countNewlines(source.text, lineStart) + 1,
    column,
    endColumn: Math.max(column, Math.min(span.end, lineEnd) - lineStart + 1),
  };
}

/**
 * A diagnostic as a person reads it: place, code and message, the line with the place underlined, the hint.
 * `text` is the file's text.
 */
export function formatDiagnostic(diagnostic: Diagnostic, text: string): string {
  const { file, line, column, endColumn, severity, code, message, hint } = diagnostic;
  const head = `${file}:${line}:${column}: ${severity} ${code}: ${message}`;
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '');
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  // tabs are kept, so that the underline stands below its text whatever their width
  const before = blank(source.slice(0, column - 1));
  const underline = '^'.repeat(Math.max(1, stringWidth(source.slice(column - 1, endColumn - 1))));
  const lines = [head, `${gutter} |`, `${number} | ${source}`, `${gutter} | ${before}${underline}`];
  if (hint !== undefined) lines.push(`${gutter} = hint: ${hint}`);
  return lines.join('\n');
}

function blank(text: string): string {
  return text
    .split('\t')
    .map((part) => ' '.repeat(stringWidth(part)))
    .join('\t');
}

function countNewlines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
