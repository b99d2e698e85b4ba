/**
 * Sequences: a window of a rule's own matches (A), then a match of its sequel (B) in the same group. It holds when a
 * window of A ends at minute m and B matches at minute n, m ≤ n ≤ m + within; n is the event time.
 *
 * B's matches are kept as if they were those of a rule of their own, which nothing but its sequence looks at.
 */
import type { Rule, Sequel } from '../rules/rule.ts';
import type { Crossing } from './evidence.ts';
import { gatherEvidence } from './gather.ts';
import type { Hour } from './hour.ts';
import { rulesOfPaths, valuesOfPath } from './paths.ts';
import { slideWindows, type Window } from './slide.ts';
import { stepsOf, type Step } from './steps.ts';
import { translator } from './translate.ts';

/** The key of the state of a rule's sequel. */
export function sequelKey(stateKey: string): string {
  return `${stateKey}.then`;
}

/**
 * The rule that collects the matches of a rule's sequel; none where it has no sequel. What the rule leaves out (`except`)
 * is left out of both.
 */
export function sequelOf(rule: Rule): readonly Rule[] {
  const { condition } = rule;
  if (condition.kind !== 'window' || condition.then === undefined) return [];
  const { where, within } = condition.then;
  const when = { measure: { kind: 'count' }, operator: '>=', value: 1, text: 'count() >= 1' } as const;
  const collected = { kind: 'window', seconds: within, when, then: undefined } as const;
  return [{ ...rule, where, condition: collected, stateKey: sequelKey(rule.stateKey) }];
}

/** Every sequence whose sequel lies in `hour`: of each group and suppress period the one with the strongest window. */
export function* evaluateSequences(
  rules: ReadonlyMap<string, Rule>,
  hour: Hour,
  [before, beforeThat]: readonly [Hour | undefined, Hour | undefined],
): Generator<Crossing> {
  const sequels = sequelsIn(rules, hour);
  if (sequels.length === 0) return;
  const windows = new Map(sequels.map(({ group }) => [group, [] as Window[]]));
  for (const [end, earlier] of [[before, beforeThat] as const, [hour, before] as const]) {
    if (end === undefined) continue;
    const toSequel = translator(end, hour, false, sequelKey);
    const isFollowed = ({ condition }: Rule, group: number): boolean =>
      condition.kind === 'window' && condition.then !== undefined && windows.has(toSequel.path(group));
    for (const window of slideWindows(rules, end, earlier, isFollowed)) {
      windows.get(toSequel.path(window.group))!.push(window);
    }
  }
  const steps = stepsOf(hour, new Set(windows.keys()));
  for (const sequel of sequels) yield* join(sequel, hour, windows.get(sequel.group)!, steps.get(sequel.group)!);
}

/** Matches of a sequel in one group. */
interface SequelGroup {
  readonly rule: Rule;
  readonly sequel: Sequel;
  /** A path of the hour. */
  readonly group: number;
}

function sequelsIn(rules: ReadonlyMap<string, Rule>, { rules: refs, paths, cells }: Hour): readonly SequelGroup[] {
  const bySequel = new Map(Array.from(rules, ([key, rule]) => [sequelKey(key), rule]));
  const known = refs.map(({ key }) => bySequel.get(key));
  const ruleOf = rulesOfPaths(paths);
  const found = new Map<number, SequelGroup>();
  for (let row = 0; row < cells.length; row++) {
    const group = cells.group(row);
    const rule = known[ruleOf[group]!];
    if (rule?.condition.kind !== 'window' || rule.condition.then === undefined || found.has(group)) continue;
    found.set(group, { rule, sequel: rule.condition.then, group });
  }
  return [...found.values()];
}

/** A window and the minute of the sequel that follows it. */
interface Pair {
  readonly window: Window;
  readonly step: Step;
}

/** Of the pairs of windows and minutes of the sequel the strongest of each suppress period. */
function* join(
  { rule, sequel, group }: SequelGroup,
  hour: Hour,
  windows: readonly Window[],
  steps: readonly Step[],
): Generator<Crossing> {
  const within = Math.ceil(sequel.within / 60);
  const byPeriod = new Map<number, Pair>();
  for (const step of steps) {
    const period = Math.floor((step.minute * 60) / rule.suppress);
    for (const window of windows) {
      if (window.minute > step.minute || step.minute > window.minute + within) continue;
      const best = byPeriod.get(period);
      if (best === undefined || window.value > best.window.value) byPeriod.set(period, { window, step });
    }
  }
  for (const { window, step } of byPeriod.values()) {
    yield {
      rule,
      group: valuesOfPath(hour, group),
      time: step.minute * 60,
      start: (window.minute - window.minutes + 1) * 60,
      end: (step.minute + 1) * 60,
      value: window.value,
      evidence: gatherEvidence(window.steps(), step),
    };
  }
}
