/** What a test of a rule that fails says of how near it came. */
import { afterAll, expect, test } from 'vitest';
import { createMemoryStore } from '../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../shared/adapters/local/queue.ts';
import { openScheduledTests } from '../shared/adapters/local/scheduled-tests.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/built-in-lists.ts';
import { loadRules } from '../shared/rules/load.ts';
import { runRuleTest } from '../shared/rule-tests.ts';
import { decodeOptions } from './support/decode.ts';

const scheduled = openScheduledTests(PRIVATE_NETWORKS);
afterAll(() => scheduled.close());

/** How the only test fails of a rule about port 22 by source, whose records are these. */
async function failuresOf(condition: string, records: string, alerts: number): Promise<readonly string[]> {
  const text = `
rules:
  - id: knocking
    where: dstport = 22
    except: srcaddr = 10.0.0.9
    by: srcaddr
    ${condition}
    tests:
      - name: knocks
        records: [${records}]
        alerts: ${alerts}
`;
  const { rules, tests, diagnostics } = loadRules([{ name: 'knocking.yaml', text }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { failures } = await runRuleTest(tests[0]!, rules[0]!, {
    createStore: createMemoryStore,
    createQueue: () => createMemoryQueue<Arrival>(),
    clock: { now: () => new Date('2026-01-06T00:00:00Z') },
    decode: decodeOptions(),
    runScheduled: scheduled.run,
  });
  return failures;
}

const knocks = (srcaddr: string, times: number, more = ''): string =>
  `{ srcaddr: ${srcaddr}, dstport: 22, times: ${times}${more} }`;

const COUNT = 'window: 10m\n    when: count() >= 10';

test('what matched, what was kept out, and the groups that measured most', async () => {
  const others = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((address) => knocks(address, 2));
  const records = [knocks('10.0.0.1', 9), ...others, knocks('10.0.0.9', 12), '{ dstport: 23 }'].join(', ');
  expect(await failuresOf(COUNT, records, 1)).toEqual([
    'expected 1 alert, got 0',
    'of 28 records 15 match; `except` keeps 12 more out',
    'nearest: count() = 9, and it takes count() >= 10, for srcaddr 10.0.0.1',
    'nearest: count() = 2, and it takes count() >= 10, for srcaddr 10.0.0.2',
    'nearest: count() = 2, and it takes count() >= 10, for srcaddr 10.0.0.3',
    'and 1 more group',
  ]);
});

test('a group that alerted is not among them', async () => {
  const failures = await failuresOf(COUNT, `${knocks('10.0.0.1', 10)}, ${knocks('10.0.0.2', 7)}`, 2);
  expect(failures[0]).toBe('expected 2 alerts, got 1');
  expect(failures.filter((line) => line.startsWith('nearest'))).toEqual([
    'nearest: count() = 7, and it takes count() >= 10, for srcaddr 10.0.0.2',
  ]);
});

test('records that are too far apart count only as far as they come together', async () => {
  const failures = await failuresOf(COUNT, knocks('10.0.0.1', 12, ', every: 5m'), 1);
  expect(failures).toContain('nearest: count() = 2, and it takes count() >= 10, for srcaddr 10.0.0.1');
});

test.each([
  ['window: 10m\n    when: sum(bytes) > 5kB', ', bytes: 1000', 'sum(bytes) = 3,000, and it takes sum(bytes) > 5kB'],
  ['window: 1d\n    when: count() >= 10', '', 'count() = 3, and it takes count() >= 10'],
  [
    `${COUNT.replace('10', '3').replace('10', '3')}\n    then: dstport = 23\n    within: 5m`,
    '',
    'count() = 3, but `then` did not follow within 5m',
  ],
  ['window: 1h\n    when: count() > 4 × usual over 14d', '', 'count() = 3, and it takes count() > 4 × usual over 14d'],
])('%s', async (condition, more, nearest) => {
  const failures = await failuresOf(condition, knocks('10.0.0.1', 3, more), 1);
  expect(failures).toEqual([
    'expected 1 alert, got 0',
    'of 3 records 3 match',
    `nearest: ${nearest}, for srcaddr 10.0.0.1`,
  ]);
});

test('where nothing is measured, what matched is all there is to say', async () => {
  expect(await failuresOf('suppress: 1h', '{ dstport: 23 }', 1)).toEqual([
    'expected 1 alert, got 0',
    'of 1 record 0 match',
  ]);
});

test('a rule that should have stayed quiet is told of by its alerts alone', async () => {
  const failures = await failuresOf(COUNT, knocks('10.0.0.1', 10), 0);
  expect(failures).toEqual(['expected no alert, got 1', expect.stringMatching(/^raised: /)]);
});
