/** THE property: a rule in SQL raises the alerts that it raises when it streams. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noAlertMemory } from '../../shared/alerts/memory.ts';
import type { Arrival } from '../../shared/envelope/delivery.ts';
import type { DecodedDelivery } from '../../shared/flow/columns.ts';
import { createMemoryQueue } from '../../shared/adapters/local/queue.ts';
import { archive, compilePipelineRules, detect, foldWindows, type Pipeline } from '../../shared/pipeline.ts';
import type { Condition, Measure, Rule } from '../../shared/rules/rule.ts';
import { testLake, type TestLake } from '../support/lakes.ts';
import { noQueries, ruleOf } from '../support/rules.ts';
import { alertIds } from '../windows/world.ts';
import type { RecordInput } from '../support/batches.ts';
import { checked, decoded, engineOf, findings } from './lake-of-rules.ts';

/** An hour on both sides of a day's border. */
const START = Date.parse('2026-11-03T23:10:00Z') / 1000;
const SPAN = 6000;
const NOW = START + SPAN;

const record: fc.Arbitrary<RecordInput> = fc
  .record({
    interface_id: fc.constantFrom('eni-1', 'eni-2', null),
    srcaddr: fc.constantFrom('203.0.113.9', '198.51.100.7', null),
    dstaddr: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'),
    dstport: fc.constantFrom(22, 23, 80, 443, null),
    srcport: fc.constant(50_000),
    protocol: fc.constant(6),
    bytes: fc.constantFrom(40, 120, 900, null),
    packets: fc.constant(1),
    action: fc.constantFrom('ACCEPT', 'REJECT'),
    // most records lie near each other, so that windows fill
    start: fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.integer({ min: 2700, max: 3900 })),
  })
  .map((fields) => ({ fields: { ...fields, start: START + fields.start, end: START + fields.start + 59 } }));

const deliveries = fc.array(fc.array(record, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 });

const where = fc
  .constantFrom(
    'dstport >= 0',
    'action = REJECT',
    'dstaddr in 10.0.0.0/30',
    'dstport in (22, 80) or bytes > 100',
    'dstport in @admin_ports or srcaddr in @private',
  )
  .map(checked);
const seconds = fc.constantFrom(60, 90, 300, 600, 3600);
const measure: fc.Arbitrary<readonly [Measure, number]> = fc.oneof(
  fc.tuple(fc.constant({ kind: 'count' } as const), fc.constantFrom(1, 2, 4)),
  fc.tuple(fc.constant({ kind: 'sum', field: 'bytes' } as const), fc.constantFrom(0, 160, 1500)),
  fc.tuple(fc.constantFrom({ kind: 'distinct', field: 'dstaddr' } as const, { kind: 'distinct', field: 'dstport' } as const), fc.constantFrom(1, 2, 3)), // prettier-ignore
  fc.tuple(fc.constantFrom({ kind: 'rate', field: 'bytes' } as const, { kind: 'rate', field: undefined } as const), fc.constantFrom(0.01, 0.4, 2)), // prettier-ignore
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        seconds,
        measure,
        fc.constantFrom('>' as const, '>=' as const),
        fc.option(fc.tuple(where, seconds), { nil: undefined, freq: 2 }),
      ) // prettier-ignore
      .map(([seconds, [measure, value], operator, then]) => ({
        kind: 'window' as const,
        seconds,
        when: { measure, operator, value, text: '' },
        then: then && { where: then[0], within: then[1] },
      })),
  },
  { weight: 1, arbitrary: seconds.map((seconds) => ({ kind: 'absence' as const, seconds, text: '' })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'match' as const }) },
);
const rules: fc.Arbitrary<readonly Rule[]> = fc
  .array(
    fc.record({
      where,
      except: fc.option(fc.constant(checked('dstport = 443')), { nil: undefined }),
      by: fc.constantFrom(['srcaddr'], [], ['interface_id', 'dstport'], ['client'], ['direction']),
      condition,
      suppress: fc.constantFrom(45, 60, 600, 3600, 86_400),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => all.map((parts, at) => ruleOf({ id: `rule-${at}`, stateKey: `rule-${at}-0`, ...parts })));

/** Sends the deliveries through the pipeline over a lake, so that both forms read what it wrote. */
async function stream(lake: TestLake, all: readonly DecodedDelivery[], rules: readonly Rule[]): Promise<void> {
  const arrivals = new Map<Arrival, DecodedDelivery>(
    all.map((each, at) => [
      { kind: 'text', lines: Buffer.from(`${at}`), header: undefined, firstLine: 1, place: '' },
      each,
    ]),
  );
  const pipeline: Pipeline = {
    store: lake.store,
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => new Date(NOW * 1000) },
    random: () => 'test',
    decode: (arrival) => ({ kind: 'decoded', delivery: arrivals.get(arrival)! }),
    rules: compilePipelineRules(rules),
    queriesOf: noQueries,
    seen: noAlertMemory(),
  };
  for (const arrival of arrivals.keys()) await detect(arrival, pipeline);
  await archive([...arrivals.keys()], pipeline);
  await foldWindows(pipeline, new Date(NOW * 1000));
}

/** The ids of what the rules' queries find. */
async function queryIds(lake: TestLake, rules: readonly Rule[], longList?: number): Promise<string[]> {
  const engine = await engineOf(lake);
  try {
    const found = await findings(engine, rules, { judgeAt: NOW, longList });
    return found.map(({ id }) => id).sort();
  } finally {
    await engine.close();
  }
}

test('on random traffic and random rules', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, rules, fc.constantFrom(undefined, 0), async (all, rules, longList) => {
      using lake = testLake();
      await stream(lake, decoded(all), rules);
      expect(await queryIds(lake, rules, longList)).toEqual(await alertIds(lake.store));
    }),
    { numRuns: 30 },
  );
});

test('from a time on, the same as if all was looked at: nothing more, and of what happened since nothing less', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, rules, fc.integer({ min: 0, max: SPAN }), async (all, rules, offset) => {
      using lake = testLake();
      await lake.writeRaw('2026-11-04T01:00:00Z', decoded(all));
      const engine = await engineOf(lake);
      const since = START + offset;
      try {
        for (const rule of rules) {
          const everything = await findings(engine, [rule], { judgeAt: NOW });
          const some = new Set((await findings(engine, [rule], { judgeAt: NOW, since })).map(({ id }) => id));
          const ids = new Set(everything.map(({ id }) => id));
          expect([...some].filter((id) => !ids.has(id))).toEqual([]);
          const later = everything.filter(({ time }) => time >= since).map(({ id }) => id);
          expect(later.filter((id) => !some.has(id))).toEqual([]);
        }
      } finally {
        await engine.close();
      }
    }),
    { numRuns: 15 },
  );
});
