/**
 * Tokens to syntax, by recursive descent. After an error it goes on at the next `and`, `or` or `)`,
 * so that everything wrong with an expression is told at once.
 *
 *     expression = and { "or" and }
 *     and        = unary { "and" unary }
 *     unary      = "not" unary | "(" expression ")" | test
 *     test       = field operator value | field [ "not" ] "in" set
 *     set        = value | "(" value { "," value } ")"
 *     value      = word | quoted | "@" name
 */
import { error, type Finding, type Span } from './diagnostics.ts';
import { lex, type Token } from './lex.ts';
import type { Syntax, Written } from './syntax.ts';
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
  const parser = new Parser(tokens);
  const syntax = parser.parse();
  return { syntax, findings: [...findings, ...parser.findings].sort((a, b) => a.span.start - b.span.start) };
}

class Parser {
  readonly findings: Finding[] = [];
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Syntax {
    let syntax = this.#or();
    while (this.#peek().kind !== 'end') syntax = this.#leftover(syntax);
    return syntax;
  }

  #or(): Syntax {
    return this.#chain('or', () => this.#chain('and', () => this.#unary()));
  }

  #chain(kind: 'and' | 'or', operand: () => Syntax): Syntax {
    const terms = [operand()];
    while (isKeyword(this.#peek(), kind)) {
      this.#at++;
      terms.push(operand());
    }
    if (terms.length === 1) return terms[0]!;
    return { kind, terms, span: join(terms[0]!.span, terms.at(-1)!.span) };
  }

