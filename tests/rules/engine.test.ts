import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldReader } from '../../shared/flow/derived.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { builtInLists } from '../../shared/rules/lists.ts';
import { loadRules } from '../../shared/rules/load.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { columnBatch } from '../support/batches.ts';
import { expression, LISTS, record } from './arbitraries.ts';
import { matches } from './naive.ts';

const lists = new Map([...builtInLists(), ['others', { name: 'others', entries: LISTS.others }]]);

/** A rule of nothing but its conditions; it may be one that loadRules refuses because it never matches. */
function ruleOf(id: string, where: string, except: string | undefined): Rule {
  const checked = (text: string) => {
    const { expression, findings } = checkExpression(text, lists);
    if (expression === undefined) throw new Error(`${text}: ${findings[0]?.message}`);
    return expression;
  };
  return {
    id,
    title: id,
    description: '',
    severity: 'low',
    tags: [],
    where: checked(where),
    except: except === undefined ? undefined : checked(except),
    by: ['interface_id'],
    condition: { kind: 'match' },
    falsePositives: undefined,
    sharpenedBy: [],
    quiets: [],
    suppress: 3600,
    runbook: undefined,
    stateKey: id,
  };
}

function loaded(yaml: string): readonly Rule[] {
  const { rules, diagnostics } = loadRules([{ name: 'rules.yaml', text: yaml }]);
  expect(diagnostics).toEqual([]);
  return rules;
}

describe('compiled rules', () => {
  test('agree with the naive evaluator on random rules and records', () => {
    const anyRule = fc.tuple(expression, fc.option(expression, { nil: undefined }));
    fc.assert(
      fc.property(
        fc.array(anyRule, { minLength: 1, maxLength: 40 }),
        fc.array(record, { maxLength: 60 }),
        (texts, records) => {
          const rules = texts.map(([where, except], index) => ruleOf(`rule-${index}`, where, except));
          const batch = columnBatch('default', records);
          const compiled = compileRules(rules);
          // what a few records taught must not change what the others mean
          evaluateRules(compiled, columnBatch('default', records.slice(0, 3)));
          const found = new Map(evaluateRules(compiled, batch).map(({ rule, rows }) => [rule.id, [...rows]]));
          const columns = new Map<string, (row: number) => string | number | null>();
          const read = (row: number) => (column: string) => {
            if (!columns.has(column)) columns.set(column, fieldReader(batch, column));
            return columns.get(column)!(row);
          };
          for (const rule of rules) {
            const expected = records.flatMap((_, row) => (matches(rule, read(row)) ? [row] : []));
            expect(found.get(rule.id) ?? []).toEqual(expected);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a field that the format does not have is null in every record', () => {
    const rules = loaded(`rules:
      - { id: has-vpc, where: vpc_id = vpc-1 }
      - { id: other-vpc, where: vpc_id != vpc-1 }
      - { id: neither, where: not (vpc_id = vpc-1) }
      - { id: kept, where: dstport = 22, except: vpc_id = vpc-1 }`);
    const batch = columnBatch('default', [{ fields: { dstport: 22, start: 1 } }]);
    expect(evaluateRules(compileRules(rules), batch).map(({ rule }) => rule.id)).toEqual(['kept']);
  });

  test('one compiled set serves batches of different formats, one after the other', () => {
    const compiled = compileRules(loaded('rules: [{ id: vpc, where: vpc_id = vpc-1 and srcport = 5 }]'));
    const plain = columnBatch('default', [{ fields: { srcport: 5, start: 1 } }]);
    const wide = columnBatch('srcport vpc-id start', [
      { fields: { srcport: 4, vpc_id: 'vpc-1', start: 1 } },
      { fields: { srcport: 5, vpc_id: 'vpc-1', start: 1 } },
    ]);
    const rows = [plain, wide, plain, wide].map((batch) =>
      evaluateRules(compiled, batch).map((match) => [...match.rows]),
    );
    expect(rows).toEqual([[], [[1]], [], [[1]]]);
  });

  test('no rules and no records are no special case', () => {
    const batch = columnBatch('default', [{ fields: { srcport: 5, start: 1 } }]);
    expect(evaluateRules(compileRules([]), batch)).toEqual([]);
    const empty = columnBatch('default', []);
    expect(evaluateRules(compileRules(loaded('rules: [{ id: a, where: srcport = 5 }]')), empty)).toEqual([]);
  });
});
