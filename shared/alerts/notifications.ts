/** Which alerts people are told of one by one, so that a bad minute does not hide what is worst. */
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { countSeverities, rankOf, compareText } from './order.ts';
import { findQuieted } from './quieting.ts';
import { formatCount } from './wording.ts';

/** What the plan depends on beside the alerts. */
export interface NotificationOptions {
  /** Alerts told one by one in a minute, at most. */
  readonly perMinute: number;
  /** How many were told in this minute already. */
  readonly told?: number | undefined;
  /** Alerts met before, which may quiet those that come now. */
  readonly known?: Iterable<Alert> | undefined;
}

/** An alert to be told. */
export interface Notification {
  readonly alert: Alert;
  /** An incident that goes on is told once a suppress period, as one that goes on. */
  readonly kind: 'new' | 'continuing';
}

/** What to tell; every alert is an object in the lake, whatever is told. */
export interface NotificationPlan {
  /** The worst first; of equals those that are new, then the earliest. */
  readonly told: readonly Notification[];
  /** How many more there are, by severity, the worst first: one message, none where it is empty. */
  readonly more: ReadonlyMap<Severity, number>;
  /** Alerts that nobody is told of, as a more specific one tells of the same. */
  readonly quieted: readonly Alert[];
}

/** Decides for the alerts of one minute, or of a part of it. */
export function planNotifications(alerts: readonly Alert[], options: NotificationOptions): NotificationPlan {
  const { perMinute, told = 0, known = [] } = options;
  const found = findQuieted(alerts, known);
  const isQuieted = ({ id, quieted_by }: Alert): boolean => quieted_by !== null || found.has(id);
  const waiting = alerts
    .filter((alert) => !isQuieted(alert))
    .map((alert): Notification => ({ alert, kind: alert.continues === null ? 'new' : 'continuing' }))
    .sort(
      (a, b) =>
        rankOf(a.alert.rule.severity) - rankOf(b.alert.rule.severity) ||
        Number(a.kind === 'continuing') - Number(b.kind === 'continuing') ||
        compareText(a.alert.first_seen, b.alert.first_seen) ||
        compareText(a.alert.id, b.alert.id),
    );
  const room = Math.max(0, perMinute - told);
  return {
    told: waiting.slice(0, room),
    more: countSeverities(waiting.slice(room).map(({ alert }) => alert.rule.severity)),
    quieted: alerts.filter(isQuieted),
  };
}

/**
 * The last message of a minute: `and 15 more: 3 high, 12 low; look at …`; undefined where there are no more.
 *
 * @param where what shows them all, such as a command
 */
export function formatMore(more: NotificationPlan['more'], where: string): string | undefined {
  const all = [...more.values()].reduce((sum, count) => sum + count, 0);
  return all === 0 ? undefined : `and ${formatCount(all)} more: ${formatSeverities(more)}; look at ${where}`;
}

/** `3 high, 12 low`. */
export function formatSeverities(counts: ReadonlyMap<Severity, number>): string {
  return [...counts].map(([severity, count]) => `${formatCount(count)} ${severity}`).join(', ');
}
