/** Judging absences in a run of folding: as of when, and what is remembered of it. */
import type { Clock, ObjectStore } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { isStreamedAbsence } from './absence.ts';
import type { Arrivals } from './arrivals.ts';
import type { Crossing } from './evidence.ts';
import type { ListedHour } from './hours.ts';
import { judgeAbsences, type JudgingResult } from './judge.ts';
import { recall, remember, type Memory } from './judged.ts';
import { advance, isHeld } from './progress.ts';

/** What judging works with. */
export interface JudgingOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly judgeAt: Date | 'arrived';
  readonly byKey: ReadonlyMap<string, Rule>;
  readonly raise: (crossings: readonly Crossing[]) => Promise<void>;
}

/** Absences in one run of folding. */
export interface Judging {
  /** Takes notice of what arrived. */
  note(arrivals: readonly Arrivals[]): void;
  /** Makes what was noticed and judged last. */
  save(): Promise<void>;
  /** Judges whatever hour needs it. */
  judge(hours: readonly ListedHour[]): Promise<Pick<JudgingResult, 'waiting' | 'unreadable'>>;
}

/** Hours read at most by one of many runs: a year that was filled in is judged bit by bit. */
const MOST = 200;

/** Starts judging; undefined where no rule is about absence. Nothing is read before it has to be. */
export function startJudging({ store, clock, judgeAt, byKey: rules, raise }: JudgingOptions): Judging {
  const keys = [...rules.entries()].flatMap(([key, rule]) => (isStreamedAbsence(rule) ? key : [])).sort();
  const now = clock.now().getTime() / 1000;
  let memory: Memory | undefined;
  let noted: Arrivals[] = [];
  const recalled = async (): Promise<Memory> => {
    memory ??= await recall(store, keys);
    if (judgeAt === 'arrived') memory = { ...memory, progress: advance(memory.progress, noted) };
    noted = [];
    return memory;
  };
  return {
    note: (arrivals) => void noted.push(...arrivals),
    async save() {
      if (keys.length > 0) memory = await remember(store, keys, await recalled(), now);
    },
    async judge(hours) {
      if (keys.length === 0) return { waiting: new Set(), unreadable: [] };
      const known = await recalled();
      const { progress } = known;
      const { judgements, ...result } = await judgeAbsences({
        store,
        rules,
        hours,
        before: known.judgements,
        raise,
        ...(judgeAt === 'arrived'
          ? {
              now: Math.min(now, progress.reached ?? Number.NEGATIVE_INFINITY),
              isHeld: (hour) => isHeld(progress, hour, now),
              most: MOST,
            }
          : { now: judgeAt.getTime() / 1000, isHeld: () => false, most: Number.POSITIVE_INFINITY }),
      });
      memory = { ...known, judgements };
      return result;
    },
  };
}
