/** Absence where deliveries keep coming: how far they have come decides, and whether more of what is late is on its way. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LATENESS } from '../../shared/flow/lateness.ts';
import { DELTAS, JUDGED } from '../../shared/windows/layout.ts';
import { memoryStore, type MemoryStore } from '../support/memory-store.ts';
import { absenceOf, isNumber, ruleOf } from '../support/rules.ts';
import { naiveIds, type Fields } from './naive.ts';
import { alertIds, fold, matched, mortal, putDelta } from './world.ts';

const silent = ruleOf({ id: 'silent', condition: absenceOf(2700), suppress: 600 });
const RULES = [
  silent,
  ruleOf({ id: 'pause', by: ['srcaddr'], condition: absenceOf(600), suppress: 60 }),
  ruleOf({ id: 'stop', by: ['srcaddr', 'interface_id'], condition: absenceOf(3600), suppress: 600 }),
];

const MINUTE = 60;
const HOUR = 3600;
const seconds = (text: string): number => Date.parse(`2026-11-03T${text}Z`) / 1000;
const seen = (start: number, interface_id = 'eni-1', srcaddr = '10.0.0.1'): Fields => ({
  interface_id,
  srcaddr,
  start,
});
const every = (from: number, to: number, step: number, id?: string): Fields[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => seen(from + index * step, id));

/** Something that comes, or only a moment at which windows are folded; the writer dies after so many operations: 0, none folds. */
interface Event {
  readonly at: number;
  readonly records?: readonly Fields[];
  readonly operations?: number;
}

/** Plays events in order of time; which moments brought alerts, and whom about. */
async function play(
  events: readonly Event[],
  rules = RULES,
  store?: MemoryStore,
): Promise<{ store: MemoryStore; told: string[] }> {
  let now = 0;
  const clock = (): Date => new Date(now * 1000);
  const world = store ?? memoryStore(clock);
  const told: string[] = [];
  for (const [number, { at, records, operations = 1e6 }] of events.toSorted((a, b) => a.at - b.at).entries()) {
    now = at;
    if (records !== undefined) await putDelta(world, `${at}-${number}`, [matched(number, rules, records)], at);
    if (operations === 0) continue;
    const folded = await fold(mortal(world, operations), rules, clock(), 'arrived').catch((error: unknown) => {
      expect(String(error)).toContain('killed');
    });
    for (const { group } of folded?.created ?? []) {
      told.push(`${clock().toISOString().slice(11, 16)} ${group['interface_id']}`);
    }
  }
  return { store: world, told };
}

/** Folds each minute. */
const minutely = (from: number, to: number): Event[] =>
  Array.from({ length: (to - from) / MINUTE }, (_, index) => ({ at: from + index * MINUTE }));

/** Deliveries of an interface's records of each minute, 90 seconds later. */
const live = (from: number, to: number, id: string): Event[] =>
  every(from, to, MINUTE, id).map((record) => ({ at: Number(record['start']) + 90, records: [record] }));

describe('a live system', () => {
  test('tells of an interface that falls silent while another goes on, as soon as it is due', async () => {
    const from = seconds('04:00:00');
    const events = [...live(from, from + HOUR / 2, 'eni-1'), ...live(from, from + 3 * HOUR, 'eni-2')];
    // last seen at 04:29: 45 minutes of silence and 40 for what is late have passed at 05:55
    expect((await play(events, [silent])).told).toEqual(['05:56 eni-1']);
  });

  test('tells of it though nothing that the rules look at has come since', async () => {
    const from = seconds('04:00:00');
    const store = memoryStore();
    await putDelta(store, 'a', [matched(1, [silent], [seen(from)])], from + 90);
    // nothing of it counts for any rule
    await putDelta(store, 'b', [matched(2, [], [seen(from + 2 * HOUR, 'eni-2')])], from + 2 * HOUR + 90);
    const now = new Date((from + 2 * HOUR + 90) * 1000);
    expect((await fold(store, [silent], now, 'arrived')).created).toEqual([]);
    const later = new Date((from + 4 * HOUR + 91) * 1000);
    expect((await fold(store, [silent], later, 'arrived')).created).toMatchObject([
      { group: { interface_id: 'eni-1' } },
    ]);
  });

  test('says nothing while nothing comes at all, and tells after it what was silent before', async () => {
    const from = seconds('02:00:00');
    const events = [
      ...live(from, from + HOUR, 'eni-2'),
      ...live(from, from + HOUR / 2, 'eni-1'),
      ...minutely(from + HOUR, from + 4 * HOUR),
      ...live(from + 4 * HOUR, from + 9 * HOUR, 'eni-2'),
    ];
    // three hours without anything: as long again is waited for what may come of them; eni-2 was silent, too
    expect((await play(events, [silent])).told).toEqual(['09:03 eni-1', '09:03 eni-2']);
  });
});

