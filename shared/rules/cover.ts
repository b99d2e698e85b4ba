/** Whether clauses leave anything of others: what a rule's `except` takes out, and which rules cover which. */
import { intersectClauses } from './clauses.ts';
import { isPossible } from './possible.ts';
import { fieldOfKey, PATTERN_RANGES, type Clause } from './clause.ts';
import { fieldUniverse, intersectSets, isEmptySet, subtractRanges, type TextLine, type ValueSet } from './value-set.ts';

/** More pieces than this are not looked through: that nothing is left is then not certain. */
const MAX_PIECES = 256;

/** What is left of some clauses without others, in pieces that do not overlap; undefined where it is in too many. */
export function subtractClauses(
  from: readonly Clause[],
  without: readonly Clause[],
  line: TextLine,
): readonly Clause[] | undefined {
  const rest: Clause[] = [];
  for (const clause of from) {
    let pieces: readonly Clause[] = [clause];
    for (const other of without) {
      pieces = pieces.flatMap((piece) => subtractClause(piece, other, line));
      if (pieces.length > MAX_PIECES) return undefined;
      if (pieces.length === 0) break;
    }
    rest.push(...pieces);
    if (rest.length > MAX_PIECES) return undefined;
  }
  return rest;
}

/** True where it is certain that whatever meets one of some clauses meets one of others. */
export function coversClauses(wide: readonly Clause[], narrow: readonly Clause[], line: TextLine): boolean {
  return subtractClauses(narrow, wide, line)?.length === 0;
}

/** A clause without another: for each field of the other, what differs there and agrees on the fields before. */
function subtractClause(clause: Clause, other: Clause, line: TextLine): readonly Clause[] {
  if (intersectClauses(clause, other, line) === undefined) return [clause];
  const pieces: Clause[] = [];
  const agreeing = new Map(clause);
  for (const [key, set] of other) {
    const own = agreeing.get(key) ?? wholeOf(key, line);
    const outside = { ranges: subtractRanges(own.ranges, set.ranges), null: own.null && !set.null };
    if (!isEmptySet(outside)) {
      const piece = new Map(agreeing).set(key, outside);
      if (isPossible(piece, line)) pieces.push(piece);
    }
    agreeing.set(key, intersectSets(own, set));
  }
  return pieces;
}

/** Every value of a clause's column, null among them. */
function wholeOf(key: string, line: TextLine): ValueSet {
  const { column, pattern } = fieldOfKey(key);
  return { ranges: pattern === undefined ? fieldUniverse(column, line) : PATTERN_RANGES, null: true };
}
