/** Runs the tests inside rule files: their records take the pipeline's own way, so that what a test shows is what will happen. */
import type { Alert } from './alerts/alert.ts';
import { noAlertMemory } from './alerts/memory.ts';
import type { Arrival } from './envelope/delivery.ts';
import type { ColumnBatch, Reject } from './flow/columns.ts';
import { decodeDelivery, type DecodeOptions } from './flow/decode.ts';
import { newestEnd } from './flow/newest-end.ts';
import { parseFormat, type Format } from './flow/format.ts';
import { describeMatches, describeNearest, measuringRule } from './near-misses.ts';
import { archive, compilePipelineRules, detect, foldWindows, type Pipeline } from './pipeline.ts';
import type { BatchQueue, Clock, ObjectStore } from './ports.ts';
import { alertQueries } from './query/alert-queries.ts';
import { PRIVATE_NETWORKS } from './rules/built-in-lists.ts';
import { expandRuleTest, TEST_START } from './rules/expand-test.ts';
import { expectedCount, type RuleTest } from './rules/rule-test.ts';
import { memoryOf, type Rule } from './rules/rule.ts';
import { withLists } from './rules/test-lists.ts';

/** What the tests run with. */
export interface RuleTestOptions {
  /** An empty store, one a test. */
  readonly createStore: () => ObjectStore;
  /** An empty queue, one a test. */
  readonly createQueue: () => BatchQueue<Arrival>;
  readonly clock: Clock;
  /** How records are read, the format aside. */
  readonly decode: DecodeOptions;
  /** Runs a rule whose memory is the lake over the objects of a store, and creates its alerts there. */
  readonly runScheduled?: ((rule: Rule, store: ObjectStore) => Promise<readonly Alert[]>) | undefined;
}

/** How a test ended. */
export interface RuleTestResult {
  readonly test: RuleTest;
  readonly alerts: readonly Alert[];
  /** What is not as expected, a sentence each; empty where the test passed. */
  readonly failures: readonly string[];
}

/** Runs one test of one rule. */
export async function runRuleTest(test: RuleTest, rule: Rule, options: RuleTestOptions): Promise<RuleTestResult> {
  const { format: text, lines } = expandRuleTest(test);
  const format = parseFormat(text);
  if ('kind' in format) return { test, alerts: [], failures: [format.message] };
  const records = { format, lines };
  const tested = withLists(rule, test.lists);
  const { alerts, batches, rejects } = await raise(test, tested, records, options);
  const hasEngine = memoryOf(rule.condition) !== 'query' || options.runScheduled !== undefined;
  const failures = [
    ...(hasEngine ? [] : ['there is no query engine here to run the rule']),
    ...rejects.map(({ line, reason }) => `the record \`${line}\` can't be read: ${reason}`),
    ...compare(test, alerts),
  ];
  if (failures.length > 0 && alerts.length < expectedCount(test)) {
    const measuring = measuringRule(tested);
    const measured = measuring && (await raise(test, measuring, records, options));
    failures.push(describeMatches(tested, batches), ...describeNearest(tested, measured?.alerts ?? [], alerts));
  }
  return { test, alerts, failures };
}

/** What a rule made of a test's records. */
interface Raised {
  readonly alerts: readonly Alert[];
  readonly batches: readonly ColumnBatch[];
  readonly rejects: readonly Reject[];
}

/** Takes the records of a test through the pipeline, with one rule alone. */
async function raise(
  test: RuleTest,
  rule: Rule,
  { format, lines }: { readonly format: Format; readonly lines: readonly string[] },
  options: RuleTestOptions,
): Promise<Raised> {
  const decodeOptions: DecodeOptions = {
    ...options.decode,
    formats: { given: format, ofLogGroup: () => undefined },
    // a test may last for months, whatever the clock says
    arrival: Math.max(options.decode.arrival, TEST_START + LONGEST_TEST),
  };
  const pipeline: Pipeline = {
    store: options.createStore(),
    queue: options.createQueue(),
    sink: undefined,
    clock: options.clock,
    random: () => 'test',
    decode: (arrival) => decodeDelivery(arrival, decodeOptions),
    rules: compilePipelineRules([rule]),
    queriesOf: alertQueries(PRIVATE_NETWORKS),
    seen: noAlertMemory(),
  };
  const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const arrival: Arrival = {
    kind: 'text',
    lines: content,
    header: undefined,
    firstLine: 1,
    place: `${test.rule} test`,
  };
  const { decoded, alerts } = await detect(arrival, pipeline);
  await archive([arrival], pipeline);
  const { batches, rejects } = decoded.kind === 'decoded' ? decoded.delivery : NOTHING;
  // what is absent is so as of the test's last record
  const folded = await foldWindows(pipeline, new Date((newestEnd(batches) ?? 0) * 1000));
  const isScheduled = memoryOf(rule.condition) === 'query';
  const scheduled = isScheduled ? await options.runScheduled?.(rule, pipeline.store) : undefined;
  return { alerts: [...alerts, ...folded.alerts, ...(scheduled ?? [])], batches, rejects };
}

/** The longest that a test of a rule lasts, seconds. */
const LONGEST_TEST = 400 * 86_400;

const NOTHING = { batches: [], rejects: [] };

/** What differs between the alerts that a test expects and those that were raised. */
function compare(test: RuleTest, raised: readonly Alert[]): string[] {
  const expected = expectedCount(test);
  const failures: string[] = [];
  if (typeof test.alerts !== 'number') {
    for (const { group, times } of test.alerts) {
      const found = raised.filter((alert) =>
        Object.entries(group).every(([field, value]) => alert.group[field] === value),
      );
      if (found.length !== times) {
        failures.push(`expected ${times} of ${JSON.stringify(group)}, got ${found.length}`);
      }
    }
  }
  if (raised.length !== expected && failures.length === 0) {
    failures.push(
      `expected ${expected === 0 ? 'no alert' : `${expected} alert${expected === 1 ? '' : 's'}`}, got ${raised.length}`,
    );
  }
  if (failures.length > 0) failures.push(...raised.slice(0, 5).map(({ summary }) => `raised: ${summary}`));
  return failures;
}
