/** The time that an alert is about. */
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
