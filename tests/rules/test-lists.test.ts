import { expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { decodeOptions } from '../support/decode.ts';

/** A rule with one test that has these lists. */
function load(lists: string) {
  const text = `
lists:
  doors: ['22']
rules:
  - id: knocking
    where: dstport in @doors
    except: srcaddr in @scanners
    by: srcaddr
    window: 10m
    when: count() >= 1
    then: dstaddr in @doors_inside
    within: 10m
    tests:
      - name: one
        lists: ${lists}
        records:
          - { srcaddr: '10.0.0.1-10.0.0.3', dstaddr: 10.0.0.9, dstport: [22, 23] }
        alerts: [{ srcaddr: 10.0.0.3 }]
`;
  return loadRules([{ name: 'knocking.yaml', text }], { lists: { doors_inside: [] } });
}

test('a test fills the lists that its rule names in where, except and then; the rule stays as it is', async () => {
  const { rules, tests, diagnostics } = load(
    '{ doors: [23], scanners: [10.0.0.0/31, 10.0.0.2], doors_inside: 10.0.0.9 }',
  );
  expect(diagnostics).toEqual([]);
  const options = {
    createStore: createMemoryStore,
    createQueue: () => createMemoryQueue<Arrival>(),
    clock: { now: () => new Date('2026-01-06T00:00:00Z') },
    decode: decodeOptions(),
  };
  expect((await runRuleTest(tests[0]!, rules[0]!, options)).failures).toEqual([]);
  const plain = await runRuleTest({ ...tests[0]!, lists: {} }, rules[0]!, options);
  expect(plain.alerts).toEqual([]);
});

test.each([
  ['{ scanner: [10.0.0.1] }', 'E501', 'the rule does not name a list `@scanner`'],
  ['{ scanners: [ssh] }', 'E502', '`ssh`'],
  ['{ doors: [70000] }', 'E502', '70000'],
  ['[10.0.0.1]', 'E004', '`lists`'],
])('%s is reported', (lists, code, said) => {
  const { tests, diagnostics } = load(lists);
  expect(tests).toEqual([]);
  expect(diagnostics).toMatchObject([{ code, line: 15, message: expect.stringContaining(said) }]);
});
