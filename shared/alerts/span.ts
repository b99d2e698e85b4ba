/** Times as alerts say them, and the time that an alert is about. */
import type { Alert } from './alert.ts';

/** ISO 8601, the end not included. */
export interface Span {
  readonly start: string;
  readonly end: string;
}

/**
 * An alert's suppress period, with its window where that begins before or ends after it. Periods do not depend on what
 * arrived first, so neither does what is told from them.
 */
export function spanOf({ period, window }: Alert): Span {
  return {
    start: period.start < window.start ? period.start : window.start,
    end: period.end > window.end ? period.end : window.end,
  };
}

/** Whether the two have time in common. */
export function overlap(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Unix seconds as ISO 8601 in UTC, to the second: `2026-11-24T07:31:00Z`. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