test('an hour stays open until it could be judged, though what it waits for counts for no rule', async () => {
  const watch = ruleOf({ id: 'watch', where: isNumber('dstport', 22), condition: absenceOf(2700) });
  const from = seconds('00:00:00');
  const begin = from + 4 * 24 * HOUR;
  const { told } = await play(
    [
      ...Array.from({ length: 100 }, (_, half) => others(begin + half * (HOUR / 2))),
      { at: begin, records: [{ ...seen(from), dstport: 22 }] },
      { at: begin + 20 * HOUR, records: [seen(from + 60)] },
    ],
    [watch],
  );
  expect(told).toEqual(['20:30 eni-1']);
});

test('a long history is judged bit by bit, and no hour of it is closed before', async () => {
  const from = seconds('00:00:00');
  const begin = from + 30 * 24 * HOUR;
  const filled = Array.from({ length: 450 }, (_, hour) => seen(from + hour * HOUR));
  const { store, told } = await play(
    [
      { at: begin, records: filled },
      ...Array.from({ length: 4 }, (_, run) => others(begin + 25 * HOUR + run * MINUTE)),
    ],
    [silent],
  );
  const perRun = Map.groupBy(told, (one) => one);
  expect(Array.from(perRun.values(), ({ length }) => length)).toEqual([200, 200, 50]);
  expect(store.keys().filter((key) => key.startsWith('windows/hours/'))).toHaveLength(2);
});

describe('nothing is told of what was never silent', () => {
  test.each([1, 7, 40, 96, 288])('a day that is filled in, folded after each %i of 288 objects', async (each) => {
    const from = seconds('00:00:00');
    const begin = from + 4 * 24 * HOUR;
    const all = every(from, from + 24 * HOUR, MINUTE);
    const pieces = Array.from({ length: Math.ceil(288 / each) }, (_, index) =>
      all.slice(index * each * 5, (index + 1) * each * 5),
    );
    const end = from + 24 * HOUR;
    const { told } = await play(
      [
        ...live(begin - HOUR, begin + 2 * HOUR, 'eni-2').filter((_, index) => index % 10 === 0),
        ...pieces.map((records, index) => ({ at: begin + index, records })),
        { at: begin + 26 * HOUR, records: [seen(begin + 26 * HOUR - 90, 'eni-2')] },
      ],
      [silent],
    );
    // that nothing comes after the last minute of what was filled in is true, and told once a day has passed
    expect(told.filter((one) => one.endsWith('eni-1'))).toEqual([expect.stringContaining('eni-1')]);
    expect(end).toBeLessThan(begin);
  });

  test.each([30, 90, 300, 1200])('a pipeline that stands still for %i minutes', async (minutes) => {
    const from = seconds('00:00:00');
    const stalled = from + HOUR;
    const resumed = stalled + minutes * MINUTE;
    const events = live(from, resumed + 2 * HOUR, 'eni-1').map(({ at, records }) => ({
      at: at > stalled && at < resumed ? resumed : at,
      records: records!,
    }));
    const together = Map.groupBy(events, ({ at }) => at);
    const { told } = await play(
      [
        ...Array.from(together, ([at, some]) => ({ at, records: some.flatMap(({ records }) => records) })),
        ...minutely(from, resumed + 2 * HOUR),
      ],
      [silent],
    );
    expect(told).toEqual([]);
  });

  test('an hour that was filled in, while the one after it still is', async () => {
    const from = seconds('00:00:00');
    const begin = from + 4 * 24 * HOUR;
    const { told } = await play(
      [
        ...Array.from({ length: 100 }, (_, half) => others(begin + half * (HOUR / 2))),
        { at: begin, records: every(from, from + HOUR, MINUTE) },
        { at: begin + 20 * HOUR, records: [seen(from + HOUR, 'eni-2')] },
        { at: begin + 30 * HOUR, records: every(from + HOUR, from + 2 * HOUR, MINUTE) },
      ],
      [silent],
    );
    expect(told.filter((one) => one.endsWith('eni-1'))).toEqual([]);
  });

  test('a backlog of which what is newest comes first', async () => {
    const from = seconds('00:00:00');
    const [stalled, resumed] = [from + HOUR, from + 3 * HOUR];
    const backlog = live(from, resumed, 'eni-1').filter(({ at }) => at > stalled);
    const { told } = await play(
      [
        ...live(from, stalled - 90, 'eni-1'),
        ...backlog.toReversed().map(({ records }, index) => ({ at: resumed + index * 50, records: records! })),
        ...live(resumed, resumed + 3 * HOUR, 'eni-1'),
      ],
      [silent],
    );
    expect(told).toEqual([]);
  });
});

