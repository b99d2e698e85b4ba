import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldReader } from '../../shared/flow/derived.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { findOverlaps } from '../../shared/rules/overlaps.ts';
import { columnBatch, type RecordInput } from '../support/batches.ts';
import { expression, record, WIDE } from './arbitraries.ts';
import { evaluate, matches } from './naive.ts';
import { lists, ruleOf } from './rule-of.ts';

/** Every overlap of some rules, `CODE rule: message`. */
function overlaps(rules: string): readonly string[] {
  const { diagnostics, overlaps } = loadRules([{ name: 'rules.yml', text: `rules:\n${rules}` }]);
  expect(diagnostics).toEqual([]);
  return overlaps().map(({ code, line, message }) => `${line}: ${code} ${message}`);
}

/** Reads the fields of one record. */
function readerOf(record: RecordInput): (column: string) => string | number | null {
  const batch = columnBatch(WIDE, [record]);
  return (column) => fieldReader(batch, column)(0);
}

describe('a rule', () => {
  test('that means the same as an earlier one is told of, however it is written', () => {
    expect(
      overlaps(`
  - { id: a, where: dstport = 22 and srcaddr in 10.0.0.0/8 }
  - { id: b, where: "srcaddr in (10.0.0.0/9, 10.128.0.0/9) and not (dstport != 22)" }`),
    ).toEqual(['4: W302 `b` means the same as `a`']);
  });

  test('that another covers is told of, unless it is more severe or quiets it', () => {
    expect(
      overlaps(`
  - { id: wide, where: interface_id like eni-* and dstport <= 1023, except: srcaddr in 192.0.2.0/24 }
  - { id: covered, where: interface_id like eni-0a* and dstport = 22, except: srcaddr in @private or srcaddr in 192.0.2.0/24 }
  - { id: severe, where: interface_id like eni-0b* and dstport = 22, except: srcaddr in 192.0.2.0/24, severity: high }
  - { id: specific, where: interface_id = eni-0c and dstport = 22, except: srcaddr in 192.0.2.0/24, quiets: wide }
  - { id: wider, where: interface_id = eni-0d and dstport = 22, except: srcaddr in 192.0.2.0/25 }`),
    ).toEqual(['4: W303 whatever `covered` matches, `wide` matches too']);
  });

  test('is compared only with rules of its group and condition', () => {
    expect(
      overlaps(`
  - { id: a, where: dstport = 22 }
  - { id: b, where: dstport = 22, by: srcaddr }
  - { id: c, where: dstport = 22, window: 5m, when: count() >= 10 }
  - { id: d, where: dstport = 22, window: 5m, when: count() >= 11 }
  - { id: e, where: dstport = 22, when: no records for 45m }
  - { id: f, where: dstport = 22 and srcport = 5, when: no records for 45m }`),
    ).toEqual([]);
  });

  test('about transit gateways is not compared with one about interfaces', () => {
    expect(
      overlaps(`
  - { id: wide, where: protocol = tcp, by: srcaddr }
  - { id: gateway, where: protocol = tcp and tgw_id = tgw-1, by: srcaddr }
  - { id: narrow, where: protocol = tcp and action = REJECT, by: srcaddr }`),
    ).toEqual(['5: W303 whatever `narrow` matches, `wide` matches too']);
  });

  test('about a list that is still empty is left alone', () => {
    const text = `
lists: { bad: [], worse: [] }
rules:
  - { id: a, where: srcaddr in @bad }
  - { id: b, where: srcaddr in @worse }`;
    expect(loadRules([{ name: 'rules.yml', text }])).toMatchObject({ diagnostics: [], rules: [{}, {}] });
    expect(loadRules([{ name: 'rules.yml', text }]).overlaps()).toEqual([]);
  });

  test('that is said to be covered never matches alone', () => {
    const anyRule = fc.tuple(expression, fc.option(expression, { nil: undefined }));
    const pair = fc.tuple(anyRule, expression).map(([[where, except], more]) => [
      [where, except],
      [`(${where}) and (${more})`, except],
      [`(${where}) or (${more})`, undefined],
      [more, except],
    ] as const); // prettier-ignore
    fc.assert(
      fc.property(pair, fc.array(record, { minLength: 20, maxLength: 60 }), (texts, records) => {
        const rules = texts.map(([where, except], index) => ruleOf(`r${index}`, where, except));
        const found = findOverlaps(rules);
        for (const { code, rule, message } of found) {
          const one = rules.find(({ id }) => id === rule)!;
          const other = rules.find(({ id }) => id !== rule && message.includes(`\`${id}\``))!;
          for (const record of records) {
            const read = readerOf(record);
            if (code === 'W302') expect(matches(one, read)).toBe(matches(other, read));
            else expect(matches(one, read) && !matches(other, read)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a term', () => {
  test('that is said to add nothing can be left out', () => {
    const chain = fc.tuple(fc.constantFrom(' and ', ' or '), fc.array(expression, { minLength: 2, maxLength: 4 }));
    fc.assert(
      fc.property(chain, fc.array(record, { minLength: 10, maxLength: 30 }), ([word, texts], records) => {
        const text = texts.map((term) => `(${term})`).join(word);
        const { expression, findings } = checkExpression(text, lists);
        if (expression?.kind !== 'and' && expression?.kind !== 'or') return;
        for (const { code, span } of findings) {
          const index = expression.terms.findIndex(
            (term) => term.span.start === span.start && term.span.end === span.end,
          );
          if (code !== 'W102' || index === -1) continue;
          const rest: Expression = { ...expression, terms: expression.terms.toSpliced(index, 1) };
          for (const record of records) {
            const read = readerOf(record);
            expect(evaluate(rest, read)).toBe(evaluate(expression, read));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
