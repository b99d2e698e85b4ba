/**
 * Sliding windows over folded hours. A window ends only at a minute that holds a match; at minute m it covers
 * (m - window, m] in whole minutes.
 */
import type { Rule, Threshold } from '../rules/rule.ts';
import type { Hour } from './hour.ts';
import { crosses, ofTotal, startMeasuring, totalColumn } from './measuring.ts';
import { windowMinutes } from './minutes.ts';
import { NONE } from './pairs.ts';
import { rulesOfPaths } from './paths.ts';
import { stepsOf, type Step } from './steps.ts';
import { translator } from './translate.ts';

/** A window of one group that meets its rule's threshold. */
export interface Window {
  readonly rule: Rule;
  /** A path of the hour that the window ends in. */
  readonly group: number;
  /** Its last minute, Unix time in minutes. */
  readonly minute: number;
  /** How many minutes it covers. */
  readonly minutes: number;
  readonly value: number;
  /** Its minutes that hold matches, in order of time. */
  steps(this: void): readonly Step[];
}

/** Tells which rules' groups to look at; a group is a path of the hour. */
export type Wanted = (rule: Rule, group: number) => boolean;

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
 * Every window that ends in `hour` and meets its rule's threshold, those of one group together and in order of time.
 * A window is at most an hour long, so that `before`, the hour before it, is all that it can reach into.
 *
 * @param rules by `stateKey`; groups of other rules are passed over
 */
export function* slideWindows(
  rules: ReadonlyMap<string, Rule>,
  hour: Hour,
  before: Hour | undefined,
  wanted: Wanted,
): Generator<Window> {
  const candidates = candidatesIn(rules, hour, before, wanted);
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
function candidatesIn(
  rules: ReadonlyMap<string, Rule>,
  hour: Hour,
  before: Hour | undefined,
  wanted: Wanted,
): readonly Candidate[] {
  const found: Candidate[] = [];
  const ruleOf = rulesOfPaths(hour.paths);
  const known = hour.rules.map(({ key }) => rules.get(key));
  const totals = totalsByGroup(rules, hour);
  const totalsBefore = before && totalsByGroup(rules, before);
  const translate = before && translator(hour, before, false);
  for (let group = 0; group < totals.length; group++) {
    const rule = known[ruleOf[group]!];
    if (rule?.condition.kind !== 'window' || !wanted(rule, group)) continue;
    const { seconds, when } = rule.condition;
    const earlier = translate?.path(group) ?? NONE;
    const total = totals[group]! + (totalsBefore?.[earlier] ?? 0);
    if (crosses(when, ofTotal(when.measure, seconds, total))) found.push({ rule, seconds, when, group, earlier });
  }
  return found;
}

/** By path: the sum of what a `sum` rule measures, else the number of records. */
function totalsByGroup(rules: ReadonlyMap<string, Rule>, { rules: refs, paths, cells }: Hour): Float64Array {
  const columns = refs.map(({ key }) => {
    const condition = rules.get(key)?.condition;
    return condition?.kind === 'window' ? totalColumn(condition.when.measure) : 'count';
  });
  const ruleOf = rulesOfPaths(paths);
  const totals = new Float64Array(paths.length);
  for (let row = 0; row < cells.length; row++) {
    const group = cells.group(row);
    totals[group]! += cells[columns[ruleOf[group]!]!][row]!;
  }
  return totals;
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
): Generator<Window> {
  const minutes = windowMinutes(seconds);
  const measured = startMeasuring(when.measure, seconds, codeNow);
  let tail = 0;
  for (const [head, step] of steps.entries()) {
    measured.add(step);
    while (steps[tail]!.minute <= step.minute - minutes) measured.remove(steps[tail++]!);
    if (step.from !== hour) continue;
    const value = measured.value();
    if (!crosses(when, value)) continue;
    const from = tail;
    yield { rule, group, minute: step.minute, minutes, value, steps: () => steps.slice(from, head + 1) };
  }
}
