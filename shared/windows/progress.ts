/**
 * How far records have come, which is the clock by which absences are judged where deliveries keep coming: it stands
 * still while a delivery does, and hours that are being filled out of order are left alone until that has ended.
 *
 * What it promises: where a record counts, an absence that it ends is never told if, of these, one is true.
 *
 * - It came before anything that is newer by LATENESS. Whole pipelines may stand still for as long as they like.
 * - It came late after an interruption, but no longer after it than that had lasted.
 * - It came late, and no longer after the last late one for its hour, or the hour before it, than that one was late: a
 *   backfill that goes on.
 *
 * Beyond a day nothing is waited for.
 */
import { AGGREGATION, LATENESS } from '../flow/lateness.ts';
import { asLongAgain, LATENESS_LIMIT, type Arrivals } from './arrivals.ts';

/** When nothing newer came for so long (seconds of event time), what comes first afterwards may not be what is oldest. */
const INTERRUPTION = LATENESS - AGGREGATION;

/** What is remembered of arrivals. */
export interface Progress {
  /** The newest `end` so far, Unix seconds; undefined before anything came. */
  readonly reached: number | undefined;
  /** Until when absences of an event hour (Unix time in hours), and of the one before it, are not judged, Unix seconds. */
  readonly held: ReadonlyMap<number, number>;
}

/** Before anything came. */
export const NO_PROGRESS: Progress = { reached: undefined, held: new Map() };

/** Progress after more has come. */
export function advance(progress: Progress, arrivals: readonly Arrivals[]): Progress {
  const held = new Map(progress.held);
  let { reached } = progress;
  for (const { at, newest, late } of arrivals.toSorted((a, b) => a.at - b.at)) {
    for (const [hour, until] of late) hold(held, hour, until);
    if (reached !== undefined && newest - reached > INTERRUPTION) {
      const until = at + asLongAgain(newest - reached);
      const first = Math.max(reached, newest - LATENESS_LIMIT) - LATENESS;
      for (let hour = Math.floor(first / 3600); hour <= Math.floor(newest / 3600); hour++) hold(held, hour, until);
    }
    reached = Math.max(reached ?? newest, newest);
  }
  return { reached, held };
}

/** What two writers know. */
export function unionOfProgress(one: Progress, other: Progress): Progress {
  const held = new Map(one.held);
  for (const [hour, until] of other.held) hold(held, hour, until);
  const reached = Math.max(one.reached ?? Number.NEGATIVE_INFINITY, other.reached ?? Number.NEGATIVE_INFINITY);
  return { reached: Number.isFinite(reached) ? reached : undefined, held };
}

/** Whether absences of an hour can't be judged yet, as what ends them may be on its way. */
export function isHeld({ held }: Progress, hour: number, now: number): boolean {
  return [hour, hour + 1].some((each) => (held.get(each) ?? Number.NEGATIVE_INFINITY) >= now);
}

/** Progress without what was waited for. */
export function withoutOver({ reached, held }: Progress, now: number): Progress {
  return { reached, held: new Map([...held].filter(([, until]) => until >= now)) };
}

function hold(held: Map<number, number>, hour: number, until: number): void {
  held.set(hour, Math.max(held.get(hour) ?? until, until));
}
