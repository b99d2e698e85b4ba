/** What window state says of a rule. */
import type { Condition, Rule, Threshold } from '../rules/rule.ts';
import { windowMinutes } from './minutes.ts';

/** The rule that a group belongs to, and how groups are made of its matches. */
export interface RuleRef {
  readonly id: string;
  /** The rule's `stateKey`. */
  readonly key: string;
  /** The fields that make a group. */
  readonly by: readonly string[];
  /** The field of which distinct values are counted. */
  readonly distinct?: string;
  /** The field that is summed up. */
  readonly sum?: string;
  /** Length of its window (or absence), whole minutes. */
  readonly minutes: number;
  /**
   * How many records a group must have in an event hour for the hour to keep samples of it: half of what the threshold
   * asks for, as one of the two hours that a window reaches holds that many. Noise is mostly groups of one record, whose
   * samples would be most of the state. 0: no samples at all.
   */
  readonly samplesFrom: number;
}

/** What is kept of a rule; undefined for a rule whose memory does not stream. */
export function refOf({ id, stateKey: key, by, condition }: Rule): RuleRef | undefined {
  if (condition.kind !== 'window' && condition.kind !== 'absence') return undefined;
  const minutes = windowMinutes(condition.seconds);
  return { id, key, by, minutes, samplesFrom: samplesFrom(condition), ...measured(condition) };
}

function measured(condition: Condition): Pick<RuleRef, 'distinct' | 'sum'> {
  if (condition.kind !== 'window') return {};
  const { measure } = condition.when;
  if (measure.kind === 'distinct') return { distinct: measure.field };
  return measure.kind === 'count' || measure.field === undefined ? {} : { sum: measure.field };
}

function samplesFrom(condition: Condition): number {
  // of an absence the last record before it would have to be a sample, and any may turn out to be that one: as many
  // bytes as all records of the rule. (Rules that are asked of the lake look it up.)
  if (condition.kind !== 'window') return 0;
  return Math.max(1, Math.ceil(leastRecords(condition.when, condition.seconds) / 2));
}

/** How many records a window must have to meet a threshold. */
function leastRecords({ measure, value }: Threshold, seconds: number): number {
  switch (measure.kind) {
    case 'count':
    case 'distinct':
      return value;
    case 'rate':
      return measure.field === undefined ? value * seconds : 1;
    case 'sum':
      return 1;
  }
}
