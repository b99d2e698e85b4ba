/** Where alerts lie in the store. */
import type { Alert } from './alert.ts';

/** Prefix of all alerts. */
export const ALERTS = 'alerts/';

/** Prefix of what is remembered of telling. */
export const TELLING = 'windows/telling/';

/** The key of an alert: the UTC day in which its suppress period begins, and its id. */
export function alertKey(alert: Pick<Alert, 'id' | 'period'>): string {
  return `${ALERTS}day=${alert.period.start.slice(0, 10)}/${alert.id}.json`;
}
