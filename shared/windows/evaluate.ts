/**
 * Sliding windows over folded hours. A window ends only at a minute that holds a match; at minute m it covers
 * (m - window, m] in whole minutes, and m is its event time.
 */
import type { FieldValue } from '../flow/columns.ts';
import type { Measure, Rule, Threshold } from '../rules/rule.ts';
import { codesOf } from './codes.ts';
import { groupText, internersOf, ruleOfGroup, valueCodesOf, type Contributions, type Place } from './contributions.ts';
import { windowMinutes } from './contribute.ts';
import type { Crossing, Evidence } from './evidence.ts';
import type { Hour } from './hour.ts';
import { sampleRecord, SAMPLES } from './samples.ts';

/** One minute of a group; `from` is the hour that holds it. */
interface Step {
  readonly from: Indexed;
  /** Row of the hour's cells. */
  readonly row: number;
  readonly minute: number;
}

/** An hour whose rows can be found by group. */
interface Indexed {
  readonly hour: Hour;
  /** Rows in order of group and minute; those of group g are from `starts[g]` to `starts[g + 1]`. */
  readonly rows: Uint32Array;
  readonly starts: Uint32Array;
}

/**
 * Every group's first window in each suppress period that ends in `hour` and meets its rule's threshold.
 * A window is at most an hour long, so that `before`, the hour before it, is all that it can reach into.
 *
 * @param rules by `stateKey`; groups of other rules are passed over
 */
export function* evaluateHour(
  rules: ReadonlyMap<string, Rule>,
  hour: Hour,
  before: Hour | undefined,
): Generator<Crossing> {
  const now = indexed(hour);
  const earlier = before === undefined ? undefined : { ...indexed(before), find: groupFinder(hour, before) };
  for (const [group, text] of hour.groups.entries()) {
    const rule = rules.get(hour.rules[ruleOfGroup(text)]!.key);
    if (rule?.window === undefined) continue;
    const same = earlier?.find(text);
    const { when } = rule.window;
    if (!canCross(when, now, group, earlier, same)) continue;
    const steps = same === undefined ? stepsOf(now, group) : [...stepsOf(earlier!, same), ...stepsOf(now, group)];
    yield* slide(rule, when, now, group, steps);
  }
}

/** Moves the window over the group's minutes. */
function* slide(rule: Rule, when: Threshold, now: Indexed, group: number, steps: readonly Step[]): Generator<Crossing> {
  const minutes = windowMinutes(rule.window!.seconds);
  const measured = measuring(when.measure);
  let tail = 0;
  let reported: number | undefined;
  for (const [head, step] of steps.entries()) {
    measured.add(step);
    while (steps[tail]!.minute <= step.minute - minutes) measured.remove(steps[tail++]!);
    if (step.from !== now) continue;
    const period = Math.floor((step.minute * 60) / rule.suppress);
    if (period === reported || !crosses(when, measured.value())) continue;
    reported = period;
    yield {
      rule,
      group: valuesOf(now.hour, group),
      time: step.minute * 60,
      start: (step.minute - minutes + 1) * 60,
      end: (step.minute + 1) * 60,
      value: measured.value(),
      evidence: evidenceOf(steps.slice(tail, head + 1)),
    };
  }
}

function crosses(when: Threshold, value: number): boolean {
  return when.operator === '>' ? value > when.value : value >= when.value;
}

/** False where even all minutes together can't meet the threshold: noise is mostly groups of one record. */
function canCross(
  when: Threshold,
  now: Indexed,
  group: number,
  earlier: Indexed | undefined,
  same: number | undefined,
): boolean {
  const column = when.measure.kind === 'sum' ? 'sum' : 'count';
  const most = total(now, group, column) + (same === undefined ? 0 : total(earlier!, same, column));
  return crosses(when, most);
}

function total({ hour, rows, starts }: Indexed, group: number, column: 'sum' | 'count'): number {
  let sum = 0;
  for (let at = starts[group]!; at < starts[group + 1]!; at++) sum += hour.cells[column][rows[at]!]!;
  return sum;
}

interface Measuring {
  add(step: Step): void;
  remove(step: Step): void;
  value(): number;
}

