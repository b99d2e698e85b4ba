/** The alerts that messages name, read: what is gone, and what is no alert, has to be told apart. */
import type { ObjectStore } from '../ports.ts';
import type { Alert } from './alert.ts';
import { decodeAlert } from './stored.ts';

/** Objects read at once. */
const CHUNK = 16;

/** What was found under some keys. */
export interface ReadAlerts {
  /** By key; those that are gone are missing. */
  readonly alerts: ReadonlyMap<string, Alert>;
  /** By key, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** Reads each key once; what can't be read fails alone. */
export async function readAlerts(keys: Iterable<string>, store: ObjectStore): Promise<ReadAlerts> {
  const distinct = [...new Set(keys)];
  const alerts = new Map<string, Alert>();
  const unreadable = new Map<string, string>();
  for (let at = 0; at < distinct.length; at += CHUNK) {
    await Promise.all(
      distinct.slice(at, at + CHUNK).map(async (key) => {
        try {
          const object = await store.get(key);
          if (object === undefined) return;
          const alert = decodeAlert(object.body);
          if (alert === undefined) unreadable.set(key, `\`${key}\` holds no alert that this version can read`);
          else alerts.set(key, alert);
        } catch (error) {
          unreadable.set(key, error instanceof Error ? error.message : String(error));
        }
      }),
    );
  }
  return { alerts, unreadable };
}
