/** A place in a list of tokens that moves on as they are read. */
import type { Token } from './lex.ts';

/** Tokens one after the other; after the last, which is `end`, it stays there. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token to be read next. */
  get peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
  }

  /** Reads a token. */
  next(): Token {
    const token = this.peek;
    this.#at++;
    return token;
  }

  /** Reads the next token if it is this word (or keyword), in any case. */
  skip(word: string): boolean {
    const found = isWord(this.peek, word);
    if (found) this.#at++;
    return found;
  }
}

/** Whether a token is this word or keyword, in any case. */
export function isWord(token: Token, word: string): boolean {
  return (token.kind === 'word' || token.kind === 'keyword') && token.text.toLowerCase() === word;
}
