/** What a rule measures over its matches: `count()`, `sum(bytes)`, `distinct(dstport)`, `rate(bytes)`. */
import { suggest } from '../suggest.ts';
import { error, type Finding, type Span } from './diagnostics.ts';
import { fieldHint } from './field-hint.ts';
import type { Token } from './lex.ts';
import { NUMBER_UNITS, numberMeant, parseNumber } from './quantity.ts';
import type { Measure } from './rule.ts';
import { nameOf, spotOf } from './syntax-errors.ts';
import type { TokenCursor } from './token-cursor.ts';
import { findField, typeOf } from './value.ts';

/** Names of all measures. */
export const MEASURES: readonly Measure['kind'][] = ['count', 'sum', 'distinct', 'rate'];

const EXAMPLE = 'write `count() >= 10`, `sum(bytes) > 5GB` or `distinct(dstport) >= 50`';
const OTHER_FORMS = 'or `rate(bytes) >= 10MB`, `no records for 45m`, `new server_port over 14d`';

/** A measure as it is written. */
export function formatMeasure(measure: Measure): string {
  return measure.kind === 'count' ? 'count()' : `${measure.kind}(${measure.field ?? ''})`;
}

/** Reads a measure with its parentheses. */
export function readMeasure(tokens: TokenCursor): Measure | Finding {
  const name = tokens.next();
  const kind = MEASURES.find((measure) => measure === name.text.toLowerCase());
  if (name.kind !== 'word' || kind === undefined) return noMeasure(name);
  const open = tokens.next();
  if (open.kind !== '(') {
    const hint =
      open.kind === 'word' && findField(open.text) !== undefined ? `write \`${kind}(${open.text})\`` : EXAMPLE;
    return problem(open, `parentheses are missing after \`${name.text}\``, hint);
  }
  const argument = tokens.next();
  const close = argument.kind === ')' ? argument : tokens.next();
  if (close.kind !== ')') return problem(close, `\`)\` is missing before ${nameOf(close)}`, EXAMPLE);
  const span = { start: name.span.start, end: close.span.end };
  return measureOf(kind, argument.kind === ')' ? undefined : argument, span);
}

/** Reads the number that a measure is compared with; a rate may have a fraction. */
export function readAmount(token: Token, { kind }: Measure): number | Finding {
  const number = token.kind !== 'word' ? undefined : parseAmount(token.text, kind);
  if (number !== undefined) return number;
  if (token.kind === 'end') return problem(token, 'a number is missing at the end', AMOUNT_HINT);
  const perSecond = /^(.+)\/(?:s|sec|second)$/.exec(token.text)?.[1];
  if (kind === 'rate' && perSecond !== undefined && parseAmount(perSecond, kind) !== undefined) {
    return problem(token, `${nameOf(token)} is not a number`, `a rate is a second's already: write \`${perSecond}\``);
  }
  const meant = token.kind === 'word' ? numberMeant(token.text) : undefined;
  const hint = meant === undefined ? AMOUNT_HINT : `write \`${meant}\``;
  return problem(token, `${nameOf(token)} is not a number`, hint);
}

const AMOUNT_HINT = `write a whole number, with or without a unit (${NUMBER_UNITS})`;

function parseAmount(text: string, kind: Measure['kind']): number | undefined {
  if (kind === 'rate' && /^\d{1,12}\.\d{1,6}$/.test(text)) return Number(text);
  return parseNumber(text);
}

function measureOf(kind: Measure['kind'], argument: Token | undefined, span: Span): Measure | Finding {
  if (kind === 'count') {
    if (argument === undefined) return { kind };
    const isField = findField(argument.text) !== undefined;
    const hint = `write \`count()\`${isField ? `, or \`distinct(${argument.text})\` for different values` : ''}`;
    return error('E303', argument.span, '`count` takes no field: it counts records', hint);
  }
  if (argument === undefined) {
    if (kind === 'rate') return { kind, field: undefined };
    const hint = `write \`${kind}(${kind === 'sum' ? 'bytes' : 'dstport'})\``;
    return error('E303', span, `\`${kind}\` needs a field`, hint);
  }
  if (argument.kind !== 'word') return problem(argument, `${nameOf(argument)} is not a field`, EXAMPLE);
  const field = findField(argument.text);
  if (field === undefined) return unknownField(argument);
  const isNumber = field.type === 'int64' || (field.type === 'int32' && typeOf(field) === 'a number');
  if (kind !== 'distinct' && !isNumber) {
    const hint = `${kind}s are of \`packets\` or \`bytes\``;
    return error('E303', argument.span, `\`${field.column}\` is ${typeOf(field)}: a ${kind} of it means nothing`, hint);
  }
  return { kind, field: field.column };
}

/** For a name in a condition that is no field. */
export function unknownField(token: Token): Finding {
  return error('E201', token.span, `unknown field \`${token.text}\``, fieldHint(token.text));
}

/** What other languages call it, or what is spelt nearly so. */
function measureMeant(word: string): string | undefined {
  if (/uniq|distinct|cardinality|^dc$/i.test(word)) return 'distinct';
  if (/^(avg|average|mean)$/i.test(word)) return 'rate';
  return suggest(word, [...MEASURES, 'no', 'new']);
}

function noMeasure(token: Token): Finding {
  const column = token.kind === 'word' ? findField(token.text)?.column : undefined;
  if (column !== undefined) {
    const hint = `write \`${column === 'bytes' || column === 'packets' ? 'sum' : 'distinct'}(${column})\``;
    return problem(token, `${nameOf(token)} is not something to measure`, hint);
  }
  const near = token.kind === 'word' ? measureMeant(token.text) : undefined;
  const message = token.kind === 'end' ? 'the condition is empty' : `${nameOf(token)} is not something to measure`;
  return problem(token, message, near === undefined ? `${EXAMPLE}, ${OTHER_FORMS}` : `did you mean \`${near}\`?`);
}

function problem(token: Token, message: string, hint: string): Finding {
  return error('E303', spotOf(token), message, hint);
}
