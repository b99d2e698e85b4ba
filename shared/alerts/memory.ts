/** What a process remembers of alerts, so that it asks the store little and marks what it can. */
import type { Alert } from './alert.ts';

/** Alerts that a process has met. Grows by an id an alert; forgetting it all costs requests and marks, never alerts. */
export interface AlertMemory {
  /** Ids of alerts known to exist. */
  readonly ids: Set<string>;
  /** The latest alerts of rules that quiet others, by id. */
  readonly quieting: Map<string, Alert>;
  /** Days of the store (`2026-11-24`) whose alerts have been read. */
  readonly recalled: Set<string>;
}

/** Each holds up to five records; what quiets is specific, and therefore rare. */
const MOST_QUIETING = 1000;

/** A memory of nothing. */
export function noAlertMemory(): AlertMemory {
  return { ids: new Set(), quieting: new Map(), recalled: new Set() };
}

/** Remembers that the alerts exist. */
export function rememberAlerts({ ids, quieting }: AlertMemory, alerts: readonly Alert[]): void {
  for (const alert of alerts) {
    ids.add(alert.id);
    if (alert.rule.quiets.length === 0) continue;
    quieting.delete(alert.id);
    quieting.set(alert.id, alert);
    if (quieting.size > MOST_QUIETING) quieting.delete(quieting.keys().next().value!);
  }
}
