/** Values that several keys of a rule file take: durations, fields, expressions. */
import { suggest } from '../suggest.ts';
import { checkExpression } from './check.ts';
import { clausesOf, MAX_CLAUSES } from './clauses.ts';
import { coversClauses } from './cover.ts';
import { namesOpenList, type Expression } from './expression.ts';
import type { Span } from './diagnostics.ts';
import type { Lists } from './lists.ts';
import { formatDuration, parseDuration } from './quantity.ts';
import type { Mapping, ShapeReader, Text } from './shape.ts';
import { TextLine } from './value-set.ts';
import { FIELD_NAMES, findField } from './value.ts';

/** Reads the duration that stands under a key, seconds. */
export function readDuration(reader: ShapeReader, key: string, text: Text): number | undefined {
  const seconds = parseDuration(text.text);
  if (seconds !== undefined) return seconds;
  return reader.report('E008', text.span, `\`${key}\` is a duration, not \`${text.text}\``, 'write `10m` or `1h`');
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
      const near = suggest(text.replaceAll('-', '_'), FIELD_NAMES);
      const hint = near === undefined ? undefined : `did you mean \`${near}\`?`;
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

/** An expression that no record can match, or that is too large to evaluate, is refused before it runs. */
export function checkMatches(
  reader: ShapeReader,
  mapping: Mapping,
  key: 'where' | 'then',
  expression: Expression,
  except?: Expression,
): void {
  const line = new TextLine();
  const matching = clausesOf(expression, line);
  const kept = except && clausesOf(except, line);
  const place = (of: 'where' | 'except' | 'then'): Span => {
    const { value, keySpan } = mapping.entries.get(of)!;
    return reader.spanOf(value, keySpan);
  };
  const tooLarge = matching === undefined ? key : except !== undefined && kept === undefined ? 'except' : undefined;
  if (tooLarge !== undefined) {
    const hint = 'write `field in (…)` or a list instead of many `or`, or split the rule';
    const message = `\`${tooLarge}\` is too large: it becomes more than ${MAX_CLAUSES} alternatives`;
    reader.report('E302', place(tooLarge), message, hint);
  } else if (namesOpenList(expression)) {
    // what no record matches today one may match once the list has changed
  } else if (matching?.length === 0) {
    reader.report('E301', place(key), `no record can ever match \`${key}\`: its parts exclude each other`);
  } else if (
    except !== undefined &&
    kept !== undefined &&
    !namesOpenList(except) &&
    coversClauses(kept, matching ?? [], line)
  ) {
    reader.report('E301', place('except'), `\`except\` takes out everything that \`${key}\` matches`);
  }
}