test('what arrived is remembered before the deltas that say so are gone', async () => {
  const store = memoryStore(undefined, (operation, key) => {
    if (operation === 'delete' && key.startsWith(DELTAS)) order.push('delete');
    if (operation === 'putIfUnchanged' && key === JUDGED) order.push('remember');
  });
  const order: string[] = [];
  const at = seconds('06:00:00');
  for (let number = 0; number < 150; number++) {
    await putDelta(store, `${1000 + number}`, [matched(number, [silent], [seen(at - 90 + number)])], at + number);
  }
  await fold(store, [silent], new Date((at + 200) * 1000), 'arrived');
  expect(order.filter((one, index) => one !== order[index - 1])).toEqual(['remember', 'delete', 'remember', 'delete']);
  expect(order.filter((one) => one === 'delete')).toHaveLength(150);
});

test('two writers that remember at once forget nothing of one another', async () => {
  let raced = false;
  const store = memoryStore(undefined, async (operation, key) => {
    if (operation !== 'putIfUnchanged' || key !== JUDGED || raced) return;
    raced = true;
    await putDelta(store, 'b', [matched(2, [silent], [seen(seconds('03:00:00'))])], seconds('09:00:00'));
    await fold(store, [silent], new Date(seconds('09:00:01') * 1000), 'arrived');
  });
  await putDelta(store, 'a', [matched(1, [silent], [seen(seconds('04:30:00'))])], seconds('09:00:00'));
  await fold(store, [silent], new Date(seconds('09:00:01') * 1000), 'arrived');
  const { held, reached } = JSON.parse(Buffer.from((await store.get(JUDGED))!.body).toString()) as {
    held: [number, number][];
    reached: number;
  };
  expect(raced).toBe(true);
  expect(reached).toBe(seconds('04:30:00'));
  expect(new Set(held.map(([hour]) => hour))).toEqual(new Set([3, 4].map((hour) => seconds('00:00:00') / HOUR + hour)));
});

const START = seconds('01:10:00');
const group = fc.record({ id: fc.constantFrom('eni-1', 'eni-2'), address: fc.constantFrom('10.0.0.1', '10.0.0.2') });
const records = (from: number, to: number): fc.Arbitrary<{ start: number; records: Fields[] }> =>
  fc
    .record({ start: fc.integer({ min: from, max: to }), groups: fc.array(group, { minLength: 1, maxLength: 2 }) })
    .map(({ start, groups }) => ({ start, records: groups.map(({ id, address }) => seen(start, id, address)) }));
