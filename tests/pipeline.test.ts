/** The pipeline as a whole: what is written is what is found, however it arrives. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryQueue } from '../shared/adapters/local/queue.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import type { Alert } from '../shared/alerts/alert.ts';
import type { Arrival } from '../shared/envelope/delivery.ts';
import { newestEnd } from '../shared/flow/newest-end.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';
import {
  archive,
  compilePipelineRules,
  detect,
  foldWindows,
  type Pipeline,
  type PipelineRules,
} from '../shared/pipeline.ts';
import { loadRules } from '../shared/rules/load.ts';
import { decodeOptions, formatOf } from './support/decode.ts';
import { noQueries } from './support/rules.ts';
import { memoryStore } from './support/memory-store.ts';
import { alertIds } from './windows/world.ts';
import { naiveIds, type Fields } from './windows/naive.ts';

function compiled(text: string): PipelineRules {
  const { rules, diagnostics } = loadRules([{ name: 'test.yaml', text }]);
  expect(diagnostics).toEqual([]);
  return compilePipelineRules(rules);
}

/** An archiver that has nothing in memory yet, as each invocation may be. */
function pipelineOver(store: Pipeline['store'], rules: PipelineRules): Pipeline {
  return {
    store,
    queue: createMemoryQueue<Arrival>(),
    sink: undefined,
    clock: { now: () => new Date('2026-11-04T06:00:00Z') },
    random: () => `${names++}`,
    decode: (arrival) => decodeDelivery(arrival, decodeOptions(formatOf('default'))),
    rules,
    queriesOf: noQueries,
    seen: noAlertMemory(),
  };
}
let names = 0;

/** A delivery of lines in the default format. */
function arrivalOf(records: readonly Fields[]): Arrival {
  const lines = records.map((record) => {
    const { interface_id, srcaddr, dstaddr, dstport, protocol, bytes, start, action } = record;
    const end = Number(start) + 30;
    return `2 123456789012 ${interface_id} ${srcaddr} ${dstaddr} 51000 ${dstport} ${protocol ?? 6} 1 ${bytes ?? 40} ${start} ${end} ${action ?? 'REJECT'} OK\n`;
  });
  return { kind: 'text', lines: Buffer.from(lines.join('')), header: undefined, firstLine: 1, place: 'test' };
}

test('a sweep over 200 interfaces with one record in each delivery is found', async () => {
  const rules = compiled(`rules:
  - id: sweep
    where: action = REJECT
    by: srcaddr
    window: 1h
    when: distinct(interface_id) >= 200
`);
  const store = memoryStore();
  const start = Date.parse('2026-11-03T04:30:00Z') / 1000;
  const deliveries = Array.from({ length: 200 }, (_, index) =>
    arrivalOf([
      {
        interface_id: `eni-${`${index}`.padStart(17, '0')}`,
        srcaddr: '203.0.113.9',
        dstaddr: `10.0.0.${index}`,
        dstport: 22,
        // across the hour's border, the later half first
        start: start + ((index + 100) % 200) * 17,
      },
    ]),
  );
  const created: Alert[] = [];
  for (let at = 0; at < deliveries.length; at += 30) {
    const pipeline = pipelineOver(store, rules);
    const some = deliveries.slice(Math.max(0, at - 5), at + 30);
    for (const arrival of some) await detect(arrival, pipeline);
    await archive(some, pipeline);
    if (at % 60 === 0) created.push(...(await foldWindows(pipeline)).alerts);
  }
  created.push(...(await foldWindows(pipelineOver(store, rules))).alerts);
  expect(created).toMatchObject([
    { group: { srcaddr: '203.0.113.9' }, measure: { 'distinct(interface_id)': 200 }, records: 200 },
  ]);
  expect(created[0]!.interfaces).toHaveLength(200);
});

const RULES = compiled(`rules:
  - { id: scan, where: action = REJECT, by: srcaddr, window: 10m, when: distinct(dstport) >= 3 }
  - { id: volume, where: 'protocol in (tcp, udp)', except: dstport = 23, by: [srcaddr, dstport], window: 1h, when: sum(bytes) > 300, suppress: 10m }
  - { id: rate, where: 'dstaddr in 10.0.0.0/30', by: dstaddr, window: 2m, when: rate(bytes) >= 1 }
  - { id: broken-in, where: action = REJECT, by: srcaddr, window: 30m, when: count() >= 2, then: action = ACCEPT and dstport = 22, within: 20m }
  - { id: silent, where: action = ACCEPT, when: no records for 20m, suppress: 5m }
`);

