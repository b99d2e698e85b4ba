/** SQL's quoting and patterns, and relations of no rows. */

/** A name as an identifier, whatever characters or reserved words it holds. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A pattern in which `*` stands for any characters as the pattern of a `LIKE` whose escape character is `\`. */
export function likePattern(pattern: string): string {
  return pattern.replaceAll(/[%_\\]/g, String.raw`\$&`).replaceAll('*', '%');
}

/** A path of the file system as the fixed part of a DuckDB glob: its own wildcard characters match themselves. */
export function globPath(path: string): string {
  return path.replaceAll(/[[*?]/g, (character) => `[${character}]`);
}

/** A column of a view: its name and its SQL type. */
export interface SqlColumn {
  readonly name: string;
  readonly type: string;
}

/** A query of no rows with these columns, for a folder in which nothing lies yet. */
export function emptyRelation(columns: readonly SqlColumn[]): string {
  const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`);
  return `SELECT ${nulls.join(', ')} WHERE false`;
}
