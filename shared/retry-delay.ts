/** When a message that failed comes again. */

/** Seconds before the second try; twice as many before each that follows. */
const FIRST = 30;
/** No longer than that: what was an outage of an hour should be over soon after it. */
const LONGEST = 900;

/** Seconds until a message is tried again that has been received so many times. */
export function retryDelay(received: number): number {
  return Math.min(LONGEST, FIRST * 2 ** Math.max(0, received - 1));
}
