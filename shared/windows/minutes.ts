/** Spans of time in whole minutes, by which windows slide. */

/** The length of a window (or absence) in whole minutes: at minute m a window covers (m - length, m]. */
export function windowMinutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}
