/** Floods of alerts over two processes and a queue, in a time of their own: what people get of them, whatever happens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import type { AlertChannel } from '../../shared/alerts/channel.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import type { Notice } from '../../shared/alerts/notifications.ts';
import { noNoticeMemory, notify, type NoticeMemory } from '../../shared/alerts/notify.ts';
import { rankOf } from '../../shared/alerts/order.ts';
import { totalOf } from '../../shared/alerts/remainder.ts';
import { Untold } from '../../shared/alerts/untold.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { SEVERITIES, type Severity } from '../../shared/rules/rule.ts';
import { memoryStore } from '../support/memory-store.ts';
import { alertWith } from './sample.ts';

/** So many a minute. */
const N = 3;
/** Seconds between two looks at the queue, as Lambda's batching window. */
const STEP = 5;
const START = Date.parse('2026-11-03T05:00:20Z');

interface Scenario {
  /** Seconds after the start, and severity, of each alert. */
  readonly alerts: readonly (readonly [number, Severity])[];
  /** Messages that a call gets at most. */
  readonly most: number;
  /** What interleaves the calls, and what goes wrong: taken one after the other, and from the start again. */
  readonly chances: readonly number[];
  readonly kills: boolean;
  readonly faults: boolean;
}

interface Told {
  readonly channel: string;
  readonly minute: number;
  readonly at: number;
  readonly notice: Notice;
}

interface Outcome {
  readonly alerts: readonly Alert[];
  readonly told: readonly Told[];
  /** The minute in which each alert's message was handed over first, by id. */
  readonly met: ReadonlyMap<string, number>;
  readonly mostReceives: number;
}

const CHANNELS = [
  { name: 'people', atLeast: 'info', capped: true },
  { name: 'pager', atLeast: 'high', capped: true },
  { name: 'siem', atLeast: 'low', capped: false },
] as const;

/** Plays a scenario until the queue is empty. */
async function play({ alerts: shapes, most, chances, kills, faults }: Scenario): Promise<Outcome> {
  let drawn = 0;
  const chance = (): number => chances[drawn++ % chances.length]!;
  // all trouble ends
  const isTrouble = (every: number): boolean => drawn < 3 * chances.length && chance() % every === 0;
  let now = START;
  const told: Told[] = [];
  const alerts = shapes.map(([, severity], number) => alertWith(number, { rule: { severity } }));
  const killed = new Set<string>();
  const wait = async (process: string): Promise<void> => {
    for (let ticks = chance() % 7; ticks > 0; ticks--) await Promise.resolve();
    if (kills && isTrouble(23)) killed.add(process);
    if (killed.has(process)) await new Promise(() => undefined);
  };
  const base = memoryStore();
  for (const alert of alerts) await base.put(alertKey(alert), Buffer.from(JSON.stringify(alert)));
  const storeOf = (process: string) => {
    const around =
      <A extends unknown[], R>(action: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await wait(process);
        if (faults && isTrouble(11)) throw new Error('S3 is down');
        const result = await action(...args);
        await wait(process);
        return result;
      };
    const get = around((key: string) => base.get(key));
    const putIfUnchanged = around((...args: Parameters<ObjectStore['putIfUnchanged']>) => base.putIfUnchanged(...args));
    return { ...base, get, putIfUnchanged };
  };
  const channelsOf = (process: string): readonly AlertChannel[] =>
    CHANNELS.map((channel) => ({
      ...channel,
      sink: {
        async publish(notices) {
          await wait(process);
          const untold = new Set(faults ? notices.filter(() => isTrouble(7)) : []);
          const at = now;
          const minute = Math.floor(at / 60_000);
          for (const notice of notices) {
            if (!untold.has(notice)) told.push({ channel: channel.name, minute, at, notice });
          }
          await wait(process);
          if (untold.size > 0) throw new Untold('throttled', untold);
        },
      },
    }));

  const queue = shapes.map(([second], number) => {
    const body = JSON.stringify({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key: alertKey(alerts[number]!) } } }],
    });
    return { id: `m${number}`, body, visible: START + second * 1000, receives: 0 };
  });
  const waiting = new Set(queue);
  const met = new Map<string, number>();
  let mostReceives = 0;
  let born = 0;
  const memories: (NoticeMemory | undefined)[] = [undefined, undefined];
  for (let round = 0; waiting.size > 0; round++) {
    expect(round).toBeLessThan(2000);
    const due = [...waiting].filter(({ visible }) => visible <= now);
    const batches = [due.slice(0, most), due.slice(most, 2 * most)];
    await Promise.all(
      batches.map(async (batch, index) => {
        if (batch.length === 0) return;
        const process = memories[index]?.minute.process ?? `p${born++}`;
        const memory = (memories[index] ??= noNoticeMemory(process));
        for (const message of batch) {
          message.receives++;
          mostReceives = Math.max(mostReceives, message.receives);
          const { id } = alerts[Number(message.id.slice(1))]!;
          if (!met.has(id)) met.set(id, Math.floor(now / 60_000));
        }
        const clock = { now: () => new Date(now) };
        const received = batch.map(({ id, body, receives }) => ({ id, body, received: receives }));
        const call = notify(received, {
          store: storeOf(process),
          channels: channelsOf(process),
          perMinute: N,
          quietable: new Map(),
          clock,
          memory,
        });
        // everything happens within some microtasks, or never
        const result = await Promise.race([call, new Promise<void>((resolve) => setTimeout(resolve, 15))]);
        if (typeof result !== 'object') {
          expect(killed.has(process)).toBe(true);
          memories[index] = undefined;
          for (const message of batch) message.visible = now + 365_000;
          return;
        }
        const again = new Map([
          ...result.failed.map(({ id }) => [id, 30] as const),
          ...result.waiting.map(({ id, seconds }) => [id, seconds] as const),
        ]);
        for (const message of batch) {
          const seconds = again.get(message.id);
          if (seconds === undefined) waiting.delete(message);
          else message.visible = now + seconds * 1000;
        }
        // Lambda ends processes as it likes
        if (chance() % 5 === 0) memories[index] = undefined;
      }),
    );
    now += STEP * 1000;
  }
  return { alerts, told, met, mostReceives };
}

