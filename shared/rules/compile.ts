/**
 * Rules to tables: for each field the value space is cut into classes that no rule tells apart, and each class
 * becomes the set of clauses it satisfies. Evaluation then only looks sets up and intersects them.
 * The cut is a sweep over the ends of ranges, so that it costs ranges, not ranges × rules.
 */
import { DERIVED_BY_COLUMN, fieldType } from '../flow/derived.ts';
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import { FIRST_IPV6, LAST_ADDRESS } from '../flow/address.ts';
import { BitSetPool, setBit, type Bits } from './bit-sets.ts';
import { normaliseRule, type Clause } from './clauses.ts';
import type { AddressStarts, FieldPlan } from './plan.ts';
import type { Rule } from './rule.ts';
import type { Runner } from './runner.ts';
import { Scratch } from './scratch.ts';
import { TextLine, type ValueSet } from './value-set.ts';

/** Rules ready to be evaluated. It remembers combinations met in traffic, so one value serves one thread. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** By clause: the index of its rule. */
  readonly owners: Uint32Array;
  /** Fields that rules look at. */
  readonly plans: readonly FieldPlan[];
  readonly addresses: AddressStarts;
  /** By format: the fields' order and what has been worked out so far. */
  readonly runners: Map<string, Runner>;
  readonly scratch: Scratch;
}

/** A field's line cut into classes: from `starts[i]` on values are of class `classes[i]`. */
interface Cut {
  readonly column: string;
  readonly starts: readonly bigint[];
  readonly classes: readonly number[];
  readonly null: number;
  readonly choices: readonly Bits[];
  readonly looking: Bits;
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
  const columns = new Set(clauses.flatMap((clause) => [...clause.keys()]));
  const cuts = [...columns].map((column) => cutField(column, clauses));
  const places = cutPlaces(cuts.filter((cut) => fieldType(cut.column) === 'address'));
  const plans = cuts.map((cut) => planField(cut, places, line));
  return {
    rules,
    owners: Uint32Array.from(owners),
    plans,
    addresses: addressStarts(places),
    runners: new Map(),
    scratch: new Scratch(),
  };
}

function cutField(column: string, clauses: readonly Clause[]): Cut {
  const words = Math.ceil(clauses.length / 32);
  const current = new Uint32Array(words);
  const ofNull = new Uint32Array(words);
  const looking = new Uint32Array(words);
  // clauses often share a set (`action = REJECT`, `@private`): each distinct set is swept once
  const masks = new Map<string, { readonly set: ValueSet; readonly mask: Bits }>();
  for (const [index, clause] of clauses.entries()) {
    const set = clause.get(column);
    setBit(set === undefined ? current : looking, index);
    if (set === undefined || set.null) setBit(ofNull, index);
    if (set === undefined) continue;
    const key = set.ranges.map((range) => `${range.low}-${range.high}`).join(',');
    let entry = masks.get(key);
    if (entry === undefined) masks.set(key, (entry = { set, mask: new Uint32Array(words) }));
    setBit(entry.mask, index);
  }
  const ends: { readonly place: bigint; readonly mask: Bits }[] = [];
  for (const { set, mask } of masks.values()) {
    for (const range of set.ranges) {
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
  return { column, starts, classes, null: nullClass, choices, looking };
}

function planField(cut: Cut, places: readonly bigint[], line: TextLine): FieldPlan {
  const { column, choices, looking } = cut;
  const base = { column, choices, looking, null: cut.null };
  const field = FIELD_BY_COLUMN.get(column) ?? DERIVED_BY_COLUMN.get(column)!;
  switch (field.type) {
    case 'int32':
    case 'int64': {
      const starts = Float64Array.from(cut.starts, Number);
      if (field.max === undefined || field.max > TABLE_LIMIT || choices.length > 65_536) {
        return { ...base, kind: 'ranges', starts, classes: Uint32Array.from(cut.classes) };
      }
      const classes = new Uint16Array(field.max + 2);
      classes[0] = cut.null;
      for (let i = 0; i < starts.length; i++)
        classes.fill(cut.classes[i]!, starts[i]! + 1, (starts[i + 1] ?? field.max + 1) + 1);
      return { ...base, kind: 'table', classes };
    }
    case 'string': {
      const starts = Float64Array.from(cut.starts, Number);
      const other = cut.classes[0]!;
      const named = [...line.places].map(([text, place]) => [text, cut.classes[lastAtMost(starts, place)]!] as const);
      return { ...base, kind: 'text', classes: new Map(named.filter(([, number]) => number !== other)), other };
    }
    case 'address': {
      let own = 0;
      const classes = places.map((place) => {
        while (own + 1 < cut.starts.length && cut.starts[own + 1]! <= place) own++;
        return cut.classes[own]!;
      });
      return { ...base, kind: 'address', classes: Uint32Array.from(classes) };
    }
  }
}

/** The starts of every address field's classes together, so that an address is classified once for all of them. */
function cutPlaces(cuts: readonly Cut[]): readonly bigint[] {
  const places = new Set([0n, FIRST_IPV6, ...cuts.flatMap((cut) => cut.starts)]);
  return [...places].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function addressStarts(places: readonly bigint[]): AddressStarts {
  const ipv4 = places.filter((place) => place < FIRST_IPV6);
  const ipv6 = places.slice(ipv4.length).map((place) => place - FIRST_IPV6);
  const starts = Float64Array.from(ipv4, Number);
  const index = new Uint32Array(65_537).fill(starts.length - 1);
  for (let upper = 0, at = 0; upper < 65_536; upper++) {
    while (at + 1 < starts.length && starts[at + 1]! <= upper * 65_536) at++;
    index[upper] = at;
  }
  return {
    ipv4: starts,
    ipv4Index: index,
    ipv6: Uint32Array.from(
      ipv6.flatMap((place) => [96n, 64n, 32n, 0n].map((shift) => Number((place >> shift) & 0xffff_ffffn))),
    ),
  };
}

/** The index of the last start that is not above the value, sought from `first` to `last`; starts ascend. */
export function lastAtMost(starts: Float64Array, value: number, first = 0, last = starts.length - 1): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function flipBits(bits: Bits, mask: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word]! ^= mask[word]!;
}
