import { afterAll, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import { openScheduledTests } from '../../shared/adapters/local/scheduled-tests.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { OPEN_LISTS, PRIVATE_NETWORKS } from '../../shared/rules/built-in-lists.ts';
import { operandsOf } from '../../shared/rules/expression.ts';
import { expectedCount } from '../../shared/rules/rule-test.ts';
import { PACK, PACK_FILES } from '../pack/pack.ts';
import { decodeOptions } from '../support/decode.ts';

const { rules, tests, diagnostics } = PACK;
const scheduled = openScheduledTests(PRIVATE_NETWORKS);
afterAll(scheduled.close);

test('the built-in rules are without fault, one a file of its name', () => {
  expect(diagnostics).toEqual([]);
  expect(rules.map(({ id }) => `${id}.yaml`)).toEqual(PACK_FILES.map(({ name }) => name));
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const own = tests.filter((each) => each.rule === id);

  test('says why it matters, what to do, and where it gives false alarms', () => {
    expect(rule.description.length).toBeGreaterThan(100);
    expect(rule.runbook).toBeDefined();
    expect(rule.falsePositives).toBeDefined();
    expect(rule.tags).toContainEqual(expect.stringMatching(/^attack\.t\d{4}$/));
  });

  test('has a list for exceptions, which is empty by default', () => {
    const named = [rule.where, rule.except]
      .flatMap((each) => (each === undefined ? [] : operandsOf(each)))
      .flatMap((operand) => (operand.kind === 'list' ? [operand.name] : []));
    expect(named.filter((name) => name in OPEN_LISTS)).not.toEqual([]);
  });

  test('is tested for what it finds and for what it must not', () => {
    expect(own.some((each) => expectedCount(each) > 0)).toBe(true);
    expect(own.some((each) => expectedCount(each) === 0)).toBe(true);
  });

  test.each(own.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { failures } = await runRuleTest(each, rule, {
      createStore: createMemoryStore,
      createQueue: () => createMemoryQueue<Arrival>(),
      clock: { now: () => new Date('2026-01-06T00:00:00Z') },
      decode: decodeOptions(),
      runScheduled: scheduled.run,
    });
    expect(failures).toEqual([]);
  });
});
