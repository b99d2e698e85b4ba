/** Where a character of a YAML text stands in its file, whichever way the text is written there. */
import type { Scalar } from 'yaml';
import type { Span } from './diagnostics.ts';

/** Any text, number or null of a YAML document. */
export type YamlScalar = Scalar & { readonly range?: readonly [number, number, number] | null };

/**
 * A span of a scalar's text as a span of its file. Quotation marks, escapes, folded lines and indentation are
 * stepped over: the text is laid beside its source, character by character.
 */
export function spanInFile(scalar: YamlScalar, span: Span, file: string): Span {
  const [start, end] = scalar.range ?? [0, 0];
  const offsets = scalarOffsets(scalar, file, start, end);
  const at = (index: number): number => offsets[Math.min(index, offsets.length - 1)] ?? start;
  const from = at(span.start);
  // the end is one past its last character: the next character may stand on another line
  const to = span.end > span.start ? at(span.end - 1) + 1 : from;
  return { start: from, end: Math.min(Math.max(to, from), Math.max(end, from)) };
}

/** A scalar's text: a string's own, or as a number or null is written. */
export function textOfScalar(scalar: YamlScalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
}

/** By index in the scalar's text: the offset in the file. */
function scalarOffsets(scalar: YamlScalar, file: string, start: number, end: number): readonly number[] {
  const text = textOfScalar(scalar);
  const offsets: number[] = [];
  const escaped = scalar.type === 'QUOTE_DOUBLE';
  let at = start + (escaped || scalar.type === 'QUOTE_SINGLE' ? 1 : 0);
  // the header of a block (`|`, `>-`) has a line of its own
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED') at = file.indexOf('\n', start) + 1;
  for (let i = 0; i < text.length; i++) {
    if (/\s/.test(text[i]!)) {
      offsets.push(Math.min(at, end));
      // a fold: the line break and the indentation after it belong to the next character
      at += escaped && file[at] === '\\' ? escapeLength(file, at) : /\s/.test(file[at] ?? '') ? 1 : 0;
      continue;
    }
    while (at < end && isSkipped(file, at, escaped)) at++;
    offsets.push(Math.min(at, end));
    if (escaped && file[at] === '\\') at += escapeLength(file, at);
    else if (scalar.type === 'QUOTE_SINGLE' && file[at] === "'") at += 2;
    else at++;
  }
  return offsets;
}

/** Line breaks and indentation, and the backslash that joins two lines between double quotation marks. */
function isSkipped(file: string, at: number, escaped: boolean): boolean {
  return /\s/.test(file[at]!) || (escaped && /^\\\r?\n/.test(file.slice(at, at + 3)));
}

function escapeLength(file: string, at: number): number {
  return { x: 4, u: 6, U: 10 }[file[at + 1] ?? ''] ?? 2;
}