const START = Date.parse('2026-11-03T23:10:00Z') / 1000;
const records: fc.Arbitrary<Fields> = fc.record({
  interface_id: fc.constantFrom('eni-1', 'eni-2'),
  srcaddr: fc.constantFrom('203.0.113.9', '198.51.100.7', '2001:db8::7'),
  dstaddr: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.9'),
  dstport: fc.constantFrom(22, 23, 80, 443),
  protocol: fc.constantFrom(6, 17, 47),
  bytes: fc.constantFrom(40, 120),
  action: fc.constantFrom('ACCEPT', 'REJECT'),
  start: fc.integer({ min: START, max: START + 7200 }),
});
const deliveries = fc.array(fc.array(records, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
/** What one archiver takes at a time, in what order; and whether windows are folded after it. */
const runs = fc.array(
  fc.record({ take: fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 5 }), folds: fc.boolean() }),
  { maxLength: 6 },
);

test('real rules over real lines, in any order and repeated: the ids that all records at once give', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, runs, async (deliveries, runs) => {
      const store = memoryStore();
      const arrivals = deliveries.map(arrivalOf);
      const rest = { take: arrivals.map((_, number) => number), folds: false };
      for (const { take, folds } of [...runs, rest]) {
        const pipeline = pipelineOver(store, RULES);
        await archive(
          take.flatMap((number) => arrivals[number] ?? []),
          pipeline,
        );
        if (folds) await foldWindows(pipeline, 'later');
      }
      const read = arrivals.flatMap((arrival) => {
        const decoded = decodeDelivery(arrival, decodeOptions(formatOf('default')));
        return decoded.kind === 'decoded' ? decoded.delivery.batches : [];
      });
      const end = newestEnd(read)!;
      await foldWindows(pipelineOver(store, RULES), new Date(end * 1000));
      expect(await alertIds(store)).toEqual(naiveIds(RULES.all, deliveries.flat(), end));
    }),
    { numRuns: 80 },
  );
});

describe('absence where deliveries keep coming', () => {
  const WATCH = compiled(`rules:
  - { id: silent, where: interface_id = eni-1, when: no records for 45m, suppress: 1d }
`);
  const begin = Date.parse('2026-11-03T00:00:00Z') / 1000;
  const lines = (id: string, from: number, minutes: number): Arrival =>
    arrivalOf(
      Array.from({ length: minutes }, (_, minute) => ({
        interface_id: id,
        srcaddr: '10.0.0.1',
        dstaddr: '10.0.0.2',
        dstport: 443,
        start: from + minute * 60,
      })),
    );
  /** Archives and folds at a time; who is told to be silent. */
  function world(): (at: number, ...arrivals: Arrival[]) => Promise<readonly string[]> {
    let now = 0;
    const clock = { now: () => new Date(now * 1000) };
    const store = memoryStore(clock.now);
    return async (at, ...arrivals) => {
      now = at;
      const pipeline = { ...pipelineOver(store, WATCH), clock };
      await archive(arrivals, pipeline);
      return (await foldWindows(pipeline)).alerts.map(({ last_seen }) => last_seen);
    };
  }

  test('what no rule counts shows that an interface is silent, and not everything', async () => {
    const at = world();
    const told: string[][] = [];
    for (let span = 0; span < 10; span++) {
      const from = begin + span * 600;
      const others = lines('eni-2', from, 10);
      told.push([...(await at(from + 690, ...(span === 0 ? [lines('eni-1', from, 10), others] : [others])))]);
    }
    // 45 minutes after it was seen last, and 40 for what is late
    expect(told).toEqual([...Array.from({ length: 9 }, () => []), ['2026-11-03T00:09:30Z']]);
    expect(await at(begin + 40_000)).toEqual([]);
  });

  test.each([12, 96, 288])('a day without a gap, filled in by objects of which %i come at a time', async (objects) => {
    const at = world();
    const later = begin + 4 * 86_400;
    const told: string[] = [];
    for (let first = 0; first < 288; first += objects) {
      const some = Array.from({ length: objects }, (_, index) => lines('eni-1', begin + (first + index) * 300, 5));
      told.push(...(await at(later + first * 3, lines('eni-2', later + first * 3 - 90, 1), ...some)));
    }
    expect(told).toEqual([]);
    expect(await at(later + 86_300, lines('eni-2', later + 86_200, 1))).toEqual([]);
    expect(await at(later + 90_000, lines('eni-2', later + 89_900, 1))).toEqual(['2026-11-03T23:59:30Z']);
  });

  test('a pipeline that stands still for an hour and a half', async () => {
    const at = world();
    const told: string[] = [];
    for (let minute = 0; minute < 240; minute++) {
      const isStalled = minute >= 30 && minute < 120;
      const from = minute === 120 ? 30 : minute;
      const came = isStalled ? [] : [lines('eni-1', begin + from * 60, minute - from + 1)];
      told.push(...(await at(begin + minute * 60 + 90, ...came)));
    }
    expect(told).toEqual([]);
  });
});
