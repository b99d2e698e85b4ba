/**
 * The condition of a rule, `when`:
 *
 *     when      = measure (">" | ">=") number
 *               | measure ">" number ("×" | "x" | "*") "usual" "over" duration [ "and" "at" "least" number ]
 *               | "no" "records" "for" duration
 *               | "new" field "over" duration
 *     measure   = "count" "(" ")" | ("sum" | "distinct") "(" field ")" | "rate" "(" [ field ] ")"
 */
import { error, type Finding } from './diagnostics.ts';
import { lex, type Token } from './lex.ts';
import { formatMeasure, readAmount, readMeasure, unknownField } from './measure.ts';
import { durationMeant, formatDuration, isUnit, parseDuration } from './quantity.ts';
import type { AbsenceCondition, BaselineCondition, Measure, NewCondition, Threshold } from './rule.ts';
import { nameOf, spotOf } from './syntax-errors.ts';
import { isWord, TokenCursor } from './token-cursor.ts';
import { findField } from './value.ts';

/** The longest absence and window, seconds. */
export const MAX_WINDOW = 30 * 86_400;

/** How far back a rule looks for what is new or usual, at least and at most, seconds. */
const LOOK_BACK = { least: 3600, most: 90 * 86_400 };

/** What `when` says: a condition, or the part of one that still needs its window. */
export type When =
  | { readonly kind: 'threshold'; readonly threshold: Threshold }
  | AbsenceCondition
  | NewCondition
  | Omit<BaselineCondition, 'seconds'>;

/** Parses and checks a condition; findings say why there is none. Spans count from the text's beginning. */
export function parseWhen(text: string): { readonly when: When | undefined; readonly findings: readonly Finding[] } {
  // the multiplication sign is no part of expressions; a star takes as much room
  const { tokens, findings } = lex(text.replaceAll('×', '*'));
  if (findings.length > 0) return { when: undefined, findings };
  const cursor = new TokenCursor(tokens.flatMap((token) => splitFactor(token, text)));
  const when = readWhen(cursor);
  if (isFinding(when)) return { when: undefined, findings: [when] };
  const rest = cursor.next();
  if (rest.kind === 'end') return { when, findings: [] };
  return { when: undefined, findings: [leftover(when, rest)] };
}

/** `4x`, `4*` and `4*usual` are as good as `4 x usual`. */
function splitFactor(token: Token, source: string): readonly Token[] {
  const { start, end } = token.span;
  const parts = token.kind === 'word' ? /^(\d+(?:\.\d+)?)?([*x×])(usual)?$/i.exec(source.slice(start, end)) : null;
  if (parts === null) return [token];
  let at = start;
  return parts.slice(1).flatMap((text) => {
    if (text === undefined) return [];
    const start = at;
    at += text.length;
    return [{ kind: 'word' as const, text, span: { start, end: at } }];
  });
}

function readWhen(tokens: TokenCursor): When | Finding {
  if (tokens.accept('no')) return readAbsence(tokens);
  if (tokens.accept('new')) return readNew(tokens);
  const start = tokens.peek();
  const measure = readMeasure(tokens);
  if (isFinding(measure)) return measure;
  const written = formatMeasure(measure);
  const operator = tokens.next();
  if (operator.kind !== 'operator') {
    const hint = `write \`${written} >= 10\``;
    return problem(operator, `\`>=\` or \`>\` is missing before ${nameOf(operator)}`, hint);
  }
  if (operator.text !== '>' && operator.text !== '>=') {
    const message = `\`${operator.text}\` can become false again while records still arrive`;
    const hint = 'only `>` and `>=` can be decided at once; for a silence write `no records for 45m`';
    return error('E304', operator.span, message, hint);
  }
  const value = tokens.next();
  if (isWord(value, 'usual')) {
    return problem(value, 'a factor is missing before `usual`', `write \`${written} > 4 × usual over 14d\``);
  }
  if (isFactor(value) && isMultiple(tokens.peek())) return readBaseline(tokens, measure, operator, value);
  const number = readAmount(value, measure);
  if (isFinding(number)) return number;
  if (operator.text === '>=' && number === 0) {
    const span = { start: start.span.start, end: value.span.end };
    const hint = `write \`${written} >= 1\`, or leave out \`window\` and \`when\``;
    return error('E305', span, `\`${written} >= 0\` is always true`, hint);
  }
  const text = `${written} ${operator.text} ${value.text}`;
  return { kind: 'threshold', threshold: { measure, operator: operator.text, value: number, text } };
}

const ABSENCE = 'write `no records for 45m`';

function readAbsence(tokens: TokenCursor): AbsenceCondition | Finding {
  if (!tokens.accept('records')) {
    return problem(tokens.peek(), `\`records\` is missing before ${nameOf(tokens.peek())}`, ABSENCE);
  }
  const [word, after] = [tokens.peek(), 'no records'];
  if (!tokens.accept('for')) return missing('for', after, word, word.kind === 'end' ? undefined : tokens, ABSENCE);
  const seconds = readSpan(tokens.next(), 'an absence', { least: 60, most: MAX_WINDOW }, ABSENCE);
  if (isFinding(seconds)) return seconds;
  return { kind: 'absence', seconds, text: `no records for ${formatDuration(seconds)}` };
}

