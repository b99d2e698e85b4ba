/** An alert's id: one incident, one id, however often and in whatever order its records arrive. */
import { createHash } from 'node:crypto';
import type { FieldValue } from '../flow/columns.ts';
import type { Rule } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import { isoTime } from './span.ts';

/** The beginning of the suppress period that an event time falls in, both Unix seconds. */
export function periodStart(rule: Rule, time: number): number {
  return Math.floor(time / rule.suppress) * rule.suppress;
}

/**
 * The id of a rule's alert for a group in one suppress period: 32 hex digits. The rule counts by its id alone, so that
 * an edited rule goes on with the incidents it knows.
 *
 * @param group the values of the rule's `by` fields, in their order; null is a value of its own
 * @param period the suppress period's beginning, Unix seconds
 */
export function alertId(rule: Rule, group: readonly FieldValue[], period: number): string {
  const named = rule.by.map((column, index) => [column, group[index] ?? null] as const);
  return hashOf(rule.id, named, period);
}

/** Id and period of the same rule's alert about the same group in the period directly before, whether or not there is one. */
export function alertBefore({ rule, group, period }: Alert): Pick<Alert, 'id' | 'period'> {
  const start = Date.parse(period.start) / 1000;
  const before = 2 * start - Date.parse(period.end) / 1000;
  return {
    id: hashOf(rule.id, Object.entries(group), before),
    period: { start: isoTime(before), end: period.start },
  };
}

function hashOf(rule: string, group: readonly (readonly [string, FieldValue])[], period: number): string {
  // JSON tells null from any text, and where one value ends; the names make it independent of how `by` is ordered.
  const named = group.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash('sha256')
    .update(JSON.stringify([rule, named, period]))
    .digest('hex')
    .slice(0, 32);
}
