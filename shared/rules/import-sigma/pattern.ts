/** Sigma's texts with wildcards and escapes. */

/** A text as it is meant. */
export interface Pattern {
  /** The text with `*` for any characters. */
  readonly text: string;
  /** Whether any characters may stand somewhere. */
  readonly wild: boolean;
  /** What comes before the only wildcard, where that is the last character. */
  readonly prefix: string | undefined;
  /** Whether a star of the text is no wildcard. */
  readonly hasLiteralStar: boolean;
}

/**
 * Reads a text: `*` is any characters, `\*` a star, `\\` a backslash. `match` is the modifier that puts wildcards
 * around it (`contains`, `startswith`, `endswith`). Undefined where it holds `?`, which is any one character.
 */
export function parsePattern(written: string, match: string | undefined): Pattern | undefined {
  let text = '';
  let hasLiteralStar = false;
  const stars: number[] = [];
  for (let at = 0; at < written.length; at++) {
    const char = written[at]!;
    const next = written[at + 1];
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      hasLiteralStar ||= next === '*';
      at++;
    } else if (char === '?') {
      return undefined;
    } else {
      if (char === '*') stars.push(text.length);
      text += char;
    }
  }
  if (match === 'endswith' || match === 'contains') text = `*${text}`;
  if (match === 'startswith' || match === 'contains') text = `${text}*`;
  const wild = stars.length > 0 || match !== undefined;
  const onlyLast = wild && !hasLiteralStar && text.indexOf('*') === text.length - 1;
  return { text, wild, prefix: onlyLast ? text.slice(0, -1) : undefined, hasLiteralStar };
}
