/** Alerts that are told as a number: how many, and as much of the worst as one message says. */
import { createHash } from 'node:crypto';
import { SEVERITIES, type Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { alertKey } from './layout.ts';
import { cutText } from './messages/clean.ts';
import { compareText, rankOf } from './order.ts';

/** Alerts by severity; those that are left out are none. */
export type Tally = Readonly<Partial<Record<Severity, number>>>;

/** What a message about many alerts says of one. */
export interface NamedAlert {
  /** The key of its object. */
  readonly key: string;
  readonly severity: Severity;
  /** When it was first seen, ISO 8601. */
  readonly seen: string;
  /** Undefined where there are too many worse ones. */
  readonly summary?: string | undefined;
}

/** Alerts for which there is no room. */
export interface HeldBack {
  readonly counts: Tally;
  /** The worst first; of more than {@link MOST_NAMED} only these. */
  readonly named: readonly NamedAlert[];
}

/** One message says how many alerts are not told one by one. */
export interface Remainder extends HeldBack {
  readonly kind: 'more';
  /** The same for the same alerts. */
  readonly id: string;
  /** When it is told, ISO 8601. */
  readonly time: string;
}

/** Alerts that are named. */
const MOST_NAMED = 500;

/** Alerts of which more than the name is told. */
export const MOST_LISTED = 20;

/** Characters of a summary: whoever wants more has the object. */
const MOST_SUMMARY = 500;

/** Characters of a key: ours are far shorter. */
const MOST_KEY = 128;

/** None. */
export const NOTHING_HELD: HeldBack = { counts: {}, named: [] };

/** These alerts and those. */
export function holdBack(held: HeldBack, alerts: readonly Alert[]): HeldBack {
  const counts = tally(alerts.map(({ rule }) => rule.severity));
  const named = alerts.map((alert): NamedAlert => {
    const { rule, summary, first_seen } = alert;
    return { key: keyOf(alert), severity: rule.severity, seen: first_seen, summary: cutText(summary, MOST_SUMMARY) };
  });
  return mergeHeld(held, { counts, named });
}

/** Whether the alert is among those that are named. */
export function isNamed({ named }: HeldBack, alert: Alert): boolean {
  const key = keyOf(alert);
  return named.some((each) => each.key === key);
}

function keyOf(alert: Alert): string {
  return cutText(alertKey(alert), MOST_KEY);
}

/** Both, as if all of them had been held back at once. */
export function mergeHeld(a: HeldBack, b: HeldBack): HeldBack {
  const named = [...a.named, ...b.named].sort(
    (a, b) => rankOf(a.severity) - rankOf(b.severity) || compareText(a.seen, b.seen) || compareText(a.key, b.key),
  );
  return {
    counts: addTallies(a.counts, b.counts),
    named: named.slice(0, MOST_NAMED).map((each, index) => {
      if (index < MOST_LISTED) return each;
      const { key, severity, seen } = each;
      return { key, severity, seen };
    }),
  };
}

/** The one message about alerts that are held back. */
export function remainderOf({ counts, named }: HeldBack, time: Date): Remainder {
  const keys = named.map(({ key }) => key).sort();
  const parts = JSON.stringify([keys, SEVERITIES.map((severity) => counts[severity] ?? 0)]);
  const id = createHash('sha256').update(parts).digest('hex').slice(0, 32);
  return { kind: 'more', id, counts, named, time: time.toISOString() };
}

/** How many of each there are. */
export function tally(severities: Iterable<Severity>): Tally {
  const counts: Partial<Record<Severity, number>> = {};
  for (const severity of severities) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}

/** Their sums; `sign` −1 takes `b` away, never below nothing. */
export function addTallies(a: Tally, b: Tally, sign: 1 | -1 = 1): Tally {
  const sums = SEVERITIES.map(
    (severity) => [severity, Math.max(0, (a[severity] ?? 0) + sign * (b[severity] ?? 0))] as const,
  );
  return Object.fromEntries(sums.filter(([, count]) => count > 0));
}

/** By severity, the worst first. */
export function bySeverity(counts: Tally): ReadonlyMap<Severity, number> {
  const severities = [...SEVERITIES].reverse();
  return new Map(severities.flatMap((severity) => (counts[severity] ? [[severity, counts[severity]] as const] : [])));
}

/** How many there are in all. */
export function totalOf(counts: Tally): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
