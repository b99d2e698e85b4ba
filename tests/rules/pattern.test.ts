import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern, excludesPattern, impliesPattern } from '../../shared/rules/pattern.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '*'), maxLength: 7 });

/** By a regular expression, as a judge. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

test('a star stands for any characters, or none, and everything else for itself', () => {
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      expect(compilePattern(pattern)(text)).toBe(fits(pattern, text));
    }),
    { numRuns: 3000 },
  );
});

test('a pattern that implies another fits no text that the other does not', () => {
  fc.assert(
    fc.property(pattern, pattern, fc.array(text, { minLength: 20, maxLength: 40 }), (one, other, texts) => {
      fc.pre(impliesPattern(one, other));
      for (const text of texts) expect(fits(one, text) && !fits(other, text)).toBe(false);
    }),
  );
});

test('patterns that exclude each other fit no text both', () => {
  fc.assert(
    fc.property(pattern, pattern, fc.array(text, { minLength: 20, maxLength: 40 }), (one, other, texts) => {
      fc.pre(excludesPattern(one, other));
      for (const text of texts) expect(fits(one, text) && fits(other, text)).toBe(false);
    }),
  );
});

test.each([
  ['eni-0a*', 'eni-*', true],
  ['eni-*', 'eni-0a*', false],
  ['eni-*-x', '*-*', true],
  ['a', '*a*', true],
])('%s implies %s: %s', (narrow, wide, expected) => {
  expect(impliesPattern(narrow, wide)).toBe(expected);
});