/** After how many operations a writer dies. */
const life = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(1e6));
/** Moments at which the clock strikes besides, as seconds after something. */
const moments = fc.array(fc.nat({ max: 30 * HOUR }), { maxLength: 6 });

/** What others write, so that it is known how far everything has come. */
const others = (at: number): Event => ({ at, records: [seen(at - 90, 'eni-9', '10.9.9.9')] });

/** The ids that are there in the end, and those that all records at once give. */
async function both(events: readonly Event[], until: number): Promise<[string[], string[]]> {
  const { store } = await play([...events, ...[0, 1].map((more) => ({ at: until + more }))]);
  const all = events.flatMap(({ records }) => records ?? []);
  const reached = Math.max(...all.map(({ start }) => Number(start)));
  return [await alertIds(store), naiveIds(RULES, all, reached)];
}

describe('judged at any moments, by writers that die: the ids that all records at once give', () => {
  test('whatever comes in order within the limits of lateness, however long it stands still', async () => {
    const deliveries = fc.array(
      fc.record({
        of: records(START, START + 5 * HOUR),
        delay: fc.integer({ min: MINUTE, max: LATENESS - MINUTE }),
        stall: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 * HOUR }) }),
        operations: life,
      }),
      { minLength: 1, maxLength: 7 },
    );
    await fc.assert(
      fc.asyncProperty(deliveries, moments, async (deliveries, moments) => {
        let at = 0;
        const events: Event[] = deliveries
          .toSorted((a, b) => a.of.start + a.delay - b.of.start - b.delay)
          .map(({ of, delay, stall, operations }) => {
            at = Math.max(at, of.start + delay) + stall;
            return { at, records: of.records, operations };
          });
        const strikes = moments.filter((more) => START + more < at).map((more) => ({ at: START + more }));
        const [found, expected] = await both([...events, ...strikes, others(at + MINUTE)], at + 25 * HOUR);
        expect(found).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });

  test('what comes after an interruption in any order, within the time that it lasted', async () => {
    const scenario = fc.integer({ min: HOUR, max: 10 * HOUR }).chain((lasted) =>
      fc.record({
        lasted: fc.constant(lasted),
        before: fc.array(records(START - HOUR, START), { maxLength: 3 }),
        backlog: fc.array(
          fc.record({ of: records(START, START + lasted), after: fc.nat({ max: lasted }), operations: life }),
          { minLength: 1, maxLength: 7 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(scenario, moments, async ({ lasted, before, backlog }, moments) => {
        const resumed = START + lasted + MINUTE;
        const events: Event[] = [
          ...before.map(({ start, records }) => ({ at: start + MINUTE, records })),
          others(START + 90),
          others(resumed),
          ...backlog.map(({ of, after, operations }) => ({ at: resumed + after, records: of.records, operations })),
          ...moments.map((more) => ({ at: resumed + (more % lasted) })),
          others(resumed + 2 * lasted + MINUTE),
        ];
        const [found, expected] = await both(events, resumed + 2 * lasted + 25 * HOUR);
        expect(found).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });

  test('history that is filled in in any order, a day of pauses included, beside what is live', async () => {
    const pieces = fc.array(
      fc.record({ of: records(START, START + 6 * HOUR), after: fc.nat({ max: 23 * HOUR }), operations: life }),
      { minLength: 1, maxLength: 7 },
    );
    await fc.assert(
      fc.asyncProperty(pieces, moments, async (pieces, moments) => {
        const begin = START + 3 * 24 * HOUR;
        const live = Array.from({ length: 48 }, (_, half) => ({
          ...others(begin - HOUR + (half * HOUR) / 2),
          operations: half % 6 === 0 ? 1e6 : 0,
        }));
        const events: Event[] = [
          ...live,
          ...pieces.map(({ of, after, operations }) => ({ at: begin + after, records: of.records, operations })),
          ...moments.map((more) => ({ at: begin + (more % (23 * HOUR)) })),
        ];
        const [found, expected] = await both(events, begin + 48 * HOUR);
        expect(found).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
