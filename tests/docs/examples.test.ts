import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { decodeOptions } from '../support/decode.ts';
import { blocksOf, read } from './documents.ts';

const examples = blocksOf(read('docs/rules.md')).filter(
  ({ language, text }) => language === 'yaml' && text.includes('tests:'),
);

describe.each(examples.map(({ text }) => [text.slice(0, text.indexOf('\n')), text]))(
  'the example of `%s`',
  (_, text) => {
    const { rules, tests, diagnostics } = loadRules([{ name: 'example.yml', text }]);

    test('is without fault', () => {
      expect(diagnostics).toEqual([]);
      expect(tests.length).toBeGreaterThan(0);
    });

    test.each(tests.map((each) => [each.name, each] as const))('passes its test: %s', async (_, each) => {
      const { failures } = await runRuleTest(
        each,
        rules.find(({ id }) => id === each.rule)!,
        {
          createStore: createMemoryStore,
          createQueue: () => createMemoryQueue<Arrival>(),
          clock: { now: () => new Date('2026-01-06T00:00:00Z') },
          decode: decodeOptions(),
        },
      );
      expect(failures).toEqual([]);
    });
  },
);

test('a security design takes ten lines, its tests aside', () => {
  const design = examples.find(({ text }) => text.startsWith('expect:'))!.text;
  expect(design.split('    tests:\n')[0]!.trim().split('\n').length).toBeLessThanOrEqual(10);
});
