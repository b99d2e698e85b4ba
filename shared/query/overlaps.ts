/** Which other rules alerted about the same groups at the same times. */
import { isoTime } from '../alerts/span.ts';
import type { FieldValue } from '../flow/columns.ts';
import type { QueryEngine } from '../ports.ts';
import type { Rule } from '../rules/rule.ts';
import { literal } from './sql.ts';

/** How much another rule's alerts are about the same. */
export interface Overlap {
  readonly rule: string;
  /** Alerts of the rule that is looked at, about which the other alerted too. */
  readonly alerts: number;
  /** The group's fields that both rules have, by which they were compared. */
  readonly fields: readonly string[];
  /** Whether the rule that is looked at holds the other's alerts back, or is held back by it. */
  readonly relation: 'quiets' | 'quieted_by' | undefined;
}

/** What is known of an alert that would have been raised. */
export interface Raised {
  readonly group: readonly FieldValue[];
  /** The suppress period's beginning, Unix seconds. */
  readonly period: number;
}

interface OtherAlert {
  readonly rule: string;
  readonly group: Readonly<Record<string, FieldValue>>;
  readonly start: number;
  readonly end: number;
  readonly quiets: boolean;
}

/**
 * Looks among the lake's alerts for those of other rules about the same group, or one that holds it or is held by it, in
 * suppress periods that overlap. The most frequent first.
 */
export async function overlapsOf(
  rule: Rule,
  alerts: readonly Raised[],
  engine: QueryEngine,
): Promise<readonly Overlap[]> {
  if (alerts.length === 0) return [];
  const from = alerts.reduce((first, { period }) => Math.min(first, period), Infinity);
  const to = alerts.reduce((last, { period }) => Math.max(last, period + rule.suppress), 0);
  const { rows } = await engine.query(
    `SELECT rule, CAST("group" AS VARCHAR), epoch(period_start), epoch(period_end), ` +
      `coalesce(list_contains(quiets, ${literal(rule.id)}), false) FROM alerts ` +
      `WHERE rule <> ${literal(rule.id)} AND json_type("group") = 'OBJECT' ` +
      `AND period_start < TIMESTAMP ${literal(timestamp(to))} AND period_end > TIMESTAMP ${literal(timestamp(from))}`,
  );
  const others = rows.map(([id, group, start, end, quiets]): OtherAlert => {
    const fields = JSON.parse(group as string) as OtherAlert['group'];
    return { rule: id as string, group: fields, start: Number(start), end: Number(end), quiets: quiets === true };
  });
  return [...Map.groupBy(others, (other) => other.rule).values()]
    .flatMap((theirs) => overlapWith(rule, alerts, theirs) ?? [])
    .toSorted((a, b) => b.alerts - a.alerts || (a.rule < b.rule ? -1 : 1));
}

function timestamp(seconds: number): string {
  return isoTime(seconds).replace('T', ' ').replace('Z', '');
}

function overlapWith(rule: Rule, alerts: readonly Raised[], theirs: readonly OtherAlert[]): Overlap | undefined {
  const fields = rule.by.filter((column) => theirs.some(({ group }) => column in group));
  // groups that only have a field in common (an interface) are about different things
  const compared = theirs.filter(
    ({ group }) => Object.keys(group).length === fields.length || rule.by.length === fields.length,
  );
  if (fields.length === 0 || compared.length === 0) return undefined;
  const keyOf = (values: readonly unknown[]): string => JSON.stringify(values);
  const known = Map.groupBy(compared, ({ group }) => keyOf(fields.map((column) => group[column] ?? null)));
  const places = fields.map((column) => rule.by.indexOf(column));
  const count = alerts.filter(({ group, period }) =>
    known
      .get(keyOf(places.map((place) => group[place] ?? null)))
      ?.some(({ start, end }) => start < period + rule.suppress && period < end),
  ).length;
  if (count === 0) return undefined;
  const { rule: id, quiets } = theirs[0]!;
  const relation = rule.quiets.includes(id) ? 'quiets' : quiets ? 'quieted_by' : undefined;
  return { rule: id, alerts: count, fields, relation };
}
