/**
 * What a delta says of all records that it was made of, also of those that matched nothing: how far they reach, and how
 * late they are. That a group is absent can be known only where what would end the absence would have come.
 */
import type { ColumnBatch } from '../flow/columns.ts';
import { LATENESS } from '../flow/lateness.ts';
import { newestEnd } from '../flow/newest-end.ts';

/** What comes so late is history, and all of it may take its time, seconds: the lateness limit. */
export const LATENESS_LIMIT = 86_400;

/** What came together, and when. */
export interface Arrivals {
  /** Unix seconds, by the clock of whoever wrote it. */
  readonly at: number;
  /** The newest `end` of a record, Unix seconds. */
  readonly newest: number;
  /** Event hours (Unix time in hours) of records that came late, and until when more of them is waited for, Unix seconds. */
  readonly late: readonly (readonly [hour: number, until: number])[];
}

/** Sums up what came at a time (Unix seconds); undefined where nothing did. */
export function arrivalsOf(batches: readonly ColumnBatch[], at: number): Arrivals | undefined {
  const newest = newestEnd(batches);
  if (newest === undefined) return undefined;
  const oldest = new Map<number, number>();
  for (const { time } of batches) {
    for (const start of time) {
      if (at - start <= LATENESS) continue;
      const hour = Math.floor(start / 3600);
      oldest.set(hour, Math.min(oldest.get(hour) ?? start, start));
    }
  }
  const late = Array.from(oldest, ([hour, start]) => [hour, at + asLongAgain(at - start)] as const);
  // what claims to be of the future says no more than that it is there
  return { at, newest: Math.min(newest, at), late };
}

/** For how long more is waited for, where something is so late, seconds: what took so long shows how long the rest may take. */
export function asLongAgain(seconds: number): number {
  return Math.min(seconds, LATENESS_LIMIT);
}
