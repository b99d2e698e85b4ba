import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { decodeOptions } from '../support/decode.ts';

const docs = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
const example = /```yaml\n(expect:\n[^]*?)```/.exec(docs)![1]!;
const { rules, tests, diagnostics } = loadRules([{ name: 'design.yml', text: example }]);

describe('the security design in the reference', () => {
  test('is ten lines without fault, its tests aside', () => {
    expect(diagnostics).toEqual([]);
    expect(example.split('    tests:\n')[0]!.trim().split('\n').length).toBeLessThanOrEqual(10);
    expect(tests.map(({ rule }) => rule)).toEqual(['unexpected-accept', 'unexpected-accept', 'unexpected-reject']);
  });

  test.each(tests.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const rule = rules.find(({ id }) => id === each.rule)!;
    const { failures } = await runRuleTest(each, rule, {
      createStore: createMemoryStore,
      createQueue: () => createMemoryQueue<Arrival>(),
      clock: { now: () => new Date('2026-01-06T00:00:00Z') },
      decode: decodeOptions(),
    });
    expect(failures).toEqual([]);
  });
});
