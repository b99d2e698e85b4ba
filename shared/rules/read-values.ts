/** Values that several keys of a rule file take: durations, fields, expressions. */
import { checkExpression } from './check.ts';
import type { Expression } from './expression.ts';
import { fieldHint } from './field-hint.ts';
import type { Lists } from './lists.ts';
import { durationMeant, formatDuration, parseDuration } from './quantity.ts';
import type { Mapping, ShapeReader, Text } from './shape.ts';
import { findField } from './value.ts';

/** Reads the duration that stands under a key, seconds. */
export function readDuration(reader: ShapeReader, key: string, text: Text): number | undefined {
  const seconds = parseDuration(text.text);
  if (seconds !== undefined) return seconds;
  const hint = `write \`${durationMeant(text.text) ?? '10m` or `1h'}\``;
  return reader.report('E008', text.span, `\`${key}\` is a duration, not \`${text.text}\``, hint);
}

/** Durations between two ends that are whole minutes. */
export interface Minutes {
  readonly least: number;
  readonly most: number;
}

/** The ends, in words. */
export function describeMinutes({ least, most }: Minutes): string {
  return `${formatDuration(least)} to ${formatDuration(most)}, in whole minutes`;
}

/** Whether a duration, seconds, is a number of whole minutes between the two ends. */
export function isAmong(seconds: number, { least, most }: Minutes): boolean {
  return seconds >= least && seconds <= most && seconds % 60 === 0;
}

/** Column names of the fields that stand under a key, each once; what is wrong is reported and left out. */
export function readFields(reader: ShapeReader, key: string, texts: readonly Text[]): readonly string[] {
  const columns: string[] = [];
  for (const { text, span } of texts) {
    const field = findField(text);
    if (field === undefined) {
      const several = text.split(/[\s,]+/).filter((part) => part !== '');
      const hint = several.length > 1 ? `write a list: \`${key}: [${several.join(', ')}]\`` : fieldHint(text);
      reader.report('E201', span, `unknown field \`${text}\` in \`${key}\``, hint);
    } else if (columns.includes(field.column)) {
      reader.report('E308', span, `\`${key}\` names \`${field.column}\` twice`);
    } else columns.push(field.column);
  }
  return columns;
}

/** Reads and checks the expression under a key; undefined where there is none, or something is wrong with it. */
export function readExpression(
  reader: ShapeReader,
  mapping: Mapping,
  key: 'where' | 'except' | 'then',
  lists: Lists,
): Expression | undefined {
  const text = reader.textAt(mapping, key);
  if (text === undefined) return undefined;
  const { expression, findings } = checkExpression(text.text, lists);
  for (const finding of findings) reader.reportIn(text, finding);
  return expression;
}
