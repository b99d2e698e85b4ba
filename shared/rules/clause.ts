/**
 * A clause: what one alternative of an expression allows each field.
 *
 * Texts have no order that a pattern would be a range of, so that each pattern that a field is held against is a
 * column of its own: 1 where the field's text fits it, 0 where it does not, null where the field has no value.
 */
import type { ValueSet } from './value-set.ts';

/** Allowed values by column; a column that is not there may hold anything. */
export type Clause = ReadonlyMap<string, ValueSet>;

const LIKE = ' like ';

/** The values of a pattern's column. */
export const PATTERN_RANGES = [{ low: 0n, high: 1n }] as const;
/** The value of texts that fit. */
export const FITS = [{ low: 1n, high: 1n }] as const;
/** The value of texts that do not. */
export const FITS_NOT = [{ low: 0n, high: 0n }] as const;

/** The column of a field's pattern. */
export function patternKey(column: string, pattern: string): string {
  return `${column}${LIKE}${pattern}`;
}

/** The field that a column of a clause is about, and the pattern if it is one of those. */
export function fieldOfKey(key: string): { readonly column: string; readonly pattern: string | undefined } {
  const at = key.indexOf(LIKE);
  if (at === -1) return { column: key, pattern: undefined };
  return { column: key.slice(0, at), pattern: key.slice(at + LIKE.length) };
}

/** Whether a pattern's set takes in texts that fit it, or those that do not. */
export function admits({ ranges }: ValueSet, fits: boolean): boolean {
  const place = fits ? 1n : 0n;
  return ranges.some(({ low, high }) => low <= place && place <= high);
}
