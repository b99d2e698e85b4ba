/** Spans of days as people write them in a configuration: `30d`, `2w`, `7y`. */

const DAYS_IN: Readonly<Record<string, number>> = { d: 1, w: 7, y: 365 };

/** What such a text looks like. */
export const DAYS_PATTERN = /^[1-9]\d{0,4} ?[dwy]$/;

/** The days that a text stands for; undefined for a text that is no span. */
export function parseDays(text: string): number | undefined {
  return DAYS_PATTERN.test(text) ? Number.parseInt(text, 10) * DAYS_IN[text.at(-1)!]! : undefined;
}
