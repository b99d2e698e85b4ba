import { expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/adapters/local/memory-store.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import type { Alert } from '../../shared/alerts/alert.ts';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { archive, compilePipelineRules, detect, foldWindows, type Pipeline } from '../../shared/pipeline.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { expandRuleTest } from '../../shared/rules/expand-test.ts';
import { memoryOf, type Rule } from '../../shared/rules/rule.ts';
import { expectedCount, type RuleTest } from '../../shared/rules/rule-test.ts';
import { withLists } from '../../shared/rules/test-lists.ts';
import { PACK } from '../pack/pack.ts';
import { decoded, decodeOptions, formatOf } from '../support/decode.ts';
import { noQueries } from '../support/rules.ts';
import { mutantsOf } from './mutants.ts';

/** Changes that make no difference to any record that AWS writes, by rule. */
const EQUIVALENT: Readonly<Record<string, readonly string[]>> = {
  // a reason is only ever given for what was refused
  'bpa-reject': ["where without `action = 'REJECT'`"],
  // the exception names a field of transit gateways as well, so that only their records are looked at
  'transit-gateway-skipped-records': ['where without `has(tgw_id) or has(tgw_attachment_id)`'],
};

const streamed = PACK.rules.filter(({ condition }) => ['none', 'stream'].includes(memoryOf(condition)));
const scheduled = PACK.rules.filter(({ condition }) => memoryOf(condition) === 'query');

// absence is judged by the clock, which stands still here
const judged = streamed.filter(({ condition }) => condition.kind !== 'absence');

test.each(judged.map((rule) => [rule.id, rule] as const))('the tests of %s hold every part of it', async (id, rule) => {
  const alive = new Map(mutantsOf(rule).map((mutant) => [mutant.rule.id, mutant]));
  for (const each of testsOf(id)) {
    const raised = await raise([rule, ...[...alive.values()].map((mutant) => mutant.rule)], each);
    expect(passes(each, raised.get(id) ?? [])).toBe(true);
    for (const mutant of alive.keys()) if (!passes(each, raised.get(mutant) ?? [])) alive.delete(mutant);
  }
  expect([...alive.values()].map(({ change }) => change)).toEqual(EQUIVALENT[id] ?? []);
});

// what the lake is asked for takes long to ask: here it is enough that other records match
test.each(scheduled.map((rule) => [rule.id, rule] as const))('the tests of %s show what matches', (id, rule) => {
  const alive = new Map(
    mutantsOf({ ...rule, by: [], condition: { kind: 'match' } }).map((mutant) => [mutant.rule.id, mutant]),
  );
  for (const each of testsOf(id)) {
    const matched = match([rule, ...[...alive.values()].map((mutant) => mutant.rule)], each);
    for (const mutant of alive.keys()) if (matched.get(mutant) !== matched.get(id)) alive.delete(mutant);
  }
  expect([...alive.values()].map(({ change }) => change)).toEqual(EQUIVALENT[id] ?? []);
});

function testsOf(id: string): readonly RuleTest[] {
  return PACK.tests.filter(({ rule }) => rule === id);
}

function passes(each: RuleTest, raised: readonly Alert[]): boolean {
  if (raised.length !== expectedCount(each)) return false;
  if (typeof each.alerts === 'number') return true;
  return each.alerts.every(({ group, times }) => {
    const found = raised.filter((alert) =>
      Object.entries(group).every(([field, value]) => alert.group[field] === value),
    );
    return found.length === times;
  });
}

const NOW = new Date('2026-12-31T00:00:00Z');

/** What rules raise on a test's records, by rule. */
async function raise(rules: readonly Rule[], each: RuleTest): Promise<ReadonlyMap<string, readonly Alert[]>> {
  const { format, arrival } = arrivalOf(each);
  const options = decodeOptions(formatOf(format));
  const pipeline: Pipeline = {
    store: createMemoryStore(),
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => NOW },
    random: () => 'mutants',
    decode: (arrived) => decodeDelivery(arrived, options),
    rules: compilePipelineRules(rules.map((rule) => withLists(rule, each.lists))),
    queriesOf: noQueries,
    seen: noAlertMemory(),
  };
  const { alerts } = await detect(arrival, pipeline);
  await archive([arrival], pipeline);
  return Map.groupBy([...alerts, ...(await foldWindows(pipeline, NOW)).alerts], ({ rule }) => rule.id);
}

/** Which of a test's records match, by rule. */
function match(rules: readonly Rule[], each: RuleTest): ReadonlyMap<string, string> {
  const { format, arrival } = arrivalOf(each);
  const compiled = compileRules(rules.map((rule) => withLists(rule, each.lists)));
  const { batches } = decoded(decodeDelivery(arrival, decodeOptions(formatOf(format))));
  const rows = batches.flatMap((batch) => evaluateRules(compiled, batch));
  return new Map(
    rules.map(({ id }) => [id, rows.flatMap(({ rule, rows }) => (rule.id === id ? [rows.join()] : [])).join(' ')]),
  );
}

function arrivalOf(each: RuleTest): { readonly format: string; readonly arrival: Arrival } {
  const { format, lines } = expandRuleTest(each);
  const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return { format, arrival: { kind: 'text', lines: content, header: undefined, firstLine: 1, place: each.name } };
}
