/** Creating alerts: an alert is an object, and its creation is the commit. */
import type { AlertSink, ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import { alertKey } from './layout.ts';

/** Where alerts go. */
export interface CreateOptions {
  readonly store: ObjectStore;
  /** Told of every alert before its object exists, so that an interrupted run loses none. */
  readonly sink?: AlertSink<Alert> | undefined;
  /** Ids known to exist; grows, so that a run asks the store only once for each. */
  readonly seen?: Set<string> | undefined;
}

/** What creating did. */
export interface CreateResult {
  /** The alerts that this call created, in the order given. */
  readonly created: readonly Alert[];
  /** How many alerts (by id) were there already, or were created by somebody else meanwhile. */
  readonly known: number;
}

/** Alerts asked for, told and written at once; an interrupted run tells at most so many again. */
const CHUNK = 16;

/** Creates the alerts that do not exist yet; the sink hears of them in the order given, at least once. */
export async function createAlerts(alerts: readonly Alert[], options: CreateOptions): Promise<CreateResult> {
  const { store, sink, seen = new Set<string>() } = options;
  const distinct = [...new Map([...alerts].reverse().map((alert) => [alert.id, alert])).values()].reverse();
  const unseen = distinct.filter((alert) => !seen.has(alert.id));
  const created: Alert[] = [];
  for (let at = 0; at < unseen.length; at += CHUNK) {
    const chunk = unseen.slice(at, at + CHUNK);
    const exists = await Promise.all(chunk.map(async (alert) => (await store.get(alertKey(alert))) !== undefined));
    const fresh = chunk.filter((_, index) => !exists[index]);
    if (sink !== undefined && fresh.length > 0) await sink.publish(fresh);
    const mine = await Promise.all(fresh.map((alert) => store.putIfAbsent(alertKey(alert), encodeAlert(alert))));
    created.push(...fresh.filter((_, index) => mine[index]));
    for (const { id } of chunk) seen.add(id);
  }
  return { created, known: distinct.length - created.length };
}

/** The alert as its object's body: one line of JSON. */
function encodeAlert(alert: Alert): Uint8Array {
  return Buffer.from(`${JSON.stringify(alert)}\n`);
}
