/** One test: a field held against a value or a set, or `has(field)`. */
import { error } from './diagnostics.ts';
import type { TestOperator } from './expression.ts';
import type { Token } from './lex.ts';
import { isKeyword, isWritten, join, written, type ParserState } from './parser-state.ts';
import type { Syntax, Written } from './syntax.ts';
import * as errors from './syntax-errors.ts';

/** Operators that take one value, or several of which one has to fit. */
const SET_OPERATORS = ['in', 'like', 'has'] as const;

/** Parses a test. */
export function parseTest(state: ParserState): Syntax {
  const first = state.peek();
  if (isKeyword(first, 'has')) return parsePresence(state);
  if (first.kind !== 'word') return state.broken(errors.noTest(first), first.span);
  const field = state.next();
  const operator = state.peek();
  if (operator.kind === 'operator') {
    state.next();
    return parseComparison(state, field, operator);
  }
  const negated = isKeyword(operator, 'not');
  if (operator.kind === 'word' && operator.text.toLowerCase() === 'between') return parseBetween(state, field);
  const name = SET_OPERATORS.find((word) => isKeyword(state.peek(negated ? 1 : 0), word));
  if (name === undefined) return state.broken(errors.noOperator(field, operator, state.peek(1)), field.span);
  if (negated) state.next();
  state.next();
  return parseMembership(state, field, negated ? `not ${name}` : name);
}

/** `dstport between 1 and 1024` of SQL: its `and` joins no tests. */
function parseBetween(state: ParserState, field: Token): Syntax {
  const between = state.next();
  const [low, and, high] = [state.peek(), state.peek(1), state.peek(2)];
  const finding = errors.between(field, between, low, isKeyword(and, 'and') ? high : undefined);
  if (isKeyword(and, 'and') && high.kind === 'word') for (let token = 0; token < 3; token++) state.next();
  return state.broken(finding, field.span);
}

/** Whether a test begins here, as far as that can be told after an error. */
export function startsTest(state: ParserState): boolean {
  const token = state.peek();
  const after = state.peek(1);
  if (token.kind === '(' || isKeyword(token, 'not')) return true;
  if (isKeyword(token, 'has')) return after.kind === '(';
  if (token.kind !== 'word') return false;
  return after.kind === 'operator' || isKeyword(after, 'not') || SET_OPERATORS.some((word) => isKeyword(after, word));
}

function parsePresence(state: ParserState): Syntax {
  const has = state.next();
  const open = state.peek();
  if (open.kind !== '(') return state.broken(errors.hasWithoutParentheses(has, open), has.span);
  state.next();
  const fields: Token[] = [];
  while (state.peek().kind !== ')' && state.peek().kind !== 'end') fields.push(state.next());
  const close = state.next();
  const span = join(has.span, close.span);
  if (close.kind === 'end') state.findings.push(errors.unclosed(open, close));
  const field = fields[0];
  if (fields.length === 1 && field?.kind === 'word') return { kind: 'presence', field: written(field), span };
  if (close.kind !== 'end') state.findings.push(errors.hasNoField(fields, span));
  return { kind: 'broken', span };
}

function parseComparison(state: ParserState, field: Token, operator: Token & { readonly kind: 'operator' }): Syntax {
  const value = state.peek();
  if (value.kind === '(') {
    while (state.peek().kind !== ')' && state.peek().kind !== 'end') state.next();
    const close = state.next();
    state.findings.push(errors.setCompared(field, operator, join(value.span, close.span)));
    return { kind: 'broken', span: join(field.span, close.span) };
  }
  if (!isWritten(value)) return state.broken(errors.noValue(field, operator, value), field.span);
  state.next();
  const span = join(field.span, value.span);
  return { kind: 'test', field: written(field), operator: operator.text, values: [written(value)], span };
}

function parseMembership(state: ParserState, field: Token, operator: TestOperator): Syntax {
  const first = state.peek();
  if (first.kind === '(') {
    state.next();
    const { values, end } = parseSet(state, first);
    const span = join(field.span, end.span);
    if (values === undefined) return { kind: 'broken', span };
    return { kind: 'test', field: written(field), operator, values, span };
  }
  if (!isWritten(first)) return state.broken(errors.noSet(field, operator, first), field.span);
  state.next();
  const span = join(field.span, first.span);
  return { kind: 'test', field: written(field), operator, values: [written(first)], span };
}

/** The values up to the closing parenthesis, and the last token read; no values where something was wrong with them. */
function parseSet(
  state: ParserState,
  open: Token,
): { readonly values: readonly Written[] | undefined; readonly end: Token } {
  if (state.peek().kind === ')') {
    const end = state.next();
    state.findings.push(error('E105', join(open.span, end.span), 'the set is empty', 'name at least one value'));
    return { values: undefined, end };
  }
  const values: Written[] = [];
  const before = state.findings.length;
  let end = open;
  for (;;) {
    const value = state.peek();
    if (isWritten(value)) {
      values.push(written(value));
      end = state.next();
    } else if (value.kind === ',' || value.kind === ')') {
      const message = `a value is missing before ${errors.nameOf(value)}`;
      state.findings.push(error('E103', value.span, message));
    } else {
      state.broken(errors.unclosed(open, value), value.span);
      return { values: undefined, end };
    }
    const after = state.peek();
    if (after.kind === ',') end = state.next();
    else if (after.kind === ')') break;
    else if (isWritten(after)) {
      const message = `a comma is missing before ${errors.nameOf(after)}`;
      state.findings.push(error('E103', after.span, message, 'separate the values of a set with commas'));
    }
  }
  end = state.next();
  return { values: state.findings.length === before ? values : undefined, end };
}
