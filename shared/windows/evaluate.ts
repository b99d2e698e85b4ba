/**
 * Sliding windows over folded hours. A window ends only at a minute that holds a match; at minute m it covers
 * (m - window, m] in whole minutes, and m is its event time.
 */
import type { FlowRecord } from '../flow/columns.ts';
import type { Measure, Rule, Threshold } from '../rules/rule.ts';
import { windowMinutes } from './contribute.ts';
import type { Crossing, Evidence } from './evidence.ts';
import type { Hour } from './hour.ts';
import { NONE } from './pairs.ts';
import { placeOfPath, rulesOfPaths, valuesOfPath } from './paths.ts';
import { sampleRecord, SAMPLES } from './samples.ts';
import { translator } from './translate.ts';

/** One minute of a group; `from` is the hour that holds it. */
interface Step {
  readonly from: Hour;
  /** Row of the hour's cells. */
  readonly row: number;
  readonly minute: number;
}

/** A group that may cross its rule's threshold, as all its minutes together do. */
interface Candidate {
  readonly rule: Rule;
  readonly seconds: number;
  readonly when: Threshold;
  readonly group: number;
  /** The same group in the hour before; {@link NONE} where it has none. */
  readonly earlier: number;
}

/**
 * Every group's windows that end in `hour` and meet its rule's threshold: the strongest of each suppress period.
 * A window is at most an hour long, so that `before`, the hour before it, is all that it can reach into.
 *
 * @param rules by `stateKey`; groups of other rules are passed over
 */
export function* evaluateHour(
  rules: ReadonlyMap<string, Rule>,
  hour: Hour,
  before: Hour | undefined,
): Generator<Crossing> {
  const candidates = candidatesIn(rules, hour, before);
  if (candidates.length === 0) return;
  const stepsNow = stepsOf(hour, new Set(candidates.map(({ group }) => group)));
  const stepsBefore = before && stepsOf(before, new Set(candidates.map(({ earlier }) => earlier)));
  const codeNow = codesIn(hour, before);
  for (const candidate of candidates) {
    const steps = [...(stepsBefore?.get(candidate.earlier) ?? []), ...(stepsNow.get(candidate.group) ?? [])];
    yield* slide(candidate, hour, steps, codeNow);
  }
}

/** Passes over groups whose minutes all together can't meet the threshold: noise is mostly groups of one record. */
function candidatesIn(rules: ReadonlyMap<string, Rule>, hour: Hour, before: Hour | undefined): readonly Candidate[] {
  const found: Candidate[] = [];
  const ruleOf = rulesOfPaths(hour.paths);
  const known = hour.rules.map(({ key }) => rules.get(key));
  const totals = totalsByGroup(rules, hour);
  const totalsBefore = before && totalsByGroup(rules, before);
  const translate = before && translator(hour, before, false);
  for (let group = 0; group < totals.length; group++) {
    const rule = known[ruleOf[group]!];
    if (rule?.condition.kind !== 'window') continue;
    const { seconds, when } = rule.condition;
    const earlier = translate?.path(group) ?? NONE;
    const total = totals[group]! + (totalsBefore?.[earlier] ?? 0);
    if (crosses(when, when.measure.kind === 'rate' ? total / seconds : total))
      found.push({ rule, seconds, when, group, earlier });
  }
  return found;
}

/** By path: the sum of what a `sum` rule measures, else the number of records. */
function totalsByGroup(rules: ReadonlyMap<string, Rule>, { rules: refs, paths, cells }: Hour): Float64Array {
  const sums = refs.map(({ key }) => {
    const condition = rules.get(key)?.condition;
    return condition?.kind === 'window' && totalColumn(condition.when.measure) === 'sum';
  });
  const ruleOf = rulesOfPaths(paths);
  const totals = new Float64Array(paths.length);
  for (let row = 0; row < cells.length; row++) {
    const group = cells.group(row);
    totals[group]! += sums[ruleOf[group]!] === true ? cells.sum[row]! : cells.count[row]!;
  }
  return totals;
}

/** The minutes of some groups, in order. */
function stepsOf(from: Hour, groups: ReadonlySet<number>): ReadonlyMap<number, readonly Step[]> {
  const steps = new Map<number, Step[]>();
  const { cells } = from;
  for (let row = 0; row < cells.length; row++) {
    const group = cells.group(row);
    if (!groups.has(group)) continue;
    const step = { from, row, minute: cells.minute(row) };
    const known = steps.get(group);
    if (known === undefined) steps.set(group, [step]);
    else known.push(step);
  }
  for (const minutes of steps.values()) minutes.sort((a, b) => a.minute - b.minute);
  return steps;
}

