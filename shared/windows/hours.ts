/** The stored hours: which there are, and what they hold. */
import type { ObjectStore } from '../ports.ts';
import { decodeHour, type Hour } from './hour.ts';
import { closedKey, hourKey, hourOfKey, HOURS } from './layout.ts';

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

/** State that can't be read, and what to do about it. */
export interface UnreadableState {
  readonly kind: 'unreadable';
  readonly key: string;
  readonly reason: string;
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

/** An hour's state; undefined where there is none, be it that it was closed long ago. */
export async function loadHour(
  store: ObjectStore,
  hour: number,
): Promise<Hour | 'closed' | UnreadableState | undefined> {
  const key = hourKey(hour);
  const stored = await store.get(key);
  return stored === undefined ? undefined : readHour(key, stored.body);
}

/** Whether an hour of which there is no state was closed. */
export async function isClosed(store: ObjectStore, hour: number): Promise<boolean> {
  return (await store.get(closedKey(hour))) !== undefined;
}

/** An hour's state from its bytes. */
export function readHour(key: string, body: Uint8Array): Hour | 'closed' | UnreadableState {
  const hour = decodeHour(body);
  if (!isUnreadable(hour)) return hour;
  const remedy =
    'deploy what wrote it, or restore it, or delete it to start that hour afresh; its deltas wait until then';
  return { kind: 'unreadable', key, reason: `${hour.reason}; ${remedy}` };
}

/** Tells what can't be read from what was. */
export function isUnreadable<T extends { readonly kind: 'unreadable' }>(
  state: Hour | string | T | undefined,
): state is T {
  return typeof state === 'object' && 'kind' in state;
}
