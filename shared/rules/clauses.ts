/**
 * A rule's condition in normal form: alternatives (clauses), each a set of allowed values for some fields.
 *
 * Three-valued logic ends here. A test on a field without value is unknown: neither it nor its negation is true, so
 * that null is in neither's set.
 */
import type { Expression, Presence, Test } from './expression.ts';
import { isPossible } from './possible.ts';
import { FITS, FITS_NOT, patternKey, type Clause } from './clause.ts';
import {
  fieldUniverse,
  intersectSets,
  isEmptySet,
  subtractRanges,
  uniteSets,
  valuesOfTest,
  type Range,
  type TextLine,
  type ValueSet,
} from './value-set.ts';

/** The most clauses that one rule may become. */
export const MAX_CLAUSES = 4096;

/**
 * Clauses of which a record must meet one for an expression to be true, or (if `holds` is false) to be false:
 * none where no record can, undefined where there are too many.
 */
export function clausesOf(expression: Expression, line: TextLine, holds = true): readonly Clause[] | undefined {
  switch (expression.kind) {
    case 'test':
      return clausesOfTest(expression, line, holds);
    case 'presence':
      return clausesOfPresence(expression, line, holds);
    case 'not':
      return clausesOf(expression.term, line, !holds);
    case 'and':
    case 'or': {
      const terms = expression.terms.map((term) => clausesOf(term, line, holds));
      // De Morgan: a conjunction is false where one of its terms is
      return (expression.kind === 'and') === holds ? conjoin(terms, line) : disjoin(terms);
    }
  }
}

function clausesOfTest(test: Test, line: TextLine, holds: boolean): readonly Clause[] {
  const { field } = test;
  const universe = fieldUniverse(field, line);
  const { ranges, patterns, not } = valuesOfTest(test, universe, line);
  if (holds !== not) {
    const alternatives = patterns.map((pattern) => new Map([[patternKey(field, pattern), set(FITS)]]));
    return ranges.length === 0 ? alternatives : [new Map([[field, set(ranges)]]), ...alternatives];
  }
  const rest = subtractRanges(universe, ranges);
  if (rest.length === 0) return [];
  const fitsNone = patterns.map((pattern) => [patternKey(field, pattern), set(FITS_NOT)] as const);
  const clause = new Map([[field, set(rest)], ...fitsNone]);
  return isPossible(clause, line) ? [clause] : [];
}

function set(ranges: readonly Range[]): ValueSet {
  return { ranges, null: false };
}

/** Whether there is a value is always known: null counts as false. */
function clausesOfPresence({ field }: Presence, line: TextLine, holds: boolean): readonly Clause[] {
  return [new Map([[field, holds ? set(fieldUniverse(field, line)) : { ranges: [], null: true }]])];
}

/** What has several alternatives at once; undefined where there are too many, or one of them was too many. */
function conjoin(terms: readonly (readonly Clause[] | undefined)[], line: TextLine): readonly Clause[] | undefined {
  let clauses = terms[0];
  for (const term of terms.slice(1)) {
    const both: Clause[] = [];
    for (const left of clauses ?? []) {
      for (const right of term ?? []) {
        const common = intersectClauses(left, right, line);
        if (common !== undefined) both.push(common);
      }
      if (both.length > MAX_CLAUSES) return undefined;
    }
    clauses = clauses === undefined || term === undefined ? undefined : both;
  }
  return clauses;
}

/** What two clauses have in common; undefined where that is nothing. */
export function intersectClauses(a: Clause, b: Clause, line: TextLine): Clause | undefined {
  const both = new Map(a);
  for (const [column, set] of b) {
    const other = both.get(column);
    const common = other === undefined ? set : intersectSets(other, set);
    if (isEmptySet(common)) return undefined;
    both.set(column, common);
  }
  return isPossible(both, line) ? both : undefined;
}

/** Alternatives side by side; those on one and the same field become one, so that long `or` chains stay small. */
function disjoin(terms: readonly (readonly Clause[] | undefined)[]): readonly Clause[] | undefined {
  const clauses: Clause[] = [];
  /** By column: the clause that looks at nothing else. */
  const single = new Map<string, number>();
  for (const term of terms) {
    if (term === undefined) return undefined;
    for (const clause of term) {
      const column = onlyColumn(clause);
      const twin = column === undefined ? undefined : single.get(column);
      if (column !== undefined && twin === undefined) single.set(column, clauses.length);
      if (column === undefined || twin === undefined) clauses.push(clause);
      else clauses[twin] = new Map([[column, uniteSets(clauses[twin]!.get(column)!, clause.get(column)!)]]);
    }
  }
  return clauses.length > MAX_CLAUSES ? undefined : clauses;
}

function onlyColumn(clause: Clause): string | undefined {
  return clause.size === 1 ? clause.keys().next().value : undefined;
}
