/** Sigma's condition language: `selection and not 1 of filter_*`, and what may follow a `|`. */
import type { Span } from '../diagnostics.ts';

/** A condition, parsed; spans are places in its text. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  /** `1 of filter_*`, `all of them`: of the selections whose names fit, none of those that begin with `_` for `them`. */
  | { readonly kind: 'of'; readonly all: boolean; readonly pattern: string; readonly span: Span };

/** What is wrong with a condition, and where in its text. */
export interface ConditionProblem {
  readonly kind: 'problem';
  readonly message: string;
  readonly span: Span;
}

/** A condition and the aggregation behind its `|`, with the place where that begins. */
export interface ParsedCondition {
  readonly kind: 'parsed';
  readonly condition: Condition;
  readonly aggregation: { readonly text: string; readonly start: number } | undefined;
}

interface Token {
  readonly text: string;
  readonly span: Span;
}

/** Parses a condition. `not` binds closest, then `and`, then `or`. */
export function parseCondition(text: string): ParsedCondition | ConditionProblem {
  const bar = text.indexOf('|');
  const end = bar === -1 ? text.length : bar;
  const tokens = Array.from(text.slice(0, end).matchAll(/[()]|[^\s()]+/g), ({ 0: word, index }) => {
    return { text: word, span: { start: index, end: index + word.length } };
  });
  try {
    const parser = new Parser(tokens, end);
    const condition = parser.whole();
    const start = bar + 1;
    return { kind: 'parsed', condition, aggregation: bar === -1 ? undefined : { text: text.slice(start), start } };
  } catch (error) {
    if (error instanceof Misplaced) return { kind: 'problem', message: error.message, span: error.span };
    throw error;
  }
}

/** Ends the parser at the first mistake. */
class Misplaced extends Error {
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #at = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): Condition {
    const condition = this.#joined('or');
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new Misplaced(`\`${rest.text}\` is not expected here`, rest.span);
    return condition;
  }

  #joined(word: 'and' | 'or'): Condition {
    const term = (): Condition => (word === 'or' ? this.#joined('and') : this.#unary());
    const terms = [term()];
    while (this.#take(word)) terms.push(term());
    return terms.length === 1 ? terms[0]! : { kind: word, terms };
  }

  #unary(): Condition {
    if (this.#take('not')) return { kind: 'not', term: this.#unary() };
    if (this.#take('(')) {
      const inner = this.#joined('or');
      if (!this.#take(')')) throw new Misplaced('a parenthesis is never closed', this.#here());
      return inner;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || [')', 'and', 'or', 'of'].includes(token.text.toLowerCase()))
      throw new Misplaced('the name of a selection is missing', this.#here());
    this.#at++;
    return this.#take('of') ? this.#quantity(token) : { kind: 'name', name: token.text, span: token.span };
  }

  #quantity(how: Token): Condition {
    const word = how.text.toLowerCase();
    if (word !== 'all' && word !== '1' && word !== 'any')
      throw new Misplaced(
        `\`${how.text} of\` can't be translated: only \`1 of\`, \`any of\` and \`all of\` can`,
        how.span,
      );
    const token = this.#tokens[this.#at];
    if (token === undefined)
      throw new Misplaced('what it is of is missing: `them`, or a name such as `filter_*`', this.#here());
    this.#at++;
    return {
      kind: 'of',
      all: word === 'all',
      pattern: token.text,
      span: { start: how.span.start, end: token.span.end },
    };
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#at]?.text.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #here(): Span {
    return this.#tokens[this.#at]?.span ?? { start: Math.max(0, this.#end - 1), end: this.#end };
  }
}

/** The names that `1 of …` or `all of …` is about. */
export function namesOf(pattern: string, names: readonly string[]): readonly string[] {
  if (pattern.toLowerCase() === 'them') return names.filter((name) => !name.startsWith('_'));
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const matcher = new RegExp(`^${parts.join('.*')}$`);
  return names.filter((name) => matcher.test(name));
}