function measuring(measure: Measure): Measuring {
  switch (measure.kind) {
    case 'count':
    case 'sum': {
      const column = measure.kind;
      let sum = 0;
      return {
        add: ({ from, row }) => (sum += from.hour.cells[column][row]!),
        remove: ({ from, row }) => (sum -= from.hour.cells[column][row]!),
        value: () => sum,
      };
    }
    case 'distinct': {
      /** In how many of the window's minutes a value is. */
      const minutes = new Map<FieldValue, number>();
      return {
        add({ from: { hour }, row }) {
          for (const code of codesOf(hour.cells.distinct[row]!)) {
            const value = hour.values[code]!;
            minutes.set(value, (minutes.get(value) ?? 0) + 1);
          }
        },
        remove({ from: { hour }, row }) {
          for (const code of codesOf(hour.cells.distinct[row]!)) {
            const value = hour.values[code]!;
            const left = minutes.get(value)! - 1;
            if (left === 0) minutes.delete(value);
            else minutes.set(value, left);
          }
        },
        value: () => minutes.size,
      };
    }
  }
}

function evidenceOf(steps: readonly Step[]): Evidence {
  let records = 0;
  let packets = 0;
  let bytes = 0;
  let first = Number.MAX_SAFE_INTEGER;
  let last = Number.MIN_SAFE_INTEGER;
  const places = new Set<Place>();
  for (const { from, row, minute } of steps) {
    const { cells } = from.hour;
    records += cells.count[row]!;
    packets += cells.packets[row]!;
    bytes += cells.bytes[row]!;
    first = Math.min(first, minute * 60 + cells.first[row]!);
    last = Math.max(last, minute * 60 + cells.last[row]!);
    for (const code of codesOf(cells.places[row]!)) places.add(from.hour.places[code]!);
  }
  return { records, packets, bytes, first, last, places, samples: samplesIn(steps) };
}

/** The window's earliest samples. */
function samplesIn(steps: readonly Step[]): Evidence['samples'] {
  const from = steps[0]!.minute;
  const to = steps.at(-1)!.minute;
  const hours = new Map(steps.map((step) => [step.from.hour, step.from.hour.cells.group[step.row]!]));
  return [...hours]
    .flatMap(([hour, group]) =>
      hour.samples.flatMap((samples) => {
        const found = [];
        for (let row = firstOf(samples.group, group); samples.group[row] === group; row++) {
          const minute = samples.minute[row]!;
          if (minute >= from && minute <= to) found.push({ minute, record: sampleRecord(samples, row, hour.values) });
        }
        return found;
      }),
    )
    .sort((a, b) => a.minute - b.minute)
    .slice(0, SAMPLES)
    .map(({ record }) => record);
}

/** The first row that is not before `group` in an ascending column. */
function firstOf(column: readonly number[], group: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < group) low = middle + 1;
    else high = middle;
  }
  return low;
}

function stepsOf(from: Indexed, group: number): Step[] {
  return Array.from(from.rows.subarray(from.starts[group], from.starts[group + 1]), (row) => ({
    from,
    row,
    minute: from.hour.cells.minute[row]!,
  }));
}

function valuesOf(hour: Hour, group: number): readonly FieldValue[] {
  return valueCodesOf(hour.groups[group]!).map((code) => hour.values[code]!);
}

/** Orders rows by minute, then, keeping that order, by group. */
function indexed(hour: Hour): Indexed {
  const { group, minute } = hour.cells;
  const byMinute = countingSort(
    Uint32Array.from(group, (_, row) => row),
    (row) => minute[row]! % 60,
    60,
  );
  const { rows, starts } = countingSort(byMinute.rows, (row) => group[row]!, hour.groups.length);
  return { hour, rows, starts };
}

function countingSort(
  from: Uint32Array,
  keyOf: (row: number) => number,
  keys: number,
): { readonly rows: Uint32Array; readonly starts: Uint32Array } {
  const starts = new Uint32Array(keys + 1);
  for (const row of from) starts[keyOf(row) + 1]! += 1;
  for (let key = 0; key < keys; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const rows = new Uint32Array(from.length);
  for (const row of from) rows[next[keyOf(row)]!++] = row;
  return { rows, starts };
}

/** Finds a group of `hour` in `other`, whose dictionaries are its own. */
function groupFinder(hour: Contributions, other: Contributions): (group: string) => number | undefined {
  const { rules, values, groups } = internersOf(other);
  return (group) => {
    const rule = rules.find(hour.rules[ruleOfGroup(group)]!);
    if (rule === undefined) return undefined;
    const codes: number[] = [];
    for (const code of valueCodesOf(group)) {
      const found = values.find(hour.values[code]!);
      if (found === undefined) return undefined;
      codes.push(found);
    }
    return groups.find(groupText(rule, codes));
  };
}
