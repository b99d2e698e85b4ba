/** How a query of several steps is written down. */

/** One step of a query: a name and the SELECT behind it. */
export type Step = readonly [name: string, select: string];

/** A list for SELECT, GROUP BY or PARTITION BY. */
export function list(...parts: readonly (string | readonly string[])[]): string {
  return parts.flat().join(', ');
}

/** A SELECT, a line a clause; clauses that are undefined are left out. */
export function select(
  columns: readonly (string | readonly string[])[],
  from: string,
  ...clauses: readonly (string | undefined)[]
): string {
  const lines = [`SELECT ${list(...columns)}`, `FROM ${from}`, ...clauses.filter((clause) => clause !== undefined)];
  return lines.join('\n  ');
}

/** `WHERE …`; nothing where there is no condition. */
export function whereAll(...conditions: readonly (string | undefined)[]): string | undefined {
  const all = conditions.filter((condition) => condition !== undefined);
  return all.length === 0 ? undefined : `WHERE ${all.join('\n    AND ')}`;
}

/** `PARTITION BY …`, or nothing where there is nothing to part by. */
export function partition(columns: readonly string[]): string {
  return columns.length === 0 ? '' : `PARTITION BY ${columns.join(', ')} `;
}
