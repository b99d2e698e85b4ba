/**
 * Absence: a group that matched, and then did not for so many minutes. A match that is on its way can undo it, so it is
 * judged only when none can be expected any more.
 *
 * The event time is m, the last minute in which the group was seen: it is the same whenever, and from however many
 * parts, the gap is judged, and every gap has one of its own.
 */
import { LATENESS } from '../flow/lateness.ts';
import { memoryOf, type AbsenceCondition, type Rule } from '../rules/rule.ts';
import type { Crossing } from './evidence.ts';
import { gatherEvidence } from './gather.ts';
import type { Hour } from './hour.ts';
import { windowMinutes } from './minutes.ts';
import { rulesOfPaths, valuesOfPath } from './paths.ts';
import { stepsOf } from './steps.ts';
import { translator } from './translate.ts';

/** When the absence after a minute is judged, Unix seconds: its own length and what may be late have to be over. */
export function dueAt(minute: number, seconds: number): number {
  return (minute + 1 + windowMinutes(seconds)) * 60 + LATENESS;
}

/** A rule about absence. */
export type AbsenceRule = Rule & { readonly condition: AbsenceCondition };

/** Whether a rule is about an absence that window state tells of. */
export function isStreamedAbsence(rule: Rule): rule is AbsenceRule {
  return rule.condition.kind === 'absence' && memoryOf(rule.condition) === 'stream';
}

/** An hour whose absences are judged; `next` is the one after it, where a match would end them. */
export interface JudgedHour {
  /** Unix time in hours. */
  readonly hour: number;
  readonly state: Hour;
  /** Of a closed hour nobody knows any more whether there was a match. */
  readonly next: Hour | 'closed' | undefined;
}

/**
 * Every absence that begins in an hour and is due: of each group and suppress period the first.
 *
 * @param rules by `stateKey`; groups of other rules are passed over
 * @param now Unix seconds
 */
export function* judgeHour(
  rules: ReadonlyMap<string, Rule>,
  { hour, state, next }: JudgedHour,
  now: number,
): Generator<Crossing> {
  const ruleOf = absencesOf(rules, state);
  const groups = new Set<number>();
  for (let row = 0; row < state.cells.length; row++) {
    if (ruleOf(state.cells.group(row)) !== undefined) groups.add(state.cells.group(row));
  }
  if (groups.size === 0) return;
  const nextMinute = firstMinutes(state, groups, next === 'closed' ? undefined : next);
  const known = next === 'closed' ? (hour + 1) * 60 : Number.POSITIVE_INFINITY;
  for (const [group, steps] of stepsOf(state, groups)) {
    const rule = ruleOf(group)!;
    const { seconds } = rule.condition;
    const minutes = windowMinutes(seconds);
    let raised: number | undefined;
    for (const [index, step] of steps.entries()) {
      const { minute } = step;
      const until = steps[index + 1]?.minute ?? nextMinute.get(group) ?? Number.POSITIVE_INFINITY;
      if (until <= minute + minutes || minute + minutes >= known || dueAt(minute, seconds) > now) continue;
      const period = Math.floor((minute * 60) / rule.suppress);
      if (period === raised) continue;
      raised = period;
      yield {
        rule,
        group: valuesOfPath(state, group),
        time: minute * 60,
        start: (minute + 1) * 60,
        end: (minute + 1 + minutes) * 60,
        value: 0,
        evidence: gatherEvidence([step]),
      };
    }
  }
}

/** Tells the rule of a group, if it is one about absence. */
function absencesOf(
  rules: ReadonlyMap<string, Rule>,
  { rules: refs, paths }: Hour,
): (group: number) => AbsenceRule | undefined {
  const known = refs.map(({ key }) => {
    const rule = rules.get(key);
    return rule !== undefined && isStreamedAbsence(rule) ? rule : undefined;
  });
  const ruleOf = rulesOfPaths(paths);
  return (group) => known[ruleOf[group]!];
}

/** The first minute of groups in the hour after theirs. */
function firstMinutes(state: Hour, groups: ReadonlySet<number>, next: Hour | undefined): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (next === undefined) return found;
  const translate = translator(state, next, false);
  const groupOf = new Map(Array.from(groups, (group) => [translate.path(group), group]));
  for (let row = 0; row < next.cells.length; row++) {
    const group = groupOf.get(next.cells.group(row));
    if (group === undefined) continue;
    const minute = next.cells.minute(row);
    found.set(group, Math.min(found.get(group) ?? minute, minute));
  }
  return found;
}
