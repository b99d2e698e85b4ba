/** Text in lines of a given width. */
import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Breaks text into lines of at most `width` columns: between words, within those that are wider; never within a letter. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(width, 2);
  const lines: string[] = [];
  let line = '';
  // Values come from outside: what they hold of control characters must not reach the terminal.
  for (const word of text.split(/\s+/).map((word) => word.replaceAll(/\p{Cc}/gu, '\uFFFD'))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= room) {
      line = longer;
      continue;
    }
    // A word wider than a line (Japanese has no spaces) fills up what is left of this one.
    const breaks = stringWidth(word) > room;
    if (line !== '' && !breaks) lines.push(line);
    line = breaks && line !== '' ? `${line} ` : '';
    for (const { segment } of graphemes.segment(word)) {
      if (line !== '' && stringWidth(line + segment) > room) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += segment;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
