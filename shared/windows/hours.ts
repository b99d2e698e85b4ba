/** The stored hours: which there are, and what they hold. */
import type { ObjectStore } from '../ports.ts';
import { decodeHour, type Hour } from './hour.ts';
import { hourKey, hourOfKey, HOURS } from './layout.ts';

/** An hour as a listing shows it. */
export interface ListedHour {
  /** Unix time in hours. */
  readonly hour: number;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was written, by the store's own clock. */
  readonly modified: Date;
}

/** Every hour that is stored, those that are just being closed included, in order of time. */
export async function listHours(store: ObjectStore): Promise<readonly ListedHour[]> {
  const hours: ListedHour[] = [];
  for await (const { key, size, modified } of store.list(HOURS)) {
    const hour = hourOfKey(key);
    if (hour !== undefined) hours.push({ hour, key, size, modified });
  }
  return hours;
}

/** An hour's state; undefined where nothing is known of it, or no longer. Throws where it can't be read. */
export async function loadHour(store: ObjectStore, hour: number): Promise<Hour | undefined> {
  const key = hourKey(hour);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const state = readHour(key, stored.body);
  return state === 'closed' ? undefined : state;
}

/** An hour's state from its bytes. Throws where they can't be read. */
export function readHour(key: string, body: Uint8Array): Hour | 'closed' {
  const hour = decodeHour(body);
  if (hour === 'closed' || !('kind' in hour)) return hour;
  throw new Error(
    `the window state \`${key}\` can't be read (${hour.reason}): restore it, or delete it to start that hour afresh`,
  );
}
