/**
 * Rules to tables: for each field the value space is cut into classes that no rule tells apart, and each class
 * becomes the set of clauses it satisfies. Evaluation then only looks sets up and intersects them.
 * The cut is a sweep over the ends of ranges, so that it costs ranges, not ranges × rules.
 */
import { DERIVED_BY_COLUMN, fieldType } from '../flow/derived.ts';
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import { FIRST_IPV6, LAST_ADDRESS } from './address.ts';
import { ClauseSets } from './clause-sets.ts';
import { normaliseRule, type Clause } from './clauses.ts';
import type { Rule } from './rule.ts';
import { TextLine, type ValueSet } from './value-set.ts';

/** How to find the set of clauses that a field's value satisfies. Sets are ids in {@link CompiledRules.sets}. */
export type FieldPlan =
  /** Small integers: the set of value `v` at `sets[v + 1]`, null at `sets[0]`. */
  | { readonly kind: 'table'; readonly column: string; readonly null: number; readonly sets: Int32Array }
  /** Any integers: `sets[i]` for values from `starts[i]` up to the next start. */
  | {
      readonly kind: 'ranges';
      readonly column: string;
      readonly null: number;
      readonly starts: Float64Array;
      readonly sets: Int32Array;
    }
  /** Texts that rules name, and every other text. */
  | {
      readonly kind: 'text';
      readonly column: string;
      readonly null: number;
      readonly sets: ReadonlyMap<string, number>;
      readonly other: number;
    }
  /** Addresses, by the classes of {@link CompiledRules.addresses}. */
  | { readonly kind: 'address'; readonly column: string; readonly null: number; readonly sets: Int32Array };

/** Classes of addresses that no rule tells apart in any address field; class `i` begins at start `i`. */
export interface AddressClasses {
  /** Starts of the IPv4 classes, ascending; the first is 0. */
  readonly ipv4: Float64Array;
  /** Starts of the IPv6 classes, four 32-bit words each; the first is `::`. Their numbers follow IPv4's. */
  readonly ipv6: Uint32Array;
}

/** Rules ready to be evaluated. It remembers combinations met in traffic, so one value serves one thread. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** By clause: the index of its rule. */
  readonly owners: Uint32Array;
  /** Fields that rules look at, those that decide most first. */
  readonly plans: readonly FieldPlan[];
  readonly addresses: AddressClasses;
  readonly sets: ClauseSets;
  /** The set of all clauses. */
  readonly all: number;
}

/** A field's line cut into classes: class `i` begins at `starts[i]` and satisfies the clauses of `sets[i]`. */
interface Cut {
  readonly column: string;
  readonly clauses: number;
  readonly starts: readonly bigint[];
  readonly sets: readonly number[];
  readonly null: number;
}

/** Largest value of an integer field that gets a table of its own. */
const TABLE_LIMIT = 65_535;

/** Compiles checked rules, as loadRules returns them; a rule too large for it throws, as loadRules refuses it. */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  const line = new TextLine();
  const clauses: Clause[] = [];
  const owners: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const normal = normaliseRule(rule.where, rule.except, line);
    if (normal === undefined) throw new Error(`rule ${rule.id} is too large: it has not been checked`);
    for (const clause of normal) {
      clauses.push(clause);
      owners.push(index);
    }
  }
  const sets = new ClauseSets(clauses.length);
  const everything = new Uint32Array(sets.words);
  for (let clause = 0; clause < clauses.length; clause++) setBit(everything, clause);
  const all = sets.intern(everything);
  const columns = new Set(clauses.flatMap((clause) => [...clause.keys()]));
  const cuts = [...columns].map((column) => cutField(column, clauses, sets));
  // a field that many clauses look at rules out the most
  cuts.sort((a, b) => b.clauses - a.clauses || a.starts.length - b.starts.length);
  const places = cutPlaces(cuts.filter((cut) => fieldType(cut.column) === 'address'));
  const plans = cuts.map((cut) => planField(cut, places, line));
  sets.keep();
  return { rules, owners: Uint32Array.from(owners), plans, addresses: addressClasses(places), sets, all };
}