  #unary(): Syntax {
    const token = this.#peek();
    if (!isKeyword(token, 'not') && token.kind !== '(') return this.#test();
    if (this.#depth === MAX_DEPTH) {
      this.findings.push(error('E107', token.span, `the expression is nested more than ${MAX_DEPTH} levels deep`));
      this.#at = this.#tokens.length - 1;
      return { kind: 'broken', span: token.span };
    }
    this.#at++;
    this.#depth++;
    const inner = token.kind === '(' ? this.#group(token) : this.#unary();
    this.#depth--;
    return token.kind === '(' ? inner : { kind: 'not', term: inner, span: join(token.span, inner.span) };
  }

  #group(open: Token): Syntax {
    if (this.#peek().kind === ')') {
      const span = join(open.span, this.#next().span);
      this.findings.push(errors.emptyGroup(span));
      return { kind: 'broken', span };
    }
    let inner = this.#or();
    while (this.#peek().kind !== ')') {
      if (this.#peek().kind === 'end') {
        this.findings.push(errors.unclosed(open, this.#peek()));
        return inner;
      }
      inner = this.#leftover(inner);
    }
    return { ...inner, span: join(open.span, this.#next().span) };
  }

  /** After a complete expression something follows that does not continue it: tells so and goes on. */
  #leftover(before: Syntax): Syntax {
    const token = this.#peek();
    this.findings.push(errors.leftover(token));
    if (token.kind === ')') this.#at++;
    else if (!this.#startsTest()) this.#recover();
    const next = this.#peek();
    if (isKeyword(next, 'and') || isKeyword(next, 'or')) this.#at++;
    else if (!this.#startsTest()) return before;
    const rest = this.#or();
    return { kind: 'and', terms: [before, rest], span: join(before.span, rest.span) };
  }

  #startsTest(): boolean {
    const token = this.#peek();
    if (token.kind === '(' || isKeyword(token, 'not')) return true;
    if (token.kind !== 'word') return false;
    const after = this.#tokens[this.#at + 1]!;
    return after.kind === 'operator' || isKeyword(after, 'in') || isKeyword(after, 'not');
  }

  #test(): Syntax {
    const field = this.#peek();
    if (field.kind !== 'word') return this.#broken(errors.noTest(field), field.span);
    this.#at++;
    const operator = this.#peek();
    if (operator.kind === 'operator') {
      this.#at++;
      return this.#comparison(field, operator);
    }
    const negated = isKeyword(operator, 'not');
    if (isKeyword(this.#tokens[this.#at + (negated ? 1 : 0)]!, 'in')) {
      this.#at += negated ? 2 : 1;
      return this.#membership(field, negated ? 'not in' : 'in');
    }
    return this.#broken(errors.noOperator(field, operator), field.span);
  }

  #comparison(field: Token, operator: Token & { readonly kind: 'operator' }): Syntax {
    const value = this.#peek();
    if (value.kind === '(') {
      while (this.#peek().kind !== ')' && this.#peek().kind !== 'end') this.#at++;
      const close = this.#peek();
      if (close.kind === ')') this.#at++;
      this.findings.push(errors.setCompared(field, operator, join(value.span, close.span)));
      return { kind: 'broken', span: join(field.span, close.span) };
    }
    if (!isWritten(value)) return this.#broken(errors.noValue(field, operator, value), field.span);
    this.#at++;
    const span = join(field.span, value.span);
    return { kind: 'test', field: written(field), operator: operator.text, values: [written(value)], span };
  }

  #membership(field: Token, operator: 'in' | 'not in'): Syntax {
    const first = this.#peek();
    if (first.kind === '(') {
      this.#at++;
      const values = this.#set(first);
      const span = join(field.span, this.#tokens[this.#at - 1]!.span);
      return values === undefined
        ? { kind: 'broken', span }
        : { kind: 'test', field: written(field), operator, values, span };
    }
    if (!isWritten(first)) return this.#broken(errors.noSet(field, operator, first), field.span);
    this.#at++;
    return {
      kind: 'test',
      field: written(field),
      operator,
      values: [written(first)],
      span: join(field.span, first.span),
    };
  }

  /** The values up to the closing parenthesis; undefined where something was wrong with them. */
  #set(open: Token): Written[] | undefined {
    if (this.#peek().kind === ')') {
      const span = join(open.span, this.#next().span);
      this.findings.push(error('E105', span, 'the set is empty', 'name at least one value'));
      return undefined;
    }
    const values: Written[] = [];
    const before = this.findings.length;
    for (;;) {
      const value = this.#peek();
      if (isWritten(value)) {
        values.push(written(value));
        this.#at++;
      } else if (value.kind === ',' || value.kind === ')') {
        const message = `a value is missing before ${errors.nameOf(value)}`;
        this.findings.push(error('E103', value.span, message));
      } else {
        this.#broken(errors.unclosed(open, value), value.span);
        return undefined;
      }
      const after = this.#peek();
      if (after.kind === ',') this.#at++;
      else if (after.kind === ')') break;
      else if (isWritten(after)) {
        const message = `a comma is missing before ${errors.nameOf(after)}`;
        this.findings.push(error('E103', after.span, message, 'separate the values of a set with commas'));
      }
    }
    this.#at++;
    return this.findings.length === before ? values : undefined;
  }

  /** Tells what is wrong and goes on at the next `and`, `or`, unmatched `)` or the end. */
  #broken(finding: Finding, span: Span): Syntax {
    this.findings.push(finding);
    this.#recover();
    return { kind: 'broken', span };
  }

  #recover(): void {
    let open = 0;
    for (; ; this.#at++) {
      const token = this.#peek();
      if (token.kind === 'end') return;
      if (token.kind === '(') open++;
      else if (token.kind === ')' && open-- === 0) return;
      else if (open === 0 && (isKeyword(token, 'and') || isKeyword(token, 'or'))) return;
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    return this.#tokens[this.#at++]!;
  }
}

function isKeyword(token: Token, word: string): boolean {
  return token.kind === 'keyword' && token.text === word;
}

function isWritten(token: Token): token is Token & Written {
  return token.kind === 'word' || token.kind === 'quoted' || token.kind === 'list';
}

function written(token: Token): Written {
  return {
    kind: token.kind === 'quoted' || token.kind === 'list' ? token.kind : 'word',
    text: token.text,
    span: token.span,
  };
}

function join(a: Span, b: Span): Span {
  return { start: a.start, end: Math.max(a.end, b.end) };
}
