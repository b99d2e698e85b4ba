/** How fields are said in SQL over the lake's views: in the subset that Athena and DuckDB share. */

/** Derived fields that the lake's columns tell; `direction` needs the configured networks, and is not among them. */
const DERIVED_SQL: ReadonlyMap<string, string> = new Map([
  ['client', `CASE initiator WHEN 'src' THEN srcaddr WHEN 'dst' THEN dstaddr END`],
  ['server', `CASE initiator WHEN 'src' THEN dstaddr WHEN 'dst' THEN srcaddr END`],
  ['client_port', `CASE initiator WHEN 'src' THEN srcport WHEN 'dst' THEN dstport END`],
]);

/** A field's SQL: its column, quoted where that is a word of SQL's own, or what it is derived by. */
export function sqlOfField(column: string): string {
  return DERIVED_SQL.get(column) ?? (column === 'end' ? '"end"' : column);
}
