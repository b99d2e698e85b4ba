/**
 * Tokens to syntax, by recursive descent. After an error it goes on at the next `and`, `or` or `)`,
 * so that everything wrong with an expression is told at once.
 *
 *     expression = and { "or" and }
 *     and        = unary { "and" unary }
 *     unary      = "not" unary | "(" expression ")" | test
 *     test       = field compare value | field [ "not" ] ( "in" | "like" | "has" ) set | "has" "(" field ")"
 *     compare    = "=" | "!=" | "<" | "<=" | ">" | ">="
 *     set        = value | "(" value { "," value } ")"
 *     value      = word | quoted | "@" name
 */
import type { Finding } from './diagnostics.ts';
import { lex, type Token } from './lex.ts';
import { parseTest, startsTest } from './parse-test.ts';
import { isKeyword, join, ParserState } from './parser-state.ts';
import type { Syntax } from './syntax.ts';
import * as errors from './syntax-errors.ts';

/** Deeper nesting than a person would write; it keeps the stack of whatever walks the tree safe. */
const MAX_DEPTH = 64;

/** A parsed text and everything that is wrong with its form. */
export interface Parsed {
  readonly syntax: Syntax;
  readonly findings: readonly Finding[];
}

/** Parses an expression; where there are findings, `broken` parts stand in for what could not be understood. */
export function parseExpression(text: string): Parsed {
  const { tokens, findings } = lex(text);
  if (tokens.length === 1) {
    const span = { start: 0, end: text.length };
    return {
      syntax: { kind: 'broken', span },
      findings: findings.length > 0 ? findings : [errors.emptyExpression(span)],
    };
  }
  const state = new ParserState(tokens);
  let syntax = parseOr(state, 0);
  while (state.peek().kind !== 'end') syntax = parseLeftover(state, syntax, 0);
  return { syntax, findings: [...findings, ...state.findings].sort((a, b) => a.span.start - b.span.start) };
}

function parseOr(state: ParserState, depth: number): Syntax {
  return parseChain(state, 'or', () => parseChain(state, 'and', () => parseUnary(state, depth)));
}

function parseChain(state: ParserState, kind: 'and' | 'or', parseTerm: () => Syntax): Syntax {
  const terms = [parseTerm()];
  while (state.accept(kind)) terms.push(parseTerm());
  if (terms.length === 1) return terms[0]!;
  return { kind, terms, span: join(terms[0]!.span, terms.at(-1)!.span) };
}

function parseUnary(state: ParserState, depth: number): Syntax {
  const token = state.peek();
  if (!isKeyword(token, 'not') && token.kind !== '(') return parseTest(state);
  if (depth === MAX_DEPTH) {
    if (!state.tooDeep) state.findings.push(errors.tooDeep(token, MAX_DEPTH));
    state.tooDeep = true;
    state.recover();
    return { kind: 'broken', span: token.span };
  }
  state.next();
  if (token.kind === '(') return parseGroup(state, token, depth + 1);
  const term = parseUnary(state, depth + 1);
  return { kind: 'not', term, span: join(token.span, term.span) };
}

function parseGroup(state: ParserState, open: Token, depth: number): Syntax {
  if (state.peek().kind === ')') {
    const span = join(open.span, state.next().span);
    state.findings.push(errors.emptyGroup(span));
    return { kind: 'broken', span };
  }
  let inner = parseOr(state, depth);
  while (state.peek().kind !== ')') {
    if (state.peek().kind === 'end') {
      // of so many parentheses nobody wants to read one by one
      if (!state.tooDeep) state.findings.push(errors.unclosed(open, state.peek()));
      return inner;
    }
    inner = parseLeftover(state, inner, depth);
  }
  return { ...inner, span: join(open.span, state.next().span) };
}

/** After a complete expression something follows that does not continue it: tells so and goes on. */
function parseLeftover(state: ParserState, before: Syntax, depth: number): Syntax {
  const token = state.peek();
  state.findings.push(errors.leftover(token));
  if (token.kind === ')') state.next();
  else if (!startsTest(state)) state.recover();
  if (!state.accept('and') && !state.accept('or') && !startsTest(state)) return before;
  const rest = parseOr(state, depth);
  return { kind: 'and', terms: [before, rest], span: join(before.span, rest.span) };
}
