/** The file that Athena writes a result to: CSV in which every value stands in quotes, and null is nothing at all. */

/**
 * The rows of a result file, the header among them.
 *
 * Source: Amazon Athena User Guide, "Work with query results": values are quoted, quotes in them doubled, null is unquoted.
 */
export function parseAthenaCsv(text: string): readonly (readonly (string | null)[])[] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    let value: string | null;
    if (text[at] === '"') {
      const end = endOfQuotes(text, at);
      value = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      const end = endOfPlain(text, at);
      value = end === at ? null : text.slice(at, end);
      at = end;
    }
    row.push(value);
    if (text[at] === ',') {
      at++;
      // a line, or the file, may end behind a comma: with one more null
      if (at < text.length && text[at] !== '\n') continue;
      row.push(null);
    }
    if (text[at] === '\r') at++;
    at++;
    rows.push(row);
    row = [];
  }
  return rows;
}

function endOfQuotes(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at === -1) throw new Error('the result file of Athena ends within a value');
    if (text[at + 1] !== '"') return at;
    at++;
  }
}

function endOfPlain(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === ',' || text[at] === '\n' || text[at] === '\r') return at;
  }
  return text.length;
}
