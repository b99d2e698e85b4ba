/** An expression that is written down again means the same. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkExpression } from '../../shared/rules/check.ts';
import type { Expression } from '../../shared/rules/expression.ts';
import { formatExpression } from '../../shared/rules/format-expression.ts';
import { builtInLists, type NamedList } from '../../shared/rules/lists.ts';
import { expression, LISTS } from './arbitraries.ts';

const lists = new Map<string, NamedList>(builtInLists());
for (const [name, entries] of Object.entries(LISTS)) lists.set(name, { name, entries });

function read(text: string): Expression | undefined {
  const { expression, findings } = checkExpression(text, lists);
  return findings.some(({ severity }) => severity === 'error') ? undefined : expression;
}

test('reading it again gives the same expression, nesting of one kind aside', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const known = read(text);
      fc.pre(known !== undefined);
      const again = read(formatExpression(known));
      expect(again && meaningOf(again)).toEqual(meaningOf(known));
    }),
  );
});

test.for([
  [
    '(action = REJECT) and ((dstport = 22) or (protocol = tcp and dstport = 23))',
    "action = 'REJECT' and (dstport = 22 or (protocol = tcp and dstport = 23))",
  ],
  ['not (not (dstport = 22))', 'not not dstport = 22'],
  ['srcaddr not in (@private, 192.0.2.0/24)', 'srcaddr not in (@private, 192.0.2.0/24)'],
  [`instance_tag = "o'clock"`, `instance_tag = "o'clock"`],
] as const)('%s', ([text, written]) => {
  expect(formatExpression(read(text)!)).toBe(written);
});

/** Without places, and with what is nested in its own kind joined. */
function meaningOf(expression: Expression): unknown {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const terms = (each: Expression): readonly Expression[] =>
        each.kind === expression.kind ? each.terms.flatMap(terms) : [each];
      return [expression.kind, ...terms(expression).map(meaningOf)];
    }
    case 'not':
      return ['not', meaningOf(expression.term)];
    case 'presence':
    case 'test':
      return { ...expression, span: undefined };
  }
}
