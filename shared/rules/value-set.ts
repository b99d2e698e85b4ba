/**
 * Sets of a field's values, as ranges on a line of whole numbers, with null as a value of its own.
 *
 * Integers stand on the line as they are, addresses as address.ts places them, and texts by their number in a
 * {@link TextLine}. So one algebra serves every field.
 */
import { DERIVED_BY_COLUMN } from '../flow/derived.ts';
import { FIELD_BY_COLUMN } from '../flow/fields.ts';
import { LAST_ADDRESS } from '../flow/address.ts';
import { compilePattern } from './pattern.ts';
import { valuesOf, type Operand, type Test, type TestOperator, type Value } from './expression.ts';

/** Places from `low` to `high`, both included. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** Ranges in ascending order, neither touching nor overlapping; `null` where a field without value belongs to it. */
export interface ValueSet {
  readonly ranges: readonly Range[];
  readonly null: boolean;
}

/** Numbers for the texts that rules name; every other text is 0. */
export class TextLine {
  readonly #places = new Map<string, number>();
  readonly #texts: string[] = [];

  /** The place of a text that a rule names. */
  place(text: string): bigint {
    let place = this.#places.get(text);
    if (place === undefined) this.#places.set(text, (place = this.#texts.push(text)));
    return BigInt(place);
  }

  /** The text at a place; undefined where any that no rule names may stand. */
  textAt(place: bigint): string | undefined {
    return this.#texts[Number(place) - 1];
  }

  /** Every text that rules name, with its place. */
  get places(): ReadonlyMap<string, number> {
    return this.#places;
  }
}

/** More texts than rules can name. */
const LAST_TEXT = 2n ** 32n;

/** The values that a field can take at all, null left out. */
export function fieldUniverse(column: string, line: TextLine): readonly Range[] {
  const field = FIELD_BY_COLUMN.get(column) ?? DERIVED_BY_COLUMN.get(column);
  switch (field?.type) {
    case 'int32':
    case 'int64':
      return [{ low: 0n, high: BigInt(field.max ?? Number.MAX_SAFE_INTEGER) }];
    case 'address':
      return [{ low: 0n, high: LAST_ADDRESS }];
    case 'string':
      if (field.values !== undefined) return joinRanges(field.values.map((text) => point(line.place(text))));
      return [{ low: 0n, high: LAST_TEXT }];
    case undefined:
      throw new Error(`no field ${column}: the expression has not been checked`);
  }
}

/**
 * Where a test is true: at places of its field's line, and for texts that fit one of some patterns; or, if `not`,
 * anywhere else. Null is never among them.
 */
export interface TestValues {
  readonly ranges: readonly Range[];
  readonly patterns: readonly string[];
  readonly not: boolean;
}

/** The values that a test names, or with `not` all others; those of `<` and its kin are named by the end of a range. */
export function valuesOfTest(test: Test, universe: readonly Range[], line: TextLine): TestValues {
  const values = test.operands.flatMap(valuesOf);
  const patterns = values.flatMap((value) =>
    value.kind === 'pattern' && isOpen(value.text, test) ? [value.text] : [],
  );
  const ofOperands = test.operands.map((operand) => rangesOfOperand(operand, test, universe, line));
  const ranges = ofOperands.length === 1 ? ofOperands[0]! : joinRanges(ofOperands.flat());
  const first = ranges[0];
  const named = { ranges: intersectRanges(ranges, universe), patterns, not: NEGATED.has(test.operator) };
  if (first === undefined) return named;
  const below = first.low === 0n ? [] : [{ low: 0n, high: first.low - 1n }];
  const upTo = [{ low: 0n, high: first.high }];
  switch (test.operator) {
    case '<':
      return { ...named, ranges: intersectRanges(universe, below) };
    case '<=':
      return { ...named, ranges: intersectRanges(universe, upTo) };
    case '>':
      return { ...named, ranges: subtractRanges(universe, upTo) };
    case '>=':
      return { ...named, ranges: subtractRanges(universe, below) };
    case '=':
    case '!=':
    case 'in':
    case 'not in':
    case 'like':
    case 'not like':
    case 'has':
    case 'not has':
      return named;
  }
}

const NEGATED: ReadonlySet<TestOperator> = new Set(['!=', 'not in', 'not like', 'not has']);

/** Whether texts that no rule names may fit a pattern, and others not: that is, whether it is no set of places. */
function isOpen(pattern: string, { field }: Test): boolean {
  return /\*/.test(pattern) && /[^*]/.test(pattern) && closedValues(field) === undefined;
}

function closedValues(column: string): readonly string[] | undefined {
  return (FIELD_BY_COLUMN.get(column) ?? DERIVED_BY_COLUMN.get(column))?.values;
}

const ofLists = new WeakMap<readonly Value[], readonly Range[]>();

