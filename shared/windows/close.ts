/**
 * Closing old event hours, so that state does not grow for ever.
 *
 * An hour is first replaced by a few bytes that say so, only if unchanged: from that moment no writer can add to it,
 * and one that was about to finds out and counts its records as late. Then the lasting marker is written, and only
 * then the hour's own key deleted, so that an absent hour without a marker is one that never was.
 * Whoever comes across those few bytes finishes what an interrupted run left.
 */
import type { Clock, ObjectStore, ObjectSummary } from '../ports.ts';
import { decodeHour, encodeClosed } from './hour.ts';
import { closedKey, hourKey, hourOfKey, HOURS } from './layout.ts';

/** How long after its last arrival an hour still takes contributions: the lateness limit. */
const LATENESS_MS = 24 * 3_600_000;

/**
 * Closes every hour whose last arrival, and its neighbours', is longer ago than the lateness limit: a neighbour that
 * still takes contributions needs the hour, as windows cross the border.
 *
 * @returns how many hours were closed
 */
export async function closeHours(store: ObjectStore, clock: Clock): Promise<number> {
  const arrivals = new Map<number, number>();
  for await (const { key, modified } of store.list(HOURS)) {
    const hour = hourOfKey(key);
    if (hour !== undefined) arrivals.set(hour, modified.getTime());
  }
  const limit = clock.now().getTime() - LATENESS_MS;
  const isOld = (hour: number): boolean => (arrivals.get(hour) ?? Number.NEGATIVE_INFINITY) < limit;
  let closed = 0;
  for (const hour of arrivals.keys()) {
    if (isOld(hour - 1) && isOld(hour) && isOld(hour + 1) && (await closeHour(store, hour, limit))) closed++;
  }
  return closed;
}

/** Closes one hour unless something arrived meanwhile. */
async function closeHour(store: ObjectStore, hour: number, limit: number): Promise<boolean> {
  const key = hourKey(hour);
  const stored = await store.get(key);
  if (stored === undefined) return false;
  if (decodeHour(stored.body) !== 'closed') {
    // The version just read is the old one only if the object is still old after the reading.
    const summary = await summaryOf(store, key);
    if (summary === undefined || summary.modified.getTime() >= limit) return false;
    if ((await store.putIfUnchanged(key, encodeClosed(), stored.version)) === undefined) return false;
  }
  await finishClosing(store, hour);
  return true;
}

/** Turns an hour that says it is closed into the lasting marker. */
export async function finishClosing(store: ObjectStore, hour: number): Promise<void> {
  await store.putIfAbsent(closedKey(hour), Buffer.from('{"schema":"sekisho.window-closed/1"}\n'));
  await store.delete(hourKey(hour));
}

async function summaryOf(store: ObjectStore, key: string): Promise<ObjectSummary | undefined> {
  for await (const summary of store.list(key)) if (summary.key === key) return summary;
  return undefined;
}
