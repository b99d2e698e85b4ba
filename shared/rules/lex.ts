/** Text to tokens. Words are cut generously (`10.0.0.0/8`, `1024-65535`, `log-status`): what one means is decided later. */
import { error, type Finding, type Span } from './diagnostics.ts';

/** The language's comparison operators. */
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A piece of an expression. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  /** A quoted text, without its quotation marks. */
  | { readonly kind: 'quoted'; readonly text: string; readonly span: Span }
  /** A named list, without its `@`. */
  | { readonly kind: 'list'; readonly text: string; readonly span: Span }
  | { readonly kind: 'operator'; readonly text: ComparisonOperator; readonly span: Span }
  | { readonly kind: 'keyword'; readonly text: Keyword; readonly span: Span }
  | { readonly kind: '(' | ')' | ','; readonly text: string; readonly span: Span }
  | { readonly kind: 'end'; readonly text: ''; readonly span: Span };

/** Words with a meaning of their own; `is` has none yet. */
export type Keyword = 'and' | 'or' | 'not' | 'in' | 'like' | 'has' | 'is';

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'like', 'has', 'is'] satisfies Keyword[]);

/** What people write out of habit, and what it is here. */
const FOREIGN: Readonly<Record<string, ComparisonOperator | Keyword>> = {
  '==': '=',
  '===': '=',
  '<>': '!=',
  '!==': '!=',
  '=<': '<=',
  '=>': '>=',
  '&&': 'and',
  '&': 'and',
  '||': 'or',
  '|': 'or',
  '!': 'not',
  '~': 'in',
  '=~': 'in',
};

/** Brackets of other languages: read as what was meant, so that the rest is checked too. */
const BRACKETS: Readonly<Record<string, '(' | ')'>> = { '[': '(', '{': '(', ']': ')', '}': ')' };

const WORD = /[\p{L}\p{N}_.:/*+%-]+/uy;
const SYMBOLS = /[=<>!&|~]+/y;
const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);

/** Cuts a text into tokens; the last is `end`. What can't be read is reported and left out. */
export function lex(text: string): { readonly tokens: readonly Token[]; readonly findings: readonly Finding[] } {
  const tokens: Token[] = [];
  const findings: Finding[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const char = text[at]!;
    if (/\s/.test(char)) {
      at++;
    } else if (char === '(' || char === ')' || char === ',') {
      tokens.push({ kind: char, text: char, span: { start, end: ++at } });
    } else if (char in BRACKETS) {
      const meant = BRACKETS[char]!;
      const span = { start, end: ++at };
      const hint = `parentheses stand around sets and groups: write \`${meant}\``;
      findings.push(error('E101', span, `\`${char}\` is not part of the language`, hint));
      tokens.push({ kind: meant, text: meant, span });
    } else if (char === '"' || char === "'") {
      at = lexQuoted(text, start, tokens, findings);
    } else if (char === '@') {
      const name = match(WORD, text, at + 1);
      at += 1 + name.length;
      const span = { start, end: at };
      if (name === '') findings.push(error('E103', span, 'a list name is missing after `@`', 'write `@private`'));
      else tokens.push({ kind: 'list', text: name, span });
    } else {
      const word = match(WORD, text, at);
      if (word !== '') {
        at += word.length;
        tokens.push(wordToken(word, { start, end: at }));
      } else {
        const symbols = match(SYMBOLS, text, at);
        const length = symbols.length || String.fromCodePoint(text.codePointAt(at)!).length;
        at += length;
        lexSymbols(symbols || text.slice(start, at), { start, end: at }, tokens, findings);
      }
    }
  }
  tokens.push({ kind: 'end', text: '', span: { start: text.length, end: text.length } });
  return { tokens, findings };
}

function wordToken(word: string, span: Span): Token {
  const lower = word.toLowerCase();
  return KEYWORDS.has(lower) ? { kind: 'keyword', text: lower as Keyword, span } : { kind: 'word', text: word, span };
}

function lexSymbols(symbols: string, span: Span, tokens: Token[], findings: Finding[]): void {
  if (OPERATORS.has(symbols)) {
    tokens.push({ kind: 'operator', text: symbols as ComparisonOperator, span });
    return;
  }
  const meant = FOREIGN[symbols];
  if (meant === undefined) {
    findings.push(error('E101', span, `\`${symbols}\` is not part of the language`));
    return;
  }
  findings.push(error('E102', span, `\`${symbols}\` is not an operator here`, `write \`${meant}\``));
  // read as what was meant, so that the rest is checked too
  if (OPERATORS.has(meant)) tokens.push({ kind: 'operator', text: meant as ComparisonOperator, span });
  else tokens.push({ kind: 'keyword', text: meant as Keyword, span });
}

function lexQuoted(text: string, start: number, tokens: Token[], findings: Finding[]): number {
  const quote = text[start]!;
  const close = text.indexOf(quote, start + 1);
  if (close === -1) {
    const span = { start, end: text.length };
    findings.push(error('E104', { start, end: start + 1 }, `the quotation mark \`${quote}\` is never closed`));
    tokens.push({ kind: 'quoted', text: text.slice(start + 1), span });
    return text.length;
  }
  tokens.push({ kind: 'quoted', text: text.slice(start + 1, close), span: { start, end: close + 1 } });
  return close + 1;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
