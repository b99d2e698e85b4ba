/** Where the parser is in its tokens, and what it has found wrong so far. */
import type { Finding, Span } from './diagnostics.ts';
import type { Keyword, Token } from './lex.ts';
import type { Syntax, Written } from './syntax.ts';
import { TokenCursor } from './token-cursor.ts';

/** A place in an expression's tokens, and the findings so far. */
export class ParserState extends TokenCursor {
  readonly findings: Finding[] = [];
  /** Whether the expression was found to be nested too deeply, which is told once. */
  tooDeep = false;

  /** Tells what is wrong and goes on at the next `and`, `or`, unmatched `)` or the end. */
  broken(finding: Finding, span: Span): Syntax {
    this.findings.push(finding);
    this.recover();
    return { kind: 'broken', span };
  }

  /** Goes on at the next `and`, `or`, unmatched `)` or the end. */
  recover(): void {
    let open = 0;
    for (; ; this.next()) {
      const token = this.peek();
      if (token.kind === 'end') return;
      if (token.kind === '(') open++;
      else if (token.kind === ')' && open-- === 0) return;
      else if (open === 0 && (isKeyword(token, 'and') || isKeyword(token, 'or'))) return;
    }
  }
}

/** Whether a token is this keyword. */
export function isKeyword(token: Token, word: Keyword): boolean {
  return token.kind === 'keyword' && token.text === word;
}

/** Whether a token can stand for a value. */
export function isWritten(token: Token): token is Token & Written {
  return token.kind === 'word' || token.kind === 'quoted' || token.kind === 'list';
}

/** A token in the place of a value or a field. */
export function written(token: Token): Written {
  const kind = token.kind === 'quoted' || token.kind === 'list' ? token.kind : 'word';
  return { kind, text: token.text, span: token.span };
}

/** From the beginning of one stretch to the end of another. */
export function join(a: Span, b: Span): Span {
  return { start: a.start, end: Math.max(a.end, b.end) };
}
