import { afterAll, expect, test } from 'vitest';
import { lineWriter, V2 } from '../../bench/traffic/line.ts';
import { normalTraffic } from '../../bench/traffic/normal.ts';
import { HOUR } from '../../bench/traffic/hour.ts';
import { recordsOf } from '../../bench/traffic/stream.ts';
import { PRIVATE_NETWORKS } from '../../shared/rules/built-in-lists.ts';
import { openScheduledTests } from '../../shared/adapters/local/scheduled-tests.ts';
import { memoryOf } from '../../shared/rules/rule.ts';
import { PACK, storeLines } from './pack.ts';

const scheduled = openScheduledTests(PRIVATE_NETWORKS);
afterAll(scheduled.close);

/** Long enough for rules that look back over two weeks to have something to compare with. */
const DAYS = 16;

/** Ordinary traffic at its quietest: ten minutes of each half hour. */
function* ordinaryLines(): Generator<string> {
  const line = lineWriter(V2);
  for (let start = HOUR; start < HOUR + DAYS * 86_400; start += 1_800) {
    const interval = { start, seconds: 600 } as const;
    for (const records of recordsOf(interval, normalTraffic('weeks', interval, 0.02)).values()) {
      yield* records.map(line);
    }
  }
}

test('two weeks of ordinary traffic raise nothing that only the lake remembers', async () => {
  const store = await storeLines(ordinaryLines(), V2);
  const rules = PACK.rules.filter(({ condition }) => memoryOf(condition) === 'query');
  expect(rules.length).toBeGreaterThanOrEqual(5);
  for (const rule of rules) {
    const alerts = await scheduled.run(rule, store);
    expect(alerts.map(({ summary }) => summary)).toEqual([]);
  }
});