const scenario = (kills: boolean, faults: boolean): fc.Arbitrary<Scenario> =>
  fc.record({
    alerts: fc.array(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.constantFrom(...SEVERITIES)), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    }),
    most: fc.constantFrom(1, 4, 100),
    chances: fc.array(fc.nat({ max: 10_000 }), { minLength: 20, maxLength: 200, size: 'max' }),
    kills: fc.constant(kills),
    faults: fc.constant(faults),
  });

const heardOn = (atLeast: Severity, alerts: readonly Alert[]): Alert[] =>
  alerts.filter(({ rule }) => rankOf(rule.severity) <= rankOf(atLeast));

const keysOf = (told: readonly Told[]): { single: string[]; counted: string[] } => ({
  single: told.flatMap(({ notice }) => (notice.kind === 'more' ? [] : [alertKey(notice.alert)])),
  counted: told.flatMap(({ notice }) => (notice.kind === 'more' ? notice.named.map(({ key }) => key) : [])),
});

test('all processes together keep to the cap, hide nothing worse, and tell or count each alert once', async () => {
  await fc.assert(
    fc.asyncProperty(scenario(false, false), async (given) => {
      const { alerts, told, met, mostReceives } = await play(given);
      // of the five tries that the queue gives a message
      expect(mostReceives).toBeLessThanOrEqual(3);
      for (const { name, atLeast, capped } of CHANNELS) {
        const here = told.filter(({ channel }) => channel === name);
        const heard = heardOn(atLeast, alerts);
        const { single, counted } = keysOf(here);
        expect([...single, ...counted].sort()).toEqual(heard.map(alertKey).sort());
        if (!capped) {
          expect(counted).toEqual([]);
          continue;
        }
        const singles = new Set(single);
        const toldIn = (minute: number): Alert[] =>
          here.flatMap(({ minute: at, notice }) => (at === minute && notice.kind !== 'more' ? [notice.alert] : []));
        for (const minute of new Set(here.map((each) => each.minute))) {
          const numbers = here.filter((each) => each.minute === minute && each.notice.kind === 'more');
          expect(numbers.length).toBeLessThanOrEqual(1);
          for (const severity of SEVERITIES) {
            expect(toldIn(minute).filter(({ rule }) => rule.severity === severity).length).toBeLessThanOrEqual(N);
          }
        }
        for (const alert of heard.filter((each) => !singles.has(alertKey(each)))) {
          const worse = heardOn(alert.rule.severity, toldIn(met.get(alert.id)!));
          expect(worse.length).toBeGreaterThanOrEqual(N);
        }
        // at once, or right after the minute, though other messages may stand before it in the queue
        for (const { at, notice, minute } of here) {
          if (notice.kind !== 'more') expect(minute).toBe(met.get(notice.alert.id));
          else {
            expect(totalOf(notice.counts)).toBe(notice.named.length);
            const since = Math.max(...notice.named.map(({ key }) => met.get(/([^/]*)\.json$/.exec(key)![1]!)!));
            expect(at / 1000 - (since + 1) * 60).toBeLessThan(given.most === 1 ? 100 : 1 + 2 * STEP + 1);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('where all are as bad, a minute and route has the cap and one number, and no message more', async () => {
  const flood = fc.record({
    alerts: fc.array(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.constant('high' as const)), {
      minLength: 20,
      maxLength: 120,
      size: 'max',
    }),
    most: fc.constantFrom(2, 10, 100),
    chances: fc.array(fc.nat({ max: 10_000 }), { minLength: 20, maxLength: 200, size: 'max' }),
    kills: fc.constant(false),
    faults: fc.constant(false),
  });
  await fc.assert(
    fc.asyncProperty(flood, async (given) => {
      const { told } = await play(given);
      for (const { name } of CHANNELS.filter(({ capped }) => capped)) {
        const perMinute = Map.groupBy(
          told.filter(({ channel }) => channel === name),
          ({ minute }) => minute,
        );
        for (const messages of perMinute.values()) expect(messages.length).toBeLessThanOrEqual(N + 1);
      }
    }),
    { numRuns: 50 },
  );
}, 60_000);

for (const [kills, faults, what] of [
  [true, false, 'processes are killed'],
  [false, true, 'requests fail'],
  [true, true, 'both happen'],
] as const) {
  test(`no alert is lost where ${what}`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario(kills, faults), async (given) => {
        const { alerts, told } = await play(given);
        for (const { name, atLeast } of CHANNELS) {
          const { single, counted } = keysOf(told.filter(({ channel }) => channel === name));
          expect([...new Set([...single, ...counted])].sort()).toEqual(heardOn(atLeast, alerts).map(alertKey).sort());
          for (const { notice } of told) {
            if (notice.kind === 'more') expect(totalOf(notice.counts)).toBeGreaterThanOrEqual(notice.named.length);
          }
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }, 120_000);
}
