/** Which alerts people are told of one by one, so that a bad minute does not hide what is worst. */
import type { Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { countSeverities, rankOf, compareText } from './order.ts';
import { findQuieted } from './quieting.ts';
import { bySeverity, type Remainder, type Tally } from './remainder.ts';
import { formatCount } from './wording.ts';

/** What the plan depends on beside the alerts. */
export interface NotificationOptions {
  /** Alerts told one by one in a minute, at most. */
  readonly perMinute: number;
}

/** An alert to be told. */
export interface Notification {
  readonly alert: Alert;
  /** An incident that goes on is told once a suppress period, as one that goes on. */
  readonly kind: 'new' | 'continuing';
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

/** Decides for the alerts of one minute. */
export function planNotifications(alerts: readonly Alert[], { perMinute }: NotificationOptions): NotificationPlan {
  const found = findQuieted(alerts);
  const isQuieted = ({ id, quieted_by }: Alert): boolean => quieted_by !== null || found.has(id);
  const { told, held } = fillRoom(sortForTelling(alerts.filter((alert) => !isQuieted(alert))), perMinute);
  return {
    told,
    held,
    more: countSeverities(held.map(({ alert }) => alert.rule.severity)),
    quieted: alerts.filter(isQuieted),
  };
}

/** Alerts in the order in which they are told: the worst first; of equals those that are new, then the earliest. */
export function sortForTelling(alerts: readonly Alert[]): readonly Notification[] {
  return alerts
    .map((alert): Notification => ({ alert, kind: alert.continues === null ? 'new' : 'continuing' }))
    .sort(
      (a, b) =>
        rankOf(a.alert.rule.severity) - rankOf(b.alert.rule.severity) ||
        Number(a.kind === 'continuing') - Number(b.kind === 'continuing') ||
        compareText(a.alert.first_seen, b.alert.first_seen) ||
        compareText(a.alert.id, b.alert.id),
    );
}

/**
 * Those for which a minute has room, the worst first.
 *
 * @param before how many were told in this minute already. What is less bad takes no room from what comes after it, so
 * that a minute that began with trifles does not hide the worst.
 */
export function fillRoom(
  waiting: readonly Notification[],
  perMinute: number,
  before: Tally = {},
): { readonly told: readonly Notification[]; readonly held: readonly Notification[] } {
  const told: Notification[] = [];
  const held: Notification[] = [];
  for (const each of waiting) {
    const rank = rankOf(each.alert.rule.severity);
    const atLeastAsBad = [...bySeverity(before)].filter(([severity]) => rankOf(severity) <= rank);
    const taken = told.length + atLeastAsBad.reduce((sum, [, count]) => sum + count, 0);
    (taken < perMinute ? told : held).push(each);
  }
  return { told, held };
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
