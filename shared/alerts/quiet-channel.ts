/** Quieting where not everybody hears of everything: an alert is held back only from whom a more specific one is told. */
import type { ObjectStore } from '../ports.ts';
import type { Rule, Severity } from '../rules/rule.ts';
import type { Alert } from './alert.ts';
import type { AlertMemory } from './memory.ts';
import { rankOf } from './order.ts';
import { findQuieted } from './quieting.ts';
import { recallQuieting } from './recall.ts';

/** What is known of the rules that quiet a rule. */
export interface Quieters {
  /** The longest suppress period of them, seconds. */
  readonly reach: number;
  /** The least severity of them. */
  readonly least: Severity;
}

/** Rules that others quiet, by id. */
export function quietableRules(
  rules: readonly Pick<Rule, 'quiets' | 'suppress' | 'severity'>[],
): ReadonlyMap<string, Quieters> {
  const quieters = new Map<string, Quieters>();
  for (const { quiets, suppress, severity } of rules) {
    for (const id of quiets) {
      const { reach = 0, least = severity } = quieters.get(id) ?? {};
      quieters.set(id, {
        reach: Math.max(reach, suppress),
        least: rankOf(severity) > rankOf(least) ? severity : least,
      });
    }
  }
  return quieters;
}

/** Whether who hears of nothing below `atLeast` hears of this severity. */
export function isHeard(severity: Severity, atLeast: Severity): boolean {
  return rankOf(severity) <= rankOf(atLeast);
}

/**
 * The alerts that nobody quiets among those of which this channel hears; all of them are severe enough for it.
 *
 * That an alert is marked as quieted is enough where any rule that may have done so is heard of.
 */
export function unquieted(
  alerts: readonly Alert[],
  known: Iterable<Alert>,
  atLeast: Severity,
  quietable: ReadonlyMap<string, Quieters>,
): readonly Alert[] {
  const others = [...known].filter(({ rule }) => isHeard(rule.severity, atLeast));
  const ids = new Set(others.map(({ id }) => id));
  const found = findQuieted(alerts, others);
  return alerts.filter(({ id, quieted_by, rule }) => {
    if (found.has(id)) return false;
    if (quieted_by === null) return true;
    const { least } = quietable.get(rule.id) ?? {};
    return !ids.has(quieted_by) && (least === undefined || !isHeard(least, atLeast));
  });
}

/**
 * Reads what may quiet these alerts, each day of it once a process: those that are not marked, and those whose mark says
 * nothing to a channel that hears of nothing below `atLeast`.
 */
export async function recallFor(
  alerts: readonly Alert[],
  atLeast: Severity,
  quietable: ReadonlyMap<string, Quieters>,
  store: ObjectStore,
  memory: AlertMemory,
): Promise<void> {
  const asked = alerts.filter(({ rule, quieted_by }) => {
    const quieters = quietable.get(rule.id);
    return quieters !== undefined && (quieted_by === null || !isHeard(quieters.least, atLeast));
  });
  const reaches = asked.map(({ rule }) => quietable.get(rule.id)!.reach);
  if (reaches.length > 0) await recallQuieting(asked, Math.max(...reaches), store, memory);
}
