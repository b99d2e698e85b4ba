/**
 * A field's line cut into classes of values that no clause tells apart. The cut is a sweep over the ends of ranges,
 * so that it costs ranges, not ranges × clauses.
 */
import { LAST_ADDRESS } from '../flow/address.ts';
import { allBits, BitSetPool, setBit, type Bits } from './bit-sets.ts';
import type { PatternDemand } from './text-classes.ts';
import { admits, fieldOfKey, type Clause } from './clause.ts';
import type { Range, ValueSet } from './value-set.ts';

/** What clauses demand of one field: its own set, and those of its patterns. */
export interface FieldDemand {
  readonly column: string;
  /** By clause, for those that look at the field's places. */
  readonly sets: Map<number, ValueSet>;
  /** By pattern, then by clause. */
  readonly patterns: Map<string, Map<number, ValueSet>>;
}

/** A field's line in classes: from `starts[i]` on values are of class `classes[i]`. */
export interface Cut {
  readonly column: string;
  readonly starts: readonly bigint[];
  readonly classes: readonly number[];
  readonly null: number;
  /** By class: the clauses that its values satisfy as far as the field, patterns aside, goes. */
  readonly choices: readonly Bits[];
  /** The clauses that look at the field. */
  readonly looking: Bits;
  readonly patterns: readonly PatternDemand[];
}

/** What clauses demand, field by field. */
export function demandsByField(clauses: readonly Clause[]): readonly FieldDemand[] {
  const demands = new Map<string, FieldDemand>();
  for (const [index, clause] of clauses.entries()) {
    for (const [key, set] of clause) {
      const { column, pattern } = fieldOfKey(key);
      let demand = demands.get(column);
      if (demand === undefined) demands.set(column, (demand = { column, sets: new Map(), patterns: new Map() }));
      if (pattern === undefined) demand.sets.set(index, set);
      else demand.patterns.set(pattern, (demand.patterns.get(pattern) ?? new Map<number, ValueSet>()).set(index, set));
    }
  }
  return [...demands.values()];
}

/** Cuts a field's line, for so many clauses. */
export function cutField({ column, sets, patterns }: FieldDemand, clauses: number): Cut {
  const words = Math.ceil(clauses / 32);
  const current = allBits(clauses);
  const ofNull = current.slice();
  const looking = new Uint32Array(words);
  // clauses often share a set (`action = REJECT`, `@private`): each distinct set is swept once
  const masks = new Map<string, { readonly ranges: readonly Range[]; readonly mask: Bits }>();
  for (const [clause, { ranges, null: orNull }] of sets) {
    setBit(looking, clause);
    clearBit(current, clause);
    if (!orNull) clearBit(ofNull, clause);
    const key = keyOf(ranges);
    let entry = masks.get(key);
    if (entry === undefined) masks.set(key, (entry = { ranges, mask: new Uint32Array(words) }));
    setBit(entry.mask, clause);
  }
  for (const byClause of patterns.values()) {
    for (const [clause, { null: orNull }] of byClause) {
      setBit(looking, clause);
      if (!orNull) clearBit(ofNull, clause);
    }
  }
  const ends: { readonly place: bigint; readonly mask: Bits }[] = [];
  for (const { ranges, mask } of masks.values()) {
    for (const range of ranges) {
      ends.push({ place: range.low, mask });
      // nothing follows the end of the longest line
      if (range.high < LAST_ADDRESS) ends.push({ place: range.high + 1n, mask });
    }
  }
  ends.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  const pool = new BitSetPool();
  const starts = [0n];
  const classes = [pool.intern(current)];
  for (let i = 0; i < ends.length;) {
    const { place } = ends[i]!;
    for (; i < ends.length && ends[i]!.place === place; i++) flipBits(current, ends[i]!.mask);
    const number = pool.intern(current);
    if (place === 0n) classes[0] = number;
    else if (number !== classes.at(-1)) {
      starts.push(place);
      classes.push(number);
    }
  }
  const nullClass = pool.intern(ofNull);
  const choices = Array.from({ length: pool.size }, (_, number) => pool.bits(number));
  return { column, starts, classes, null: nullClass, choices, looking, patterns: Array.from(patterns, demandOf) };
}

function demandOf([pattern, byClause]: [string, Map<number, ValueSet>]): PatternDemand {
  const losing = (fits: boolean): number[] =>
    [...byClause].filter(([, set]) => !admits(set, fits)).map(([clause]) => clause);
  return { pattern, lostByFitting: losing(true), lostByNotFitting: losing(false) };
}

const keys = new WeakMap<readonly Range[], string>();

/** A text that equal ranges share. */
function keyOf(ranges: readonly Range[]): string {
  let key = keys.get(ranges);
  if (key === undefined) keys.set(ranges, (key = ranges.map(({ low, high }) => `${low}-${high}`).join(',')));
  return key;
}

function clearBit(bits: Bits, clause: number): void {
  bits[clause >>> 5]! &= ~(1 << (clause & 31));
}

function flipBits(bits: Bits, mask: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word]! ^= mask[word]!;
}