/** Makes codes of values comparable between the two hours: negative for those that only the earlier one has. */
function codesIn(hour: Hour, before: Hour | undefined): (from: Hour, code: number) => number {
  const translate = before?.values.translateTo(hour.values, false);
  return (from, code) => {
    if (from === hour || translate === undefined) return code;
    const same = translate(code);
    return same === NONE ? -1 - code : same;
  };
}

/** Moves the window over the group's minutes. */
function* slide(
  { rule, seconds, when, group }: Candidate,
  hour: Hour,
  steps: readonly Step[],
  codeNow: (from: Hour, code: number) => number,
): Generator<Crossing> {
  const minutes = windowMinutes(seconds);
  const measured = measuring(when.measure, seconds, codeNow);
  const crossingOf = (found: Found): Crossing => {
    const { minute } = steps[found.head]!;
    return {
      rule,
      group: valuesOfPath(hour, group),
      time: minute * 60,
      start: (minute - minutes + 1) * 60,
      end: (minute + 1) * 60,
      value: found.value,
      evidence: evidenceOf(steps.slice(found.tail, found.head + 1)),
    };
  };
  let tail = 0;
  let best: Found | undefined;
  for (const [head, step] of steps.entries()) {
    measured.add(step);
    while (steps[tail]!.minute <= step.minute - minutes) measured.remove(steps[tail++]!);
    if (step.from !== hour) continue;
    const value = measured.value();
    if (!crosses(when, value)) continue;
    const period = Math.floor((step.minute * 60) / rule.suppress);
    if (best !== undefined && best.period !== period) yield crossingOf(best);
    if (best?.period !== period || value > best.value) best = { period, tail, head, value };
  }
  if (best !== undefined) yield crossingOf(best);
}

/** A window that meets the threshold: from the step `tail` to the step `head`. */
interface Found {
  readonly period: number;
  readonly tail: number;
  readonly head: number;
  readonly value: number;
}

function crosses(when: Threshold, value: number): boolean {
  return when.operator === '>' ? value > when.value : value >= when.value;
}

interface Measuring {
  add(step: Step): void;
  remove(step: Step): void;
  value(): number;
}

/** The column of cells that a measure adds up; `distinct` is bounded by the number of records. */
function totalColumn(measure: Measure): 'count' | 'sum' {
  return measure.kind === 'sum' || (measure.kind === 'rate' && measure.field !== undefined) ? 'sum' : 'count';
}

function measuring(measure: Measure, seconds: number, codeNow: (from: Hour, code: number) => number): Measuring {
  switch (measure.kind) {
    case 'count':
    case 'sum':
    case 'rate': {
      const column = totalColumn(measure);
      const divisor = measure.kind === 'rate' ? seconds : 1;
      let sum = 0;
      return {
        add: ({ from, row }) => (sum += from.cells[column][row]!),
        remove: ({ from, row }) => (sum -= from.cells[column][row]!),
        value: () => sum / divisor,
      };
    }
    case 'distinct': {
      /** In how many of the window's minutes a value is. */
      const minutes = new Map<number, number>();
      return {
        add({ from, row }) {
          for (const each of from.cells.distinct.codesOf(row)) {
            const code = codeNow(from, each);
            minutes.set(code, (minutes.get(code) ?? 0) + 1);
          }
        },
        remove({ from, row }) {
          for (const each of from.cells.distinct.codesOf(row)) {
            const code = codeNow(from, each);
            const left = minutes.get(code)! - 1;
            if (left === 0) minutes.delete(code);
            else minutes.set(code, left);
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
  const seen = new Map<Hour, Set<number>>();
  for (const { from, row, minute } of steps) {
    const { cells } = from;
    records += cells.count[row]!;
    packets += cells.packets[row]!;
    bytes += cells.bytes[row]!;
    first = Math.min(first, minute * 60 + cells.first[row]!);
    last = Math.max(last, minute * 60 + cells.last[row]!);
    const paths = seen.get(from) ?? new Set();
    seen.set(from, paths);
    for (const path of cells.places.codesOf(row)) paths.add(path);
  }
  const places = [...seen].flatMap(([hour, paths]) => Array.from(paths, (path) => placeOfPath(hour, path)));
  return {
    records,
    packets,
    bytes,
    first,
    last,
    places,
    samples: samplesIn(steps),
  };
}

/** The window's earliest samples. */
function samplesIn(steps: readonly Step[]): Evidence['samples'] {
  const found: FlowRecord[] = [];
  for (const { from, row: cell } of steps) {
    for (const samples of from.samples) {
      for (let row = firstOf(samples.cell, cell); samples.cell[row] === cell && found.length < SAMPLES; row++) {
        found.push(sampleRecord(samples, row, from.values));
      }
    }
    if (found.length === SAMPLES) break;
  }
  return found;
}

/** The first row that is not before `cell` in an ascending column. */
function firstOf(column: Int32Array, cell: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}