function cutField(column: string, clauses: readonly Clause[], sets: ClauseSets): Cut {
  const current = new Uint32Array(sets.words);
  const ofNull = new Uint32Array(sets.words);
  // clauses often share a set (`action = REJECT`, `@private`): each distinct set is swept once
  const masks = new Map<string, { readonly set: ValueSet; readonly mask: Uint32Array }>();
  let constrained = 0;
  for (const [index, clause] of clauses.entries()) {
    const set = clause.get(column);
    if (set === undefined) {
      setBit(current, index);
      setBit(ofNull, index);
      continue;
    }
    constrained++;
    const key = set.ranges.map((range) => `${range.low}-${range.high}`).join(',') + (set.null ? ',-' : '');
    let entry = masks.get(key);
    if (entry === undefined) masks.set(key, (entry = { set, mask: new Uint32Array(sets.words) }));
    setBit(entry.mask, index);
    if (set.null) setBit(ofNull, index);
  }
  const ends: { readonly place: bigint; readonly mask: Uint32Array }[] = [];
  for (const { set, mask } of masks.values()) {
    for (const range of set.ranges) {
      ends.push({ place: range.low, mask });
      // nothing follows the end of the longest line
      if (range.high < LAST_ADDRESS) ends.push({ place: range.high + 1n, mask });
    }
  }
  ends.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  const starts = [0n];
  const ids = [sets.intern(current)];
  for (let i = 0; i < ends.length;) {
    const { place } = ends[i]!;
    for (; i < ends.length && ends[i]!.place === place; i++) flipBits(current, ends[i]!.mask);
    const id = sets.intern(current);
    if (place === 0n) ids[0] = id;
    else if (id !== ids.at(-1)) {
      starts.push(place);
      ids.push(id);
    }
  }
  return { column, clauses: constrained, starts, sets: ids, null: sets.intern(ofNull) };
}

function planField(cut: Cut, places: readonly bigint[], line: TextLine): FieldPlan {
  const { column } = cut;
  const field = FIELD_BY_COLUMN.get(column) ?? DERIVED_BY_COLUMN.get(column)!;
  switch (field.type) {
    case 'int32':
    case 'int64': {
      const starts = Float64Array.from(cut.starts, Number);
      if (field.max === undefined || field.max > TABLE_LIMIT) {
        return { kind: 'ranges', column, null: cut.null, starts, sets: Int32Array.from(cut.sets) };
      }
      const sets = new Int32Array(field.max + 2);
      sets[0] = cut.null;
      for (let i = 0; i < starts.length; i++)
        sets.fill(cut.sets[i]!, starts[i]! + 1, (starts[i + 1] ?? field.max + 1) + 1);
      return { kind: 'table', column, null: cut.null, sets };
    }
    case 'string': {
      const starts = Float64Array.from(cut.starts, Number);
      const sets = new Map<string, number>();
      for (const [text, place] of line.places) {
        const set = cut.sets[lastAtMost(starts, place)]!;
        if (set !== cut.sets[0]) sets.set(text, set);
      }
      return { kind: 'text', column, null: cut.null, sets, other: cut.sets[0]! };
    }
    case 'address': {
      let own = 0;
      const sets = places.map((place) => {
        while (own + 1 < cut.starts.length && cut.starts[own + 1]! <= place) own++;
        return cut.sets[own]!;
      });
      return { kind: 'address', column, null: cut.null, sets: Int32Array.from(sets) };
    }
  }
}

/** The starts of every address field's classes together, so that an address is classified once for all of them. */
function cutPlaces(cuts: readonly Cut[]): readonly bigint[] {
  const places = new Set([0n, FIRST_IPV6, ...cuts.flatMap((cut) => cut.starts)]);
  return [...places].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function addressClasses(places: readonly bigint[]): AddressClasses {
  const ipv4 = places.filter((place) => place < FIRST_IPV6);
  const ipv6 = places.slice(ipv4.length).map((place) => place - FIRST_IPV6);
  return {
    ipv4: Float64Array.from(ipv4, Number),
    ipv6: Uint32Array.from(
      ipv6.flatMap((place) => [96n, 64n, 32n, 0n].map((shift) => Number((place >> shift) & 0xffff_ffffn))),
    ),
  };
}

/** The index of the last start that is not above the value; starts ascend from 0. */
export function lastAtMost(starts: Float64Array, value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function setBit(bits: Uint32Array, index: number): void {
  bits[index >>> 5]! |= 1 << (index & 31);
}

function flipBits(bits: Uint32Array, mask: Uint32Array): void {
  for (let word = 0; word < bits.length; word++) bits[word]! ^= mask[word]!;
}
