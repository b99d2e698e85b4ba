/** Rules by hand, as the checker would give them; nothing that gets one here evaluates `where`. */
import type { Measure, Rule, WindowCondition } from '../../shared/rules/rule.ts';

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

/** A window and its threshold: `windowOf(600, 'distinct(dstport) >= 50')`. */
export function windowOf(seconds: number, text: string): WindowCondition {
  const [, kind, field = '', operator, value] = /^(\w+)\((\w*)\) (>=?) (\d+)$/.exec(text)!;
  const measure = (kind === 'count' ? { kind } : { kind, field }) as Measure;
  return {
    kind: 'window',
    seconds,
    then: undefined,
    when: { measure, operator: operator as '>' | '>=', value: Number(value), text },
  };
}
