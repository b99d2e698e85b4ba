/** Which alerts people are told of one by one, so that a bad minute does not hide what is worst. */
import { createHash } from 'node:crypto';
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { countSeverities, rankOf, compareText } from './order.ts';
import { findQuieted } from './quieting.ts';
import { formatCount } from './wording.ts';

/** What the plan depends on beside the alerts. */
export interface NotificationOptions {
  /** Alerts told one by one in a minute, at most. */
  readonly perMinute: number;
  /**
   * How many were told in this minute already, by severity. What is less bad takes no room from what comes after it, so
   * that a minute that began with trifles does not hide the worst.
   */
  readonly told?: ReadonlyMap<Severity, number> | undefined;
  /** Alerts met before, which may quiet those that come now. */
  readonly known?: Iterable<Alert> | undefined;
}

/** An alert to be told. */
export interface Notification {
  readonly alert: Alert;
  /** An incident that goes on is told once a suppress period, as one that goes on. */
  readonly kind: 'new' | 'continuing';
}

/** Alerts that are not told one by one: one message says how many there are. */
export interface Remainder {
  readonly kind: 'more';
  /** The same for the same alerts. */
  readonly id: string;
  /** The worst first. */
  readonly alerts: readonly Alert[];
  /** When it is told, ISO 8601. */
  readonly time: string;
}

/** Whatever is told. */
export type Notice = Notification | Remainder;

/** What to tell; every alert is an object in the lake, whatever is told. */
export interface NotificationPlan {
  /** The worst first; of equals those that are new, then the earliest. */
  readonly told: readonly Notification[];
  /** Those for which there is no room, in the same order. */
  readonly held: readonly Notification[];
  /** How many more these are, by severity, the worst first: one message, none where it is empty. */
  readonly more: ReadonlyMap<Severity, number>;
  /** Alerts that nobody is told of, as a more specific one tells of the same. */
  readonly quieted: readonly Alert[];
}

/** Decides for the alerts of one minute, or of a part of it. */
export function planNotifications(alerts: readonly Alert[], options: NotificationOptions): NotificationPlan {
  const { perMinute, told: before = new Map<Severity, number>(), known = [] } = options;
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
  const told: Notification[] = [];
  const held: Notification[] = [];
  for (const each of waiting) {
    const rank = rankOf(each.alert.rule.severity);
    const atLeastAsBad = [...before].filter(([severity]) => rankOf(severity) <= rank);
    const taken = told.length + atLeastAsBad.reduce((sum, [, count]) => sum + count, 0);
    (taken < perMinute ? told : held).push(each);
  }
  return {
    told,
    held,
    more: countSeverities(held.map(({ alert }) => alert.rule.severity)),
    quieted: alerts.filter(isQuieted),
  };
}

/** The one message about alerts that are held back, which are the worst first. */
export function remainderOf(held: readonly Notification[], time: Date): Remainder {
  const alerts = held.map(({ alert }) => alert);
  const ids = alerts.map(({ id }) => id).sort();
  const id = createHash('sha256').update(ids.join()).digest('hex').slice(0, 32);
  return { kind: 'more', id, alerts, time: time.toISOString() };
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
