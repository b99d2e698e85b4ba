/** A record that meets a clause, as places on its fields' lines: what tells clauses apart without comparing their sets. */
import { admits, fieldOfKey, type Clause } from './clause.ts';
import { compilePattern } from './pattern.ts';
import type { TextLine, ValueSet } from './value-set.ts';

/** Values by column; every other field has none. */
export interface Point {
  readonly places: ReadonlyMap<string, bigint>;
  /** The texts of text fields that are held against patterns or named. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A record that meets a clause, in fields that the clause does not look at without value; undefined where none is found easily. */
export function samplePoint(clause: Clause, line: TextLine): Point | undefined {
  const places = new Map<string, bigint>();
  const texts = new Map<string, string>();
  for (const [key, { ranges, null: orNull }] of clause) {
    const { column, pattern } = fieldOfKey(key);
    const low = ranges[0]?.low;
    if (pattern !== undefined && low === 1n) texts.set(column, pattern.replaceAll('*', ''));
    else if (pattern === undefined && low !== undefined && !orNull) places.set(column, low);
  }
  for (const [column, text] of texts) places.set(column, BigInt(line.places.get(text) ?? 0));
  for (const [column, place] of places) {
    const text = line.textAt(place);
    if (text !== undefined && !texts.has(column)) texts.set(column, text);
  }
  const point = { places, texts };
  return meetsClause(point, clause) ? point : undefined;
}

/** Whether a record meets a clause. */
export function meetsClause(point: Point, clause: Clause): boolean {
  for (const [key, set] of clause) if (!meetsSet(point, key, set)) return false;
  return true;
}

function meetsSet({ places, texts }: Point, key: string, set: ValueSet): boolean {
  const own = places.get(key);
  if (own !== undefined) return set.ranges.some(({ low, high }) => low <= own && own <= high);
  const { column, pattern } = fieldOfKey(key);
  if (pattern === undefined || !places.has(column)) return set.null;
  // a text that no rule names fits what it happens to fit
  return admits(set, compilePattern(pattern)(texts.get(column) ?? ''));
}
