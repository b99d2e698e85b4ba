/** Rules by hand, as the checker would give them; their `where` matches everything. */
import type { QueriesOf } from '../../shared/alerts/queries.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import type { AbsenceCondition, Measure, Rule, Sequel, WindowCondition } from '../../shared/rules/rule.ts';

/** A rule of whose parts only the given ones matter. */
export function ruleOf(parts: Partial<Rule> & Pick<Rule, 'id'>): Rule {
  return {
    title: 'Something happened',
    description: '',
    severity: 'medium',
    tags: [],
    where: { kind: 'and', terms: [], span: { start: 0, end: 0 } },
    except: undefined,
    by: ['interface_id'],
    condition: { kind: 'match' },
    suppress: 3600,
    runbook: undefined,
    falsePositives: undefined,
    sharpenedBy: [],
    quiets: [],
    stateKey: `${parts.id}-0`,
    ...parts,
  };
}

/** For alerts whose queries do not matter. */
export const noQueries: QueriesOf = () => ({ athena: '', insights: '' });

/** A window and its threshold: `windowOf(600, 'distinct(dstport) >= 50')`; `then` comes after it. */
export function windowOf(seconds: number, text: string, then?: Sequel): WindowCondition {
  const [, kind, field, operator, value] = /^(\w+)\((\w*)\) (>=?) ([\d.]+)$/.exec(text)!;
  const measure = (kind === 'count' ? { kind } : { kind, field: field === '' ? undefined : field }) as Measure;
  return {
    kind: 'window',
    seconds,
    then,
    when: { measure, operator: operator as '>' | '>=', value: Number(value), text },
  };
}

/** `no records for 45m`. */
export function absenceOf(seconds: number): AbsenceCondition {
  return { kind: 'absence', seconds, text: `no records for ${seconds / 60}m` };
}

/** `dstport = 22`. */
export function isNumber(field: string, number: number): Expression {
  const span = { start: 0, end: 0 };
  const operands = [{ kind: 'numbers', low: number, high: number, text: `${number}` }] as const;
  return { kind: 'test', field, operator: '=', operands, span };
}
