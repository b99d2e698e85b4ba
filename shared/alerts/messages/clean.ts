/** Texts from outside made harmless: values of records reach mailboxes, chat rooms and other programs. */

/** Controls, line separators, format characters (bidirectional overrides, invisible ones), what is no character at all. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** A text as one line without anything that is not to be seen; a character that was taken out leaves `�`. */
export function cleanLine(text: string): string {
  return text.toWellFormed().replaceAll(/\s+/g, ' ').replaceAll(HARMFUL, '\uFFFD').trim();
}

/** A text's lines, made harmless; blanks stay as they are, as they may matter. */
export function cleanLines(text: string): readonly string[] {
  const lines = text.toWellFormed().split(/\r\n|\r|\n/);
  return lines.map((line) => line.replaceAll('\t', '  ').replaceAll(HARMFUL, '\uFFFD').trimEnd());
}

/** A line in which no program makes a link of what a record says. */
export function withoutLinks(text: string): string {
  return cleanLine(text).replaceAll('://', ':/ /');
}

/** At most so many UTF-16 code units, the last of them `…` where something is missing; never half a character. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = most - 1;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd8_00 && last <= 0xdb_ff) end--;
  return `${text.slice(0, end)}…`;
}

/**
 * JSON in which whatever XML 1.0, SQS or a terminal would not take is escaped, so that the text itself holds none of it
 * and parses to the same value.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** What characters beyond ASCII become that are common in summaries. */
const ASCII: readonly (readonly [RegExp, string])[] = [
  [/[→⇒]/g, '->'],
  [/[–—−]/g, '-'],
  [/…/g, '...'],
  [/×/g, 'x'],
  [/[·•]/g, '-'],
  [/[“”„]/g, '"'],
  [/[‘’]/g, "'"],
];

/** A clean line of printable ASCII characters; `?` for what has no likeness there. */
export function asciiLine(text: string): string {
  let line = withoutLinks(text);
  for (const [pattern, likeness] of ASCII) line = line.replaceAll(pattern, likeness);
  return line
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^ -~]/gu, '?');
}

/** Of a word that is longer nothing is lost that could be taken for another one: the longest address has 39 characters. */
const LONGEST_WORD = 60;

/**
 * At most so many characters of ASCII text, ending in `...` where something is missing. Words stay whole, as half an
 * address is another address.
 */
export function cutAscii(text: string, most: number): string {
  if (text.length <= most) return text;
  const room = most - 3;
  const end = text.lastIndexOf(' ', room);
  const kept = text.slice(0, room - end > LONGEST_WORD ? room : end);
  return `${kept.replace(DANGLING, '')}...`;
}

/** What leads to a word that is missing. */
const DANGLING = /(?:[\s,:]| ->| the first| at port| on| to| at| from| in)+$/;