/** An operand's values, joined. A list of addresses may be long, and many rules may name it: it is joined once. */
function rangesOfOperand(operand: Operand, test: Test, universe: readonly Range[], line: TextLine): readonly Range[] {
  const values = valuesOf(operand);
  const known = ofLists.get(values);
  if (known !== undefined) return known;
  // one value's ranges are joined already
  if (values.length === 1) return rangesOf(values[0]!, test, universe, line);
  const ranges = joinRanges(values.flatMap((value) => rangesOf(value, test, universe, line)));
  if (operand.kind === 'list' && values[0]?.kind === 'addresses') ofLists.set(values, ranges);
  return ranges;
}

function rangesOf(value: Value, test: Test, universe: readonly Range[], line: TextLine): readonly Range[] {
  switch (value.kind) {
    case 'numbers':
      return [{ low: BigInt(value.low), high: BigInt(value.high) }];
    case 'addresses':
      return [value];
    case 'text':
      return [point(line.place(value.text))];
    case 'flags':
      return numbersWithBits(value.mask, universe);
    case 'pattern':
      return isOpen(value.text, test) ? [] : rangesOfClosed(value.text, test.field, universe, line);
  }
}

function rangesOfClosed(pattern: string, column: string, universe: readonly Range[], line: TextLine): readonly Range[] {
  const values = closedValues(column);
  if (values !== undefined) return values.filter(compilePattern(pattern)).map((text) => point(line.place(text)));
  return pattern !== '' && /^\*+$/.test(pattern) ? universe : [point(line.place(pattern))];
}

const byMask = new Map<number, readonly Range[]>();

/** The numbers of a small field in which all bits of a mask are set. */
function numbersWithBits(mask: number, universe: readonly Range[]): readonly Range[] {
  const known = byMask.get(mask);
  if (known !== undefined) return known;
  const last = Number(universe.at(-1)?.high ?? 0n);
  const ranges: { low: bigint; high: bigint }[] = [];
  for (let number = mask; number <= last; number = (number + 1) | mask) {
    const place = BigInt(number);
    if (ranges.at(-1)?.high === place - 1n) ranges.at(-1)!.high = place;
    else ranges.push({ low: place, high: place });
  }
  byMask.set(mask, ranges);
  return ranges;
}

function point(place: bigint): Range {
  return { low: place, high: place };
}

/** Ranges in any order, as a sorted list of ranges that do not touch. */
function joinRanges(ranges: readonly Range[]): readonly Range[] {
  const joined: { low: bigint; high: bigint }[] = [];
  for (const { low, high } of ranges.toSorted((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || low > last.high + 1n) joined.push({ low, high });
    else if (high > last.high) last.high = high;
  }
  return joined;
}

/** What two sorted lists of ranges have in common. */
function intersectRanges(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  // whatever lies in one range stays what it is, which keeps long lists from being copied
  if (b.length === 1 && a.length > 0 && b[0]!.low <= a[0]!.low && a.at(-1)!.high <= b[0]!.high) return a;
  // kept as it is, so that what is known of it is not worked out again
  if (b.length === 1 && a.length > 0 && a[0]!.low >= b[0]!.low && a.at(-1)!.high <= b[0]!.high) return a;
  const common: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const low = a[i]!.low > b[j]!.low ? a[i]!.low : b[j]!.low;
    const high = a[i]!.high < b[j]!.high ? a[i]!.high : b[j]!.high;
    if (low <= high) common.push({ low, high });
    if (a[i]!.high < b[j]!.high) i++;
    else j++;
  }
  return common;
}

/** What a sorted list of ranges has and another has not. */
export function subtractRanges(from: readonly Range[], without: readonly Range[]): readonly Range[] {
  const rest: Range[] = [];
  let j = 0;
  for (const { low, high } of from) {
    let start = low;
    while (j < without.length && without[j]!.high < start) j++;
    for (let k = j; k < without.length && without[k]!.low <= high && start <= high; k++) {
      if (without[k]!.low > start) rest.push({ low: start, high: without[k]!.low - 1n });
      start = without[k]!.high + 1n;
    }
    if (start <= high) rest.push({ low: start, high });
  }
  return rest;
}

/** What two sets have in common. */
export function intersectSets(a: ValueSet, b: ValueSet): ValueSet {
  return { ranges: intersectRanges(a.ranges, b.ranges), null: a.null && b.null };
}

/** What one or the other of two sets has. */
export function uniteSets(a: ValueSet, b: ValueSet): ValueSet {
  return { ranges: joinRanges([...a.ranges, ...b.ranges]), null: a.null || b.null };
}

/** True for a set without any value, null included. */
export function isEmptySet(set: ValueSet): boolean {
  return set.ranges.length === 0 && !set.null;
}
