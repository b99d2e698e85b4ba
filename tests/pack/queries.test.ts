/** The queries that alerts of the built-in rules carry find the records behind them. */
import { afterAll, expect, test } from 'vitest';
import { deliver, hourAttacks, hourRecords } from '../../bench/traffic/hour.ts';
import { V2, V5 } from '../../bench/traffic/line.ts';
import { fixedClock } from '../../shared/adapters/local/clock.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import { openScheduledTests } from '../../shared/adapters/local/scheduled-tests.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import type { FlowRecord } from '../../shared/flow/columns.ts';
import { runRuleTest } from '../../shared/rule-tests.ts';
import { PRIVATE_NETWORKS } from '../../shared/rules/lists.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { decodeOptions } from '../support/decode.ts';
import { testLake, type TestLake } from '../support/lakes.ts';
import { PACK, raise } from './pack.ts';

const scheduled = openScheduledTests(PRIVATE_NETWORKS);
afterAll(scheduled.close);

const HITS = PACK.rules.map((rule) => {
  const hit = PACK.tests.find(({ rule: id, alerts }) => id === rule.id && alerts !== 0);
  return [rule.id, rule, hit!] as const;
});

test.each(HITS)('those of %s', async (_, rule, hit) => {
  using lake = testLake();
  const { alerts } = await runRuleTest(hit, rule, {
    createStore: () => lake.store,
    createQueue: () => createMemoryQueue(),
    clock: fixedClock(new Date('2026-12-01T00:00:00Z')),
    decode: decodeOptions(),
    runScheduled: scheduled.run,
  });
  expect(alerts).not.toEqual([]);
  for (const alert of alerts) await expectRecords(alert, rule, lake);
});

test.each([V2, V5])('those of an hour with attacks, in %s', async (format) => {
  using lake = testLake();
  const alerts = await raise(deliver(hourRecords(hourAttacks()), format), format, lake.store);
  expect(alerts.length).toBeGreaterThan(10);
  for (const alert of alerts) {
    await expectRecords(
      alert,
      PACK.rules.find(({ id }) => id === alert.rule.id)!,
      lake,
    );
  }
});

/** All of an alert's samples are found, and as many records as it counts: of a sequence not fewer. */
async function expectRecords(alert: Alert, { condition }: Rule, lake: TestLake): Promise<void> {
  const all = alert.queries.athena.replace(/ LIMIT 1000$/, '');
  const rows = await lake.rows(`SELECT CAST(to_json(found) AS VARCHAR) FROM (${all}) found`);
  const found = rows.map(([text]) => keyOf(JSON.parse(text as string) as FlowRecord));
  expect(found).toEqual(expect.arrayContaining(alert.samples.map(keyOf)));
  const isSequence = condition.kind === 'window' && condition.then !== undefined;
  if (isSequence) expect(found.length).toBeGreaterThanOrEqual(alert.records);
  else expect(found).toHaveLength(alert.records);
}

/** What tells a record from others. */
function keyOf(record: FlowRecord): string {
  return ['interface_id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'start', 'end', 'bytes', 'action', 'log_status']
    .map((column) => record[column] ?? '-')
    .join(' ');
}
