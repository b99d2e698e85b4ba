import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { age, bytesText, commandLine, dollars } from '../../shared/operations/wording.ts';

test.for([
  [0, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7_199, '120 min'],
  [7_200, '2 h'],
  [172_799, '48 h'],
  [172_800, '2 days'],
  [-5, '0 s'],
] as const)('%i s are %s', ([seconds, text]) => {
  expect(age(seconds)).toBe(text);
});

test.for([
  [0, '$0'],
  [0.004, 'less than $0.01'],
  [0.01, '$0.01'],
  [3.456, '$3.46'],
  [1_234.5, '$1,235'],
] as const)('%d USD are %s', ([usd, text]) => {
  expect(dollars(usd)).toBe(text);
});

test.for([
  [0, '0 B'],
  [999, '999 B'],
  [1_500, '1.5 kB'],
  [25e9, '25 GB'],
  [5e18, '5000 PB'],
] as const)('%d bytes are %s', ([bytes, text]) => {
  expect(bytesText(bytes)).toBe(text);
});

test('a command line gives a shell the very words it was made from', () => {
  const word = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const script = `for word in ${commandLine(...words)}; do printf '%s\\n' "$word"; done`;
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(words.map((each) => `${each}\n`).join(''));
    }),
    { numRuns: 50 },
  );
});
