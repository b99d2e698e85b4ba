/** Patterns of `like`: a `*` stands for any characters, or none; everything else for itself, in its case. */

/** Tells whether a text fits a pattern. */
export type PatternTest = (text: string) => boolean;

/** Compiles a pattern. */
export function compilePattern(pattern: string): PatternTest {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  const middle = rest.filter((part) => part !== '');
  const least = first.length + last.length;
  if (middle.length === 0) {
    return (text) => text.length >= least && text.startsWith(first) && text.endsWith(last);
  }
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    // the earliest place for each part leaves the most room for those that follow
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** True where every text that fits `narrow` fits `wide` too. A star in `narrow` can only be met by one in `wide`. */
export function impliesPattern(narrow: string, wide: string): boolean {
  return compilePattern(wide)(narrow);
}

/** True where no text fits both patterns, as their beginnings or ends differ; false where that is not certain. */
export function excludesPattern(one: string, other: string): boolean {
  const [a, b] = [ends(one), ends(other)];
  return (
    !agree(a.head, b.head, (long, short) => long.startsWith(short)) ||
    !agree(a.tail, b.tail, (long, short) => long.endsWith(short))
  );
}

function ends(pattern: string): { readonly head: string; readonly tail: string } {
  const parts = pattern.split('*');
  return { head: parts[0]!, tail: parts.at(-1)! };
}

function agree(a: string, b: string, fits: (long: string, short: string) => boolean): boolean {
  return a.length >= b.length ? fits(a, b) : fits(b, a);
}
