/** What rules measure, asked without their thresholds. */
import type { Rule, Threshold } from './rule.ts';

/** The rule with a threshold that everything meets which has any match: what each group measured at most. */
export function lowerThreshold(rule: Rule): Rule {
  if (rule.condition.kind !== 'window') return rule;
  const { measure } = rule.condition.when;
  const counts = measure.kind === 'count' || measure.kind === 'distinct';
  const when: Threshold = { measure, operator: counts ? '>=' : '>', value: counts ? 1 : 0, text: '' };
  return { ...rule, condition: { ...rule.condition, when } };
}
