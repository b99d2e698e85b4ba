import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Diagnostic } from '../../shared/rules/diagnostics.ts';
import { builtInLists } from '../../shared/rules/lists.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { expression } from './arbitraries.ts';

const lists = builtInLists();

describe('a diagnostic', () => {
  const isInside = (diagnostic: Diagnostic, text: string): boolean => {
    const line = text.split('\n')[diagnostic.line - 1];
    const { column, endColumn } = diagnostic;
    return line !== undefined && column >= 1 && endColumn >= column && endColumn <= line.length + 1;
  };
  const garbage = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.oneof(fc.constantFrom('and', 'or', 'not', 'in', '(', ')', ',', '=', '==', '@', '@private', '-', '"', "'", 'dstport', 'srcaddr', '22', '9-1', '10.0.0.5/8', '\n'), fc.string({ maxLength: 3 })), { maxLength: 20 }).map((words) => words.join(' ')),
    expression.chain((text) => fc.nat(text.length).map((cut) => text.slice(0, cut) + text.slice(cut + 2))),
  ); // prettier-ignore

  /** A text with a few pieces taken out, doubled, or put in. */
  const mutated = (good: fc.Arbitrary<string>, pieces: readonly string[]): fc.Arbitrary<string> => {
    const mutation = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(6), piece: fc.option(fc.constantFrom(...pieces), { nil: undefined }), doubles: fc.boolean() }); // prettier-ignore
    return fc.tuple(good, fc.array(mutation, { minLength: 1, maxLength: 4 })).map(([text, mutations]) =>
      mutations.reduce((text, { at, length, piece, doubles }) => {
        const start = Math.floor(at * text.length);
        const cut = text.slice(start, start + length);
        return text.slice(0, start) + (piece ?? (doubles ? cut + cut : '')) + text.slice(start + (piece ? 0 : length));
      }, text),
    );
  };
  const words = [
    'and',
    ' not ',
    ' in ',
    ' like ',
    ' has ',
    'has(',
    '(',
    ')',
    ',',
    '=',
    '@',
    '-',
    '*',
    '+',
    '"',
    "'",
    ' null ',
    '関',
    '\n',
    '\t',
    ' dstport ',
    ' SYN ',
  ];

  test('of an expression lies inside its text, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, mutated(expression, words)), (text) => {
        for (const { span } of checkExpression(text, lists).findings) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of a whole file that starts with an empty line is on its first line', () => {
    expect(loadRules([{ name: 'a.yaml', text: '\n !' }]).diagnostics).toMatchObject([{ line: 1, column: 1 }]);
  });

  test('of a rule file lies inside the file, for any file', () => {
    const scalar = fc.oneof(
      garbage.map((text) => JSON.stringify(text)),
      garbage.map((text) => `'${text.replaceAll("'", "''")}'`),
      garbage.map((text) => `|\n      ${text.replaceAll('\n', '\n      ')}`),
      garbage.map((text) => `>-\n      ${text.replaceAll('\n', '\n\n      ')}`),
      garbage,
    );
    const file = fc
      .record({ id: scalar, where: scalar, when: scalar, by: garbage, tests: garbage })
      .map(({ id, where, when, by, tests }) => {
        return `rules:\n  - id: ${id}\n    where: ${where}\n    when: ${when}\n    window: 5m\n    by: [${by}]\n    tests: [${tests}]\n`;
      });
    const good = fc.tuple(expression, expression).map(
      ([where, except]) => `lists:
  offices: [192.0.2.0/24]
rules:
  - id: ssh
    where: ${JSON.stringify(where)}
    except: >-
      ${except}
    by: [srcaddr, dstport]
    window: 10m
    when: count() >= 10
  - { id: other, where: 'dstport = 22', tags: [a] }
`,
    );
    const keys = [
      ...words,
      ': ',
      '- ',
      '\n  ',
      '{',
      '[',
      ']',
      '}',
      '#',
      '|',
      '&a ',
      '*a ',
      '!!int ',
      'rules:',
      'where:',
    ];
    fc.assert(
      fc.property(fc.oneof(file, garbage, mutated(good, keys)), (text) => {
        const { diagnostics, overlaps } = loadRules([{ name: 'a.yaml', text }]);
        const outside = [...diagnostics, ...overlaps()].filter((each) => !isInside(each, text));
        expect(outside).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