function readNew(tokens: TokenCursor): NewCondition | Finding {
  const name = tokens.next();
  if (name.kind === '(') return problem(name, 'no parentheses stand after `new`', 'write `new server_port over 14d`');
  if (name.kind !== 'word' || isWord(name, 'over')) {
    return problem(name, `a field is missing before ${nameOf(name)}`, 'write `new server_port over 14d`');
  }
  const field = findField(name.text);
  if (field === undefined) return unknownField(name);
  const example = `write \`new ${field.column} over 14d\``;
  const over = readOver(tokens, `new ${name.text}`, example);
  if (isFinding(over)) return over;
  return { kind: 'new', field: field.column, over, text: `new ${field.column} over ${formatDuration(over)}` };
}

function readBaseline(
  tokens: TokenCursor,
  measure: Measure,
  operator: Token,
  factorToken: Token,
): Omit<BaselineCondition, 'seconds'> | Finding {
  const written = formatMeasure(measure);
  const example = `write \`${written} > ${factorToken.text} × usual over 14d\``;
  const sign = tokens.next();
  if (!isSign(sign)) return problem(sign, `\`×\` is missing before ${nameOf(sign)}`, example);
  const usual = tokens.next();
  if (!isWord(usual, 'usual')) return problem(usual, `\`usual\` is missing before ${nameOf(usual)}`, example);
  const over = readOver(tokens, 'usual', example);
  if (isFinding(over)) return over;
  if (operator.text === '>=') {
    return problem(operator, 'what is usual is an average: nothing tells `>=` from `>`', example);
  }
  const factor = Number(factorToken.text);
  if (factor <= 1) {
    const message = `\`${factorToken.text} × usual\` is nothing unusual`;
    return error('E305', factorToken.span, message, 'the factor is above 1, such as `4 × usual`');
  }
  const least = readLeast(tokens, measure, `${example.slice(0, -1)} and at least 1000\``);
  if (isFinding(least)) return least;
  const tail = least.text === undefined ? '' : ` and at least ${least.text}`;
  const text = `${written} > ${factorToken.text} × usual over ${formatDuration(over)}${tail}`;
  return { kind: 'baseline', measure, factor, over, atLeast: least.value, text };
}

function readLeast(
  tokens: TokenCursor,
  measure: Measure,
  example: string,
): { readonly value: number; readonly text?: string } | Finding {
  if (tokens.peek().kind === 'end') return { value: 0 };
  for (const word of ['and', 'at', 'least']) {
    const token = tokens.peek();
    if (!tokens.accept(word)) return problem(token, `\`${word}\` is missing before ${nameOf(token)}`, example);
  }
  const token = tokens.next();
  const value = readAmount(token, measure);
  return isFinding(value) ? value : { value, text: token.text };
}

function readOver(tokens: TokenCursor, before: string, example: string): number | Finding {
  const word = tokens.peek();
  if (!tokens.accept('over')) return missing('over', before, word, word.kind === 'end' ? undefined : tokens, example);
  return readSpan(tokens.next(), 'what lies behind', LOOK_BACK, example);
}

/** For `for` or `over` that is not there: how long is missing too where nothing follows. */
function missing(
  word: 'for' | 'over',
  before: string,
  token: Token,
  tokens: TokenCursor | undefined,
  hint: string,
): Finding {
  const message =
    tokens === undefined
      ? `\`${word}\` and a duration are missing after \`${before}\``
      : `\`${word}\` is missing after \`${before}\`, before ${nameOf(token)}`;
  return problem(token, message, hint);
}

function readSpan(
  token: Token,
  what: string,
  { least, most }: { readonly least: number; readonly most: number },
  example: string,
): number | Finding {
  const seconds = token.kind === 'word' ? parseDuration(token.text) : undefined;
  if (seconds === undefined) {
    if (token.kind === 'end') return problem(token, 'a duration is missing at the end', example);
    const meant = durationMeant(token.text);
    return problem(token, `${nameOf(token)} is not a duration`, `write \`${meant ?? '45m`, `12h` or `14d'}\``);
  }
  if (seconds >= least && seconds <= most && seconds % 60 === 0) return seconds;
  const limits = `${formatDuration(least)} to ${formatDuration(most)}, in whole minutes`;
  return error('E310', token.span, `\`${token.text}\` is out of range`, `${what} is ${limits}`);
}

function leftover(when: When, token: Token): Finding {
  if (isWord(token, 'by')) {
    return problem(token, 'the group stands in a key of its own', 'write `by:` beside `when:`');
  }
  const what = when.kind === 'threshold' ? 'the number' : 'the condition';
  if (token.kind === 'word' && isUnit(token.text)) {
    return problem(token, `\`${token.text}\` stands alone`, 'write a number and its unit without a space: `5GB`');
  }
  if (['in', 'over', 'within', 'per', 'for'].some((word) => isWord(token, word))) {
    return problem(token, 'how long a window is stands in a key of its own', 'write `window: 10m` beside `when:`');
  }
  const isMore = token.kind === 'keyword' && (token.text === 'and' || token.text === 'or');
  const hint = isMore ? 'a rule has one condition: what concerns a record goes to `where`' : undefined;
  return problem(token, `nothing may follow ${what}, but ${nameOf(token)} does`, hint);
}

function isFactor(token: Token): boolean {
  return token.kind === 'word' && /^\d{1,9}(?:\.\d{1,6})?$/.test(token.text);
}

function isSign(token: Token): boolean {
  return isWord(token, 'x') || isWord(token, '*') || isWord(token, '×');
}

/** Whether a baseline was meant, as what follows its factor tells. */
function isMultiple(token: Token): boolean {
  return isSign(token) || isWord(token, 'times') || isWord(token, 'usual');
}

function isFinding(value: object | number): value is Finding {
  return typeof value === 'object' && 'code' in value;
}

function problem(token: Token, message: string, hint?: string): Finding {
  return error('E303', spotOf(token), message, hint);
}
