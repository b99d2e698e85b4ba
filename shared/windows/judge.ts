/** Which hours to judge for absences: those that became due or have changed since they were judged last. */
import type { ObjectStore } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { dueAt, isStreamedAbsence, judgeHour } from './absence.ts';
import type { Crossing } from './evidence.ts';
import type { Hour } from './hour.ts';
import { isClosed, isUnreadable, loadHour, type ListedHour, type UnreadableState } from './hours.ts';
import type { Judgement, Judgements } from './judged.ts';

/** What judging works with. */
export interface JudgeOptions {
  readonly store: ObjectStore;
  /** By `stateKey`. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The hours that are stored, in order of time. */
  readonly hours: readonly ListedHour[];
  /** What was judged before. */
  readonly before: Judgements;
  /** As of when, Unix seconds. */
  readonly now: number;
  /** Whether what would end absences of an hour may be on its way, however old it is. */
  readonly isHeld: (hour: number) => boolean;
  /** Hours to read at most; the others are judged next time. */
  readonly most: number;
  /** Makes alerts of crossings, known ones included; resolves when they are safe. */
  readonly raise: (crossings: readonly Crossing[]) => Promise<void>;
}

/** What judging did. */
export interface JudgingResult {
  readonly judgements: Judgements;
  /** Hours that are still to be judged, however old they are. */
  readonly waiting: ReadonlySet<number>;
  /** Hours that could not be judged, as their state can't be read. */
  readonly unreadable: readonly UnreadableState[];
}

/** Judges the absences of every hour that needs it. */
export async function judgeAbsences(options: JudgeOptions): Promise<JudgingResult> {
  const { store, rules, hours, before, now, isHeld, raise } = options;
  const spans = [...rules.values()].filter(isStreamedAbsence).map(({ condition }) => condition.seconds);
  const judgements = new Map<number, Judgement>();
  const waiting = new Set<number>();
  const unreadable: UnreadableState[] = [];
  const read = reader(store);
  let left = options.most;
  for (const listed of hours) {
    const { hour } = listed;
    const looks = `${listed.modified.getTime()} ${listed.size}`;
    const last = before.get(hour);
    const firstDue = dueAt(hour * 60, Math.min(...spans));
    const lastDue = dueAt(hour * 60 + 59, Math.max(...spans));
    const isJudged = last?.looks === looks && last.until >= Math.min(now, lastDue);
    if (last !== undefined) judgements.set(hour, last);
    if (isJudged) continue;
    if (isHeld(hour)) waiting.add(hour);
    else if (now >= firstDue && left-- <= 0) waiting.add(hour);
    else if (now >= firstDue) {
      const [state, next] = [await read(hour), await read(hour + 1)];
      const broken = [state, next].filter((one) => isUnreadable<UnreadableState>(one));
      unreadable.push(...broken.slice(0, 1));
      if (broken.length > 0 || typeof state !== 'object' || isUnreadable(state) || isUnreadable(next)) continue;
      const crossings = [...judgeHour(rules, { hour, state, next }, now)];
      if (crossings.length > 0) await raise(crossings);
      judgements.set(hour, { looks, until: now });
    }
  }
  return { judgements, waiting, unreadable };
}

type Readable = Hour | 'closed' | UnreadableState | undefined;

/** Reads hours in order, each once: what is the next of one is the following one itself. */
function reader(store: ObjectStore): (hour: number) => Promise<Readable> {
  let known: { readonly hour: number; readonly state: Readable } | undefined;
  return async (hour) => {
    if (known?.hour !== hour) {
      const state = (await loadHour(store, hour)) ?? ((await isClosed(store, hour)) ? 'closed' : undefined);
      known = { hour, state };
    }
    return known.state;
  };
}
