/** Creating alerts: an alert is an object, and its creation is the commit. */
import type { AlertSink, ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import { alertBefore } from './identity.ts';
import { alertKey } from './layout.ts';
import { noAlertMemory, rememberAlerts, type AlertMemory } from './memory.ts';
import { sortByTime } from './order.ts';
import { findQuieted } from './quieting.ts';

/** Where alerts go. */
export interface CreateOptions {
  readonly store: ObjectStore;
  /** Told of every alert before its object exists, so that an interrupted run loses none. */
  readonly sink?: AlertSink<Alert> | undefined;
  /** Alerts known to exist; grows, so that a run asks the store only once for each. */
  readonly seen?: AlertMemory | undefined;
}

/** What creating did. */
export interface CreateResult {
  /** The alerts that this call created, marked, by when they were first seen. */
  readonly created: readonly Alert[];
  /** How many alerts (by id) were there already, or were created by somebody else meanwhile. */
  readonly known: number;
}

/** Alerts asked for, told and written at once; an interrupted run tells at most so many again. */
const CHUNK = 16;

/**
 * Creates the alerts that do not exist yet, earliest first; the sink hears of them in that order, at least once.
 * Each says which alert it continues, and which one quiets it, as far as is known now: the alerts of one delivery
 * belong into one call. Ids do not depend on it. Two requests an alert, and a third for what it may continue.
 */
export async function createAlerts(alerts: readonly Alert[], options: CreateOptions): Promise<CreateResult> {
  const { store, sink, seen = noAlertMemory() } = options;
  // of two versions of an alert the first counts
  const distinct = new Map([...alerts].reverse().map((alert) => [alert.id, alert]));
  const unseen = sortByTime([...distinct.values()].reverse().filter(({ id }) => !seen.ids.has(id)));
  const quieted = findQuieted(unseen, [...distinct.values(), ...seen.quieting.values()]);
  const created: Alert[] = [];
  for (let at = 0; at < unseen.length; at += CHUNK) {
    const chunk = unseen.slice(at, at + CHUNK);
    const exists = await Promise.all(chunk.map(async (alert) => (await store.get(alertKey(alert))) !== undefined));
    const fresh = await Promise.all(
      chunk
        .filter((_, index) => !exists[index])
        .map(async (alert): Promise<Alert> => {
          const continues = await findContinued(alert, distinct, seen, store);
          return { ...alert, continues, quieted_by: quieted.get(alert.id) ?? null };
        }),
    );
    if (sink !== undefined && fresh.length > 0) await sink.publish(fresh);
    const mine = await Promise.all(fresh.map((alert) => store.putIfAbsent(alertKey(alert), encodeAlert(alert))));
    created.push(...fresh.filter((_, index) => mine[index]));
    rememberAlerts(seen, chunk);
  }
  return { created, known: distinct.size - created.length };
}

/** The id of the alert before, if it exists or this call creates it. */
async function findContinued(
  alert: Alert,
  together: ReadonlyMap<string, Alert>,
  { ids }: AlertMemory,
  store: ObjectStore,
): Promise<string | null> {
  const before = alertBefore(alert);
  if (together.has(before.id) || ids.has(before.id)) return before.id;
  return (await store.get(alertKey(before))) === undefined ? null : before.id;
}

/** The alert as its object's body: one line of JSON. */
function encodeAlert(alert: Alert): Uint8Array {
  return Buffer.from(`${JSON.stringify(alert)}\n`);
}
