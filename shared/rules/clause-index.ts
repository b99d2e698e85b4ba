/** Which of many clauses a record meets, found field by field as the compiled engine does it. */
import { allBits, intersect, membersOf, type Bits } from './bit-sets.ts';
import type { Clause } from './clause.ts';
import { cutField, demandsByField, type Cut } from './cut.ts';
import { compilePattern, type PatternTest } from './pattern.ts';
import type { Point } from './sample-point.ts';

interface IndexedField {
  readonly cut: Cut;
  readonly patterns: readonly PatternTest[];
}

/** Clauses by number. */
export class ClauseIndex {
  readonly #all: Bits;
  readonly #fields: readonly IndexedField[];

  constructor(clauses: readonly Clause[]) {
    this.#all = allBits(clauses.length);
    this.#fields = demandsByField(clauses).map((demand) => {
      const cut = cutField(demand, clauses.length);
      return { cut, patterns: cut.patterns.map(({ pattern }) => compilePattern(pattern)) };
    });
  }

  /** The clauses that a record meets, ascending. */
  metBy({ places, texts }: Point): readonly number[] {
    const met = this.#all.slice();
    const lost = new Set<number>();
    for (const { cut, patterns } of this.#fields) {
      const place = places.get(cut.column);
      intersect(met, cut.choices[place === undefined ? cut.null : classOf(cut, place)]!, met);
      if (place === undefined) continue;
      for (const [i, fits] of patterns.entries()) {
        const { lostByFitting, lostByNotFitting } = cut.patterns[i]!;
        for (const clause of fits(texts.get(cut.column) ?? '') ? lostByFitting : lostByNotFitting) lost.add(clause);
      }
    }
    return membersOf(met).filter((clause) => !lost.has(clause));
  }
}

function classOf({ starts, classes }: Cut, place: bigint): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= place) low = middle;
    else high = middle - 1;
  }
  return classes[low]!;
}
