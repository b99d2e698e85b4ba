/** A place in a list of tokens that moves on as they are read. */
import type { Token } from './lex.ts';

/** Tokens one after the other; after the last, which is `end`, it stays there. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token to be read next, or one of those that follow it. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  /** Reads a token; the end stays where it is. */
  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** Reads the next token if it is this word (or keyword), in any case. */
  accept(word: string): boolean {
    const found = isWord(this.peek(), word);
    if (found) this.#at++;
    return found;
  }
}

/** Whether a token is this word or keyword, in any case. */
export function isWord(token: Token, word: string): boolean {
  return (token.kind === 'word' || token.kind === 'keyword') && token.text.toLowerCase() === word;
}
