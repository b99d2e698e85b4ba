import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldReader } from '../../shared/flow/derived.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { loadRules } from '../../shared/rules/load.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { columnBatch, type RecordInput } from '../support/batches.ts';
import { expression, record, WIDE } from './arbitraries.ts';
import { matches } from './naive.ts';
import { ruleOf } from './rule-of.ts';

function loaded(yaml: string): readonly Rule[] {
  const { rules, diagnostics } = loadRules([{ name: 'rules.yaml', text: yaml }]);
  expect(diagnostics).toEqual([]);
  return rules;
}

/** By rule: the records that compiled rules find, and those that the naive evaluator does. */
function bothWays(
  texts: readonly (readonly [string, string | undefined])[],
  records: readonly RecordInput[],
  format: string,
) {
  const rules = texts.map(([where, except], index) => ruleOf(`rule-${index}`, where, except));
  const batch = columnBatch(format, records);
  const compiled = compileRules(rules);
  // what a few records taught must not change what the others mean
  evaluateRules(compiled, columnBatch(format, records.slice(0, 3)));
  const found = new Map(evaluateRules(compiled, batch).map(({ rule, rows }) => [rule.id, [...rows]]));
  const columns = new Map<string, (row: number) => string | number | null>();
  const read = (row: number) => (column: string) => {
    if (!columns.has(column)) columns.set(column, fieldReader(batch, column));
    return columns.get(column)!(row);
  };
  return {
    compiled: rules.map((rule) => found.get(rule.id) ?? []),
    naive: rules.map((rule) => records.flatMap((_, row) => (matches(rule, read(row)) ? [row] : []))),
  };
}

describe('compiled rules', () => {
  const format = fc.constantFrom('default', WIDE);
  const records = fc.array(record, { maxLength: 60 });

  test('agree with the naive evaluator on random rules and records', () => {
    const anyRule = fc.tuple(expression, fc.option(expression, { nil: undefined }));
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 40 }), records, format, (texts, records, format) => {
        const { compiled, naive } = bothWays(texts, records, format);
        expect(compiled).toEqual(naive);
      }),
      { numRuns: 300 },
    );
  });

  test('agree with it where the exceptions are many', () => {
    const conjunction = fc
      .array(expression, { minLength: 1, maxLength: 2 })
      .map((terms) => terms.map((term) => `(${term})`).join(' and '));
    const long = fc
      .array(conjunction, { minLength: 20, maxLength: 60 })
      .map((terms) => terms.map((term) => `(${term})`).join(' or '));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(expression, long), { minLength: 1, maxLength: 3 }),
        records,
        format,
        (texts, records, format) => {
          const { compiled, naive } = bothWays(texts, records, format);
          expect(compiled).toEqual(naive);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('find the networks of addresses where networks are dense', () => {
    const octet = fc.nat({ max: 255 });
    const dense = fc.tuple(fc.constantFrom('10.0', '198.18'), octet, octet).map(([head, a, b]) => `${head}.${a}.${b}`);
    const network = fc.tuple(dense, fc.integer({ min: 20, max: 32 })).map(([address, bits]) => {
      const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number];
      const size = 2 ** (32 - bits);
      const low = Math.floor((c * 256 + d) / size) * size;
      return `${a}.${b}.${low >> 8}.${low & 255}/${bits}`;
    });
    const rules = fc.array(fc.array(network, { minLength: 1, maxLength: 6 }), { minLength: 40, maxLength: 80 });
    const hit = fc.record({ fields: fc.record({ srcaddr: dense, start: fc.constant(1) }) });
    fc.assert(
      fc.property(rules, fc.array(hit, { minLength: 1, maxLength: 80 }), (rules, records) => {
        const texts = rules.map((networks): [string, undefined] => [`srcaddr in (${networks.join(', ')})`, undefined]);
        const { compiled, naive } = bothWays(texts, records, 'default');
        expect(compiled).toEqual(naive);
      }),
      { numRuns: 60 },
    );
  });

  test('keep classes of texts right while more and more are met', () => {
    const rules = Array.from({ length: 12 }, (_, bit) =>
      ruleOf(`bit-${bit}`, `vpc_id like '*-${bit}-*'`, 'vpc_id like *7-'),
    );
    const compiled = compileRules(rules);
    for (let from = 0; from < 4096; from += 512) {
      const texts = Array.from({ length: 512 }, (_, index) => {
        const set = rules.flatMap((_, bit) => ((from + index) & (1 << bit) ? [`-${bit}-`] : []));
        return `vpc${set.join('')}`;
      });
      const records = texts.map((vpc_id) => ({ fields: { vpc_id, start: 1 } }));
      const found = evaluateRules(compiled, columnBatch('vpc-id start', records));
      const expected = rules.flatMap(({ id }, bit) => {
        const rows = texts.flatMap((text, row) => (text.includes(`-${bit}-`) && !text.endsWith('7-') ? [row] : []));
        return rows.length === 0 ? [] : [[id, rows]];
      });
      expect(found.map(({ rule, rows }) => [rule.id, [...rows]])).toEqual(expected);
    }
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
