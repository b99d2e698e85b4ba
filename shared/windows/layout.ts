/** Where window state lies in the store. */

/** Prefix of the deltas that wait to be folded. */
export const DELTAS = 'windows/deltas/';

/** Prefix of the folded state, one object an event hour. */
export const HOURS = 'windows/hours/';

/** The key of what is remembered of judging absences. */
export const JUDGED = 'windows/judged.json';

/** Prefix of the markers of hours that take no more contributions. */
export const CLOSED = 'windows/closed/';
const SUFFIX = '.zst';

/** The key of a delta; `name` must be new for every delta ever written. */
export function deltaKey(name: string): string {
  return `${DELTAS}${name}${SUFFIX}`;
}

/** The key of an event hour's state; `hour` is Unix time in hours. */
export function hourKey(hour: number): string {
  return `${HOURS}${hourText(hour)}${SUFFIX}`;
}

/** The key of the marker of an event hour that takes no more contributions; `hour` is Unix time in hours. */
export function closedKey(hour: number): string {
  return `${CLOSED}${hourText(hour)}.json`;
}

/** The event hour that a key of {@link hourKey} is about; undefined for any other key. */
export function hourOfKey(key: string): number | undefined {
  const text = /^windows\/hours\/(\d{4}-\d\d-\d\dT\d\d)\.zst$/.exec(key)?.[1];
  return text === undefined ? undefined : Date.parse(`${text}:00:00Z`) / 3_600_000;
}

/** `2026-11-24T07`. */
function hourText(hour: number): string {
  return new Date(hour * 3_600_000).toISOString().slice(0, 13);
}
