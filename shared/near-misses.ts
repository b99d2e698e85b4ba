/** How near the records of a test came to an alert that did not come: what matched, and what was measured. */
import type { Alert } from './alerts/alert.ts';
import { formatAmount, formatCount, formatCounted, formatSpan } from './alerts/wording.ts';
import type { ColumnBatch } from './flow/columns.ts';
import { compileRules } from './rules/compile.ts';
import { evaluateRules } from './rules/evaluate.ts';
import { lowerThreshold } from './rules/lower-threshold.ts';
import { textOfCondition, type Rule, type Threshold } from './rules/rule.ts';
import { crosses } from './windows/measuring.ts';

/** Groups that are told of. */
const MOST_GROUPS = 3;

/** `of 12 records 9 match`: of which `except` keeps some out. */
export function describeMatches(rule: Rule, batches: readonly ColumnBatch[]): string {
  const records = batches.reduce((sum, { length }) => sum + length, 0);
  const matched = countMatches(rule, batches);
  const kept = countMatches({ ...rule, except: undefined }, batches) - matched;
  const exception = kept === 0 ? '' : `; \`except\` keeps ${formatCount(kept)} more out`;
  return `of ${formatCounted(records, 'record')} ${formatCount(matched)} match${matched === 1 ? 'es' : ''}${exception}`;
}

function countMatches(rule: Rule, batches: readonly ColumnBatch[]): number {
  const compiled = compileRules([{ ...rule, condition: { kind: 'match' } }]);
  return batches.flatMap((batch) => evaluateRules(compiled, batch)).reduce((sum, { rows }) => sum + rows.length, 0);
}

/** A rule whose alerts say what each group measured at most; undefined for rules that do not measure anything. */
export function measuringRule(rule: Rule): Rule | undefined {
  const { condition } = rule;
  switch (condition.kind) {
    case 'window':
      return lowerThreshold({ ...rule, condition: { ...condition, then: undefined } });
    case 'baseline': {
      const { seconds, measure } = condition;
      const when: Threshold = { measure, operator: '>', value: 0, text: '' };
      return { ...rule, condition: { kind: 'window', seconds, when, then: undefined } };
    }
    case 'match':
    case 'absence':
    case 'new':
      return undefined;
  }
}

/**
 * The groups that came nearest and did not alert, a sentence each:
 * `nearest: count() = 9, and it takes count() >= 10, for srcaddr 203.0.113.7`.
 *
 * @param measured alerts of the {@link measuringRule}
 * @param raised what the rule itself has raised
 */
export function describeNearest(rule: Rule, measured: readonly Alert[], raised: readonly Alert[]): readonly string[] {
  const alerted = new Set(raised.map(keyOf));
  const quiet = measured
    .filter((alert) => !alerted.has(keyOf(alert)))
    .toSorted((one, other) => measureOf(other).value - measureOf(one).value || (keyOf(one) < keyOf(other) ? -1 : 1));
  const lines = quiet.slice(0, MOST_GROUPS).map((alert) => describe(rule, alert));
  const more = quiet.length - lines.length;
  return more > 0 ? [...lines, `and ${formatCounted(more, 'more group')}`] : lines;
}

function describe({ condition }: Rule, alert: Alert): string {
  const { name, value } = measureOf(alert);
  const group = Object.entries(alert.group).map(([field, each]) => `${field} ${each ?? '-'}`);
  const who = group.length === 0 ? '' : `, for ${group.join(', ')}`;
  const measured = `${name} = ${formatAmount(value)}`;
  if (condition.kind === 'window' && condition.then !== undefined && crosses(condition.when, value))
    return `nearest: ${measured}, but \`then\` did not follow within ${formatSpan(condition.then.within)}${who}`;
  return `nearest: ${measured}, and it takes ${textOfCondition(condition)}${who}`;
}

function measureOf({ measure }: Alert): { readonly name: string; readonly value: number } {
  const [name = '', value = 0] = Object.entries(measure)[0] ?? [];
  return { name, value };
}

function keyOf({ group, period }: Alert): string {
  return JSON.stringify([group, period.start]);
}
