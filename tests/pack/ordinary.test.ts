import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expandRuleTest } from '../../shared/rules/expand-test.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { raiseOnLines } from './pack.ts';

const name = 'ordinary.yaml';
const text = readFileSync(new URL(name, import.meta.url), 'utf8');
const { tests, diagnostics } = loadRules([{ name, text }]);

test('what is called ordinary here is without fault', () => {
  expect(diagnostics).toEqual([]);
});

test.each(tests.map((each) => [each.name, each] as const))('%s: the whole pack stays quiet', async (_, each) => {
  const { format, lines } = expandRuleTest(each);
  const alerts = await raiseOnLines(lines, format);
  expect(alerts.map(({ summary }) => summary)).toEqual([]);
});
