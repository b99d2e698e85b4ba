/**
 * Closing old event hours, so that state does not grow for ever.
 *
 * An hour is first replaced by a few bytes that say so, only if unchanged: from that moment no writer can add to it,
 * and one that was about to finds out and counts its records as late. Then the lasting marker is written, and only
 * then the hour's own key deleted, so that an absent hour without a marker is one that never was.
 * Whoever comes across those few bytes finishes what an interrupted run left.
 */
import type { Clock, ObjectStore, StoredObject } from '../ports.ts';
import { decodeHour, encodeClosed } from './hour.ts';
import { LATENESS_LIMIT } from './arrivals.ts';
import type { ListedHour } from './hours.ts';
import { closedKey, hourKey } from './layout.ts';

/** How long after its last arrival an hour still takes contributions: the lateness limit. */
const LATENESS_MS = LATENESS_LIMIT * 1000;

/** How many hours beside it need an hour: windows and sequences that end in one reach into the two before it. */
const NEIGHBOURS = 2;

/**
 * Closes every hour whose last arrival, and its neighbours', is longer ago than the lateness limit: a neighbour that
 * still takes contributions needs the hour, as windows cross the border.
 *
 * @param hours the hours that are stored
 * @param waiting hours that can't be closed yet, as there is something to be judged in them
 * @returns the hours that were closed
 */
export async function closeHours(
  store: ObjectStore,
  clock: Clock,
  hours: readonly ListedHour[],
  waiting: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const limit = clock.now().getTime() - LATENESS_MS;
  const arrivals = new Map<number, number>();
  for (const { hour, key, modified } of hours) {
    // the store's clock decides only whether it is worth asking the hour itself: a run may have another (`--now`)
    const looksOld = modified.getTime() < limit && !waiting.has(hour);
    arrivals.set(hour, looksOld ? await arrivalOf(store, key) : Number.POSITIVE_INFINITY);
  }
  const isOld = (hour: number): boolean => (arrivals.get(hour) ?? Number.NEGATIVE_INFINITY) < limit;
  const closed = new Set<number>();
  for (const hour of arrivals.keys()) {
    const around = Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, index) => hour + index - NEIGHBOURS);
    if (around.every(isOld) && (await closeHour(store, hour, limit))) closed.add(hour);
  }
  return closed;
}

/** Closes one hour unless something arrived meanwhile. */
async function closeHour(store: ObjectStore, hour: number, limit: number): Promise<boolean> {
  const key = hourKey(hour);
  const stored = await store.get(key);
  if (stored === undefined || arrivalIn(stored) >= limit) return false;
  if (decodeHour(stored.body) !== 'closed') {
    if ((await store.putIfUnchanged(key, encodeClosed(), stored.version)) === undefined) return false;
  }
  await finishClosing(store, hour);
  return true;
}

async function arrivalOf(store: ObjectStore, key: string): Promise<number> {
  const stored = await store.get(key);
  return stored === undefined ? Number.POSITIVE_INFINITY : arrivalIn(stored);
}

/** When something was added last; long ago for an hour that is being closed, never for one that can't be read. */
function arrivalIn({ body }: StoredObject): number {
  const hour = decodeHour(body);
  if (hour === 'closed') return Number.NEGATIVE_INFINITY;
  return 'kind' in hour ? Number.POSITIVE_INFINITY : hour.arrived;
}

/** Turns an hour that says it is closed into the lasting marker. */
export async function finishClosing(store: ObjectStore, hour: number): Promise<void> {
  await store.putIfAbsent(closedKey(hour), Buffer.from('{"schema":"sekisho.window-closed/1"}\n'));
  await store.delete(hourKey(hour));
}
