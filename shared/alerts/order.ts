/** In which order alerts are told, shown and chosen from. */
import { SEVERITIES, type Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';

/** Most severe first, then by when it was first seen, then by id. */
export function sortForReading(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.toSorted(
    (a, b) =>
      rankOf(a.rule.severity) - rankOf(b.rule.severity) ||
      compareText(a.first_seen, b.first_seen) ||
      compareText(a.id, b.id),
  );
}

/** By when it was first seen, then by period, so that those of one incident come out one after the other, then by id. */
export function sortByTime(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.toSorted(
    (a, b) =>
      compareText(a.first_seen, b.first_seen) || compareText(a.period.start, b.period.start) || compareText(a.id, b.id),
  );
}

/** Alerts by severity, the worst first; severities without any are left out. */
export function countSeverities(severities: Iterable<Severity>): ReadonlyMap<Severity, number> {
  const counts = new Map<Severity, number>();
  for (const severity of severities) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => rankOf(a) - rankOf(b)));
}

/** 0 for the worst. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.length - 1 - SEVERITIES.indexOf(severity);
}

/** Times in ISO 8601, and ids, by their characters. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
