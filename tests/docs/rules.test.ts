import { describe, expect, test } from 'vitest';
import { CODES } from '../../shared/rules/codes.ts';
import { networkLists, OPEN_LISTS, PORT_LISTS } from '../../shared/rules/built-in-lists.ts';
import { checkExpression } from '../../shared/rules/check.ts';
import { builtInLists } from '../../shared/rules/lists.ts';
import { BLOCK_KEYS, ENTRY_KEYS, RULE_KEYS, TEST_KEYS, TIMING_KEYS } from '../../shared/rules/rule-keys.ts';
import { parseWhen } from '../../shared/rules/when.ts';
import { PACK } from '../pack/pack.ts';
import { blocksOf, codeIn, read, rowsOf, sectionsOf } from './documents.ts';

const ENGLISH = read('docs/rules.md');
const JAPANESE = read('docs/rules.ja.md');

describe.each([
  ['English', ENGLISH, read('docs/built-in-rules.md')],
  ['Japanese', JAPANESE, read('docs/built-in-rules.ja.md')],
])('the reference in %s', (_, text, pack) => {
  const [, keys, expressions, conditions, expectations, lists, tests, , diagnostics] = sectionsOf(text);

  test('has a row for each key of a rule, of expectations and of tests', () => {
    expect(keysIn(keys!)).toEqual(Object.keys(RULE_KEYS).sort());
    const { inbound, outbound } = ENTRY_KEYS;
    const ofBlocks = Object.keys(BLOCK_KEYS).filter((key) => !key.startsWith('unexpected-'));
    expect(keysIn(expectations!)).toEqual([...ofBlocks, ...Object.keys({ ...inbound, ...outbound })].sort());
    expect(keysIn(tests!)).toEqual(Object.keys({ ...TEST_KEYS, ...TIMING_KEYS }).sort());
  });

  test('shows expressions that are expressions', () => {
    const examples = blocksOf(expressions!)
      .find(({ language }) => language === 'expressions')!
      .text.trim()
      .split('\n');
    expect(examples.length).toBeGreaterThan(5);
    expect(examples.flatMap((each) => checkExpression(each, builtInLists()).findings)).toEqual([]);
  });

  test('shows conditions that are conditions', () => {
    const examples = rowsOf(conditions!).flatMap(([first]) => codeIn(first!).filter((code) => !code.includes('then')));
    expect(examples.length).toBeGreaterThan(6);
    expect(examples.flatMap((each) => parseWhen(each).findings)).toEqual([]);
  });

  test('has a row for each built-in list', () => {
    const names = Object.keys({ ...networkLists([]), ...PORT_LISTS, ...OPEN_LISTS });
    const listed = rowsOf(lists!).flatMap(([first]) => codeIn(first!).filter((code) => code.startsWith('@')));
    expect([...listed].sort()).toEqual(names.map((name) => `@${name}`).sort());
  });

  test('has a row for each diagnostic', () => {
    expect(rowsOf(diagnostics!).map(([code]) => code)).toEqual(Object.keys(CODES));
  });

  test('names every built-in rule with its severity', () => {
    const listed = rowsOf(pack).map(([id, , severity]): [string, string] => [codeIn(id!)[0]!, severity!]);
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(PACK.rules.map(({ id, severity }) => [id, severity])),
    );
    expect(listed.length).toBe(PACK.rules.length);
  });
});

test('the English reference says of diagnostics and lists what the code says', () => {
  expect(Object.fromEntries(rowsOf(sectionsOf(ENGLISH).at(-1)!))).toEqual(CODES);
  for (const [name, { holds, entries }] of Object.entries({ ...PORT_LISTS, ...OPEN_LISTS })) {
    expect(ENGLISH).toContain(`| \`@${name}\` | ${holds} | ${entries.length === 0 ? 'none' : entries.join(', ')} |`);
  }
});

test('the first page says how many built-in rules there are', () => {
  expect(read('README.md')).toContain(`[${PACK.rules.length} built-in rules]`);
  expect(read('README.ja.md')).toContain(`[${PACK.rules.length} 個の組み込みルール]`);
});

test('both languages have the same sections, with the same code in them', () => {
  const [english, japanese] = [ENGLISH, JAPANESE].map((text) => sectionsOf(text).map(blocksOf));
  expect(japanese).toEqual(english);
});

/** The keys that tables have rows for, in order. */
function keysIn(section: string): readonly string[] {
  return rowsOf(section)
    .flatMap(([first]) => codeIn(first!))
    .sort();
}
