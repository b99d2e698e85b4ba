/**
 * A rule's condition in normal form: alternatives (clauses), each a set of allowed values for some fields.
 *
 * Three-valued logic ends here. A record matches where `where` is true and `except` is not true. An atom on a field
 * without value is unknown: neither it nor its negation is true, so null is in neither set; but "not true" takes
 * unknown in, so there null is in both.
 */
import type { Expression, Presence, Test } from './expression.ts';
import {
  fieldUniverse,
  intersectSets,
  isEmptySet,
  rangesOfTest,
  subtractRanges,
  uniteSets,
  type TextLine,
  type ValueSet,
} from './value-set.ts';

/** Allowed values by column; a column that is not there may hold anything. */
export type Clause = ReadonlyMap<string, ValueSet>;

/** The most clauses that one rule may become. */
export const MAX_CLAUSES = 512;

/** Clauses of which a record must meet one; none where no record can, undefined where there are too many. */
export function normaliseRule(
  where: Expression,
  except: Expression | undefined,
  line: TextLine,
): readonly Clause[] | undefined {
  const included = clausesOf(where, { holds: true, orUnknown: false }, line);
  if (included === undefined || except === undefined) return included;
  const kept = clausesOf(except, { holds: false, orUnknown: true }, line);
  return kept === undefined ? undefined : conjoin(included, kept);
}

/** What is asked of an expression: to be true (`holds`) or false, and whether unknown will do as well. */
interface Wanted {
  readonly holds: boolean;
  readonly orUnknown: boolean;
}

function clausesOf(expression: Expression, wanted: Wanted, line: TextLine): readonly Clause[] | undefined {
  switch (expression.kind) {
    case 'test':
      return clausesOfTest(expression, wanted, line);
    case 'presence':
      return clausesOfPresence(expression, wanted, line);
    case 'not':
      return clausesOf(expression.term, { ...wanted, holds: !wanted.holds }, line);
    case 'and':
    case 'or': {
      const terms = expression.terms.map((term) => clausesOf(term, wanted, line));
      // De Morgan: a conjunction is false where one of its terms is
      const combine = (expression.kind === 'and') === wanted.holds ? conjoin : disjoin;
      return terms.reduce((a, b) => (a === undefined || b === undefined ? undefined : combine(a, b)));
    }
  }
}

function clausesOfTest(test: Test, wanted: Wanted, line: TextLine): readonly Clause[] {
  const universe = fieldUniverse(test.field, line);
  const ranges = rangesOfTest(test, universe, line);
  const set = { ranges: wanted.holds ? ranges : subtractRanges(universe, ranges), null: wanted.orUnknown };
  return isEmptySet(set) ? [] : [new Map([[test.field, set]])];
}

/** Whether there is a value is always known: null counts as false. */
function clausesOfPresence({ field }: Presence, { holds }: Wanted, line: TextLine): readonly Clause[] {
  const set = holds ? { ranges: fieldUniverse(field, line), null: false } : { ranges: [], null: true };
  return [new Map([[field, set]])];
}

function conjoin(a: readonly Clause[], b: readonly Clause[]): readonly Clause[] | undefined {
  const clauses: Clause[] = [];
  for (const left of a) {
    for (const right of b) {
      const both = intersectClauses(left, right);
      if (both !== undefined) clauses.push(both);
      if (clauses.length > MAX_CLAUSES) return undefined;
    }
  }
  return clauses;
}

function intersectClauses(a: Clause, b: Clause): Clause | undefined {
  const both = new Map(a);
  for (const [column, set] of b) {
    const other = both.get(column);
    const common = other === undefined ? set : intersectSets(other, set);
    if (isEmptySet(common)) return undefined;
    both.set(column, common);
  }
  return both;
}

/** Alternatives side by side; those on one and the same field become one, so that long `or` chains stay small. */
function disjoin(a: readonly Clause[], b: readonly Clause[]): readonly Clause[] | undefined {
  const clauses = [...a];
  for (const clause of b) {
    const column = onlyColumn(clause);
    const twin = column === undefined ? -1 : clauses.findIndex((other) => onlyColumn(other) === column);
    if (column === undefined || twin === -1) clauses.push(clause);
    else clauses[twin] = new Map([[column, uniteSets(clauses[twin]!.get(column)!, clause.get(column)!)]]);
  }
  return clauses.length > MAX_CLAUSES ? undefined : clauses;
}

function onlyColumn(clause: Clause): string | undefined {
  return clause.size === 1 ? clause.keys().next().value : undefined;
}
