/** The condition on a window: `count() >= 10`, `sum(bytes) > 5GB`, `distinct(dstport) >= 50`. */
import { suggest } from '../suggest.ts';
import type { Code } from './codes.ts';
import { error, type Finding, type Span } from './diagnostics.ts';
import { lex, type Token } from './lex.ts';
import { NUMBER_UNITS, parseNumber } from './quantity.ts';
import type { Measure, Threshold } from './rule.ts';
import { nameOf, spotOf } from './syntax-errors.ts';
import { FIELD_NAMES, findField, typeOf } from './value.ts';

const MEASURES = ['count', 'sum', 'distinct'] as const;
const EXAMPLE = 'write `count() >= 10`, `sum(bytes) > 5GB` or `distinct(dstport) >= 50`';

/** Parses and checks a threshold; findings say why there is none. */
export function parseThreshold(text: string): {
  readonly threshold: Threshold | undefined;
  readonly findings: readonly Finding[];
} {
  const { tokens, findings } = lex(text);
  if (findings.length > 0) return { threshold: undefined, findings };
  const result = readThreshold(tokens);
  return 'code' in result ? { threshold: undefined, findings: [result] } : { threshold: result, findings: [] };
}

function readThreshold(tokens: readonly Token[]): Threshold | Finding {
  let at = 0;
  const next = (): Token => tokens[Math.min(at++, tokens.length - 1)]!;
  const name = next();
  const kind = MEASURES.find((measure) => measure === name.text.toLowerCase());
  if (name.kind !== 'word' || kind === undefined) return noMeasure(name);
  const open = next();
  if (open.kind !== '(') return problem(open, `parentheses are missing after \`${name.text}\``, EXAMPLE);
  const argument = next();
  const close = argument.kind === ')' ? argument : next();
  if (close.kind !== ')') return problem(close, `\`)\` is missing before ${nameOf(close)}`, EXAMPLE);
  const measure = readMeasure(kind, argument.kind === ')' ? undefined : argument, {
    start: name.span.start,
    end: close.span.end,
  });
  if ('code' in measure) return measure;
  const operator = next();
  if (operator.kind !== 'operator')
    return problem(operator, `\`>=\` or \`>\` is missing before ${nameOf(operator)}`, EXAMPLE);
  if (operator.text !== '>' && operator.text !== '>=') {
    const message = `\`${operator.text}\` can become false again while records still arrive`;
    return error('E304', operator.span, message, 'only `>` and `>=` can be decided at once');
  }
  const value = next();
  const number = value.kind === 'word' ? parseNumber(value.text) : undefined;
  if (number === undefined) {
    const hint = `write a whole number, with or without a unit (${NUMBER_UNITS})`;
    return problem(
      value,
      value.kind === 'end' ? 'a number is missing at the end' : `${nameOf(value)} is not a number`,
      hint,
    );
  }
  const rest = next();
  if (rest.kind !== 'end') return problem(rest, `nothing may follow the number, but ${nameOf(rest)} does`);
  const written = measure.kind === 'count' ? 'count()' : `${measure.kind}(${measure.field})`;
  if (operator.text === '>=' && number === 0) {
    return error(
      'E305',
      join(name, value),
      `\`${written} >= 0\` is always true`,
      `write \`${written} >= 1\`, or leave out \`window\` and \`when\``,
    );
  }
  return { measure, operator: operator.text, value: number, text: `${written} ${operator.text} ${value.text}` };
}

function readMeasure(kind: Measure['kind'], argument: Token | undefined, span: Span): Measure | Finding {
  if (kind === 'count') {
    if (argument === undefined) return { kind };
    const hint = `write \`count()\`, or \`distinct(${argument.text})\` for different values`;
    return error('E303', argument.span, '`count` takes no field: it counts records', hint);
  }
  if (argument === undefined)
    return error(
      'E303',
      span,
      `\`${kind}\` needs a field`,
      `write \`${kind}(${kind === 'sum' ? 'bytes' : 'dstport'})\``,
    );
  if (argument.kind !== 'word') return problem(argument, `${nameOf(argument)} is not a field`, EXAMPLE);
  const field = findField(argument.text);
  if (field === undefined) {
    const near = suggest(argument.text.replaceAll('-', '_'), FIELD_NAMES);
    const hint = near === undefined ? undefined : `did you mean \`${near}\`?`;
    return error('E201', argument.span, `unknown field \`${argument.text}\``, hint);
  }
  const isNumber = field.type === 'int64' || (field.type === 'int32' && typeOf(field) === 'a number');
  if (kind === 'sum' && !isNumber) {
    const hint = 'sums are of `packets` or `bytes`';
    return error('E303', argument.span, `\`${field.column}\` is ${typeOf(field)}: a sum of it means nothing`, hint);
  }
  return { kind, field: field.column };
}

function noMeasure(token: Token): Finding {
  const near = token.kind === 'word' ? suggest(token.text, MEASURES) : undefined;
  const message = token.kind === 'end' ? 'the condition is empty' : `${nameOf(token)} is not something to measure`;
  return problem(token, message, near === undefined ? EXAMPLE : `did you mean \`${near}\`?`);
}

function problem(token: Token, message: string, hint?: string): Finding {
  return error('E303' satisfies Code, spotOf(token), message, hint);
}

function join(first: Token, last: Token): Span {
  return { start: first.span.start, end: last.span.end };
}
