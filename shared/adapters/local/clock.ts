/** The time: the machine's, or one that the user sets (`--now`). */
import type { Clock } from '../../ports.ts';

/** The machine's own time. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still at `time`. */
export function fixedClock(time: Date): Clock {
  const milliseconds = time.getTime();
  return { now: () => new Date(milliseconds) };
}

/** A day, or a moment with minutes and perhaps seconds and a zone; without a zone it is UTC. */
const isoTime = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Reads an ISO 8601 time (`2026-11-03`, `2026-11-03T04:05:06Z`, `…+09:00`); undefined where it is none. */
export function parseTime(text: string): Date | undefined {
  const [, day, time = '00:00', zone = 'Z'] = isoTime.exec(text.trim()) ?? [];
  if (day === undefined) return undefined;
  // Date takes 30 February for 1 March.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const moment = new Date(`${day}T${time}${zone.toUpperCase().replace(/(\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
