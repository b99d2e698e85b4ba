/** From S3's notifications to what is told: what fails alone, what is told once, and what is told as a number. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { alertKey } from '../../shared/alerts/layout.ts';
import type { Notice } from '../../shared/alerts/notifications.ts';
import {
  noNoticeMemory,
  notify,
  quietableRules,
  type AlertChannel,
  type NotifyOptions,
  type NotifyResult,
} from '../../shared/alerts/notify.ts';
import { Untold } from '../../shared/alerts/untold.ts';
import { memoryStore, type MemoryStore } from '../support/memory-store.ts';
import { alertWith, type AlertParts } from './sample.ts';

const one = (number: number, severity: Alert['rule']['severity'] = 'high', parts: AlertParts = {}): Alert =>
  alertWith(number, { ...parts, rule: { ...parts.rule, severity } });

const several = (count: number, severity: Alert['rule']['severity'], from = 0): Alert[] =>
  Array.from({ length: count }, (_, index) => one(from + index, severity));

/** What S3 sends for these keys. */
const eventOf = (...keys: string[]): string =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'lake' }, object: { key: encodeURIComponent(key).replaceAll('%20', '+') } },
    })),
  });

/** A deployment with one route, unless told otherwise; `publish` may fail. */
class World {
  readonly store: MemoryStore;
  readonly published: { channel: string; notice: Notice }[] = [];
  readonly options: NotifyOptions;
  now = new Date('2026-11-03T05:00:10Z');
  fault: ((notices: readonly Notice[], channel: string) => void) | undefined;
  brokenKey: string | undefined;
  reads = 0;

  constructor(
    routes: readonly Partial<AlertChannel>[] = [{}],
    { perMinute = 10, quietable = new Map() }: Partial<NotifyOptions> = {},
  ) {
    this.store = memoryStore(undefined, (operation, key) => {
      if (operation === 'get') this.reads++;
      if (operation === 'get' && key === this.brokenKey) throw new Error('S3 is down');
    });
    const channels = routes.map(({ name = 'alerts', atLeast = 'info', capped = true }): AlertChannel => {
      const publish = async (notices: readonly Notice[]): Promise<void> => {
        const untold = new Set<Notice>();
        try {
          this.fault?.(notices, name);
        } catch (error) {
          if (!(error instanceof Untold)) throw error;
          for (const notice of (error as Untold<Notice>).untold) untold.add(notice);
        }
        this.published.push(
          ...notices.filter((each) => !untold.has(each)).map((notice) => ({ channel: name, notice })),
        );
        if (untold.size > 0) throw new Untold('throttled', untold);
      };
      return { name, atLeast, capped, sink: { publish } };
    });
    const clock = { now: () => this.now };
    this.options = { store: this.store, channels, perMinute, quietable, clock, memory: noNoticeMemory() };
  }

  async create(alerts: readonly Alert[]): Promise<void> {
    for (const alert of alerts) await this.store.put(alertKey(alert), Buffer.from(`${JSON.stringify(alert)}\n`));
  }

  /** One message an alert, `m0`, `m1`, …, in one invocation. */
  async tell(alerts: readonly Alert[]): Promise<NotifyResult> {
    await this.create(alerts);
    return this.receive(alerts.map((alert) => eventOf(alertKey(alert))));
  }

  async receive(bodies: readonly string[]): Promise<NotifyResult> {
    return notify(
      bodies.map((body, index) => ({ id: `m${index}`, body })),
      this.options,
    );
  }

  /** What each channel was told, in short. */
  told(channel = 'alerts'): readonly string[] {
    return this.published
      .filter((each) => each.channel === channel)
      .map(({ notice }) => (notice.kind === 'more' ? `${notice.alerts.length} more` : notice.alert.id));
  }
}

const idsOf = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);

test('an alert whose object appeared is told on every route that is for it', async () => {
  const world = new World([{ name: 'all' }, { name: 'pager', atLeast: 'high' }]);
  const [low, high] = [one(1, 'low'), one(2, 'high')];
  const { failed, told, heldBack } = await world.tell([low, high]);
  expect(failed).toEqual([]);
  expect(new Set(idsOf(told))).toEqual(new Set([low.id, high.id]));
  expect(heldBack).toBe(0);
  expect(world.told('all')).toEqual([high.id, low.id]);
  expect(world.told('pager')).toEqual([high.id]);
});

describe('messages', () => {
  test('S3’s test, objects that are no alerts, and deletions are done', async () => {
    const world = new World();
    const deleted = eventOf(alertKey(one(1))).replace('ObjectCreated:Put', 'ObjectRemoved:Delete');
    const test = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'lake' });
    const { failed } = await world.receive([test, eventOf('alerts/README.md', 'flows/raw/x.parquet'), deleted]);
    expect(failed).toEqual([]);
    expect(world.published).toEqual([]);
    expect(world.reads).toBe(0);
  });

  test('keys come URL-encoded', async () => {
    const world = new World();
    const alert = one(1);
    await world.create([alert]);
    const body = eventOf(alertKey(alert));
    expect(body).toContain('day%3D2026-11-03');
    await world.receive([body]);
    expect(world.told()).toEqual([alert.id]);
  });

  test('one that is no notification fails alone', async () => {
    const world = new World();
    const alert = one(1);
    await world.create([alert]);
    const bodies = ['{', '{"Records":[{}]}', eventOf(alertKey(alert)), 'null', eventOf('%').replace('%25', '%')];
    const { failed } = await world.receive(bodies);
    expect(failed.map(({ id }) => id)).toEqual(['m0', 'm1', 'm3', 'm4']);
    expect(world.told()).toEqual([alert.id]);
  });

  test('of an object that is gone is done', async () => {
    const world = new World();
    expect((await world.receive([eventOf(alertKey(one(1)))])).failed).toEqual([]);
    expect(world.published).toEqual([]);
  });

  test('of an object that can’t be read fails alone, with every message that names it', async () => {
    const world = new World();
    const alerts = several(3, 'high');
    await world.create(alerts);
    world.brokenKey = alertKey(alerts[1]!);
    const bodies = [...alerts.map((alert) => eventOf(alertKey(alert))), eventOf(...alerts.map(alertKey))];
    const { failed } = await world.receive(bodies);
    expect(failed).toEqual([
      { id: 'm1', reason: 'S3 is down' },
      { id: 'm3', reason: 'S3 is down' },
    ]);
    expect(new Set(world.told())).toEqual(new Set([alerts[0]!.id, alerts[2]!.id]));
    world.brokenKey = undefined;
    expect((await world.receive(bodies)).failed).toEqual([]);
    expect(world.told()).toHaveLength(3);
  });

  test('of an object that is no alert fails, as somebody has to look at it', async () => {
    const world = new World();
    const key = 'alerts/day=2026-11-03/x.json';
    const later = JSON.stringify({ ...one(1), schema: 'sekisho.alert/2' });
    for (const body of ['', 'null', '[]', later, JSON.stringify({ ...one(1), samples: [1] })]) {
      await world.store.put(key, Buffer.from(body));
      const { failed } = await world.receive([eventOf(key)]);
      expect(failed).toEqual([{ id: 'm0', reason: `\`${key}\` holds no alert that this version can read` }]);
    }
  });
});

describe('a route that fails', () => {
  test('fails just the messages of what it was not told', async () => {
    const world = new World();
    const alerts = several(4, 'high');
    world.fault = (notices) => {
      throw new Untold('throttled', [notices[1]!, notices[3]!]);
    };
    const { failed, told } = await world.tell(alerts);
    expect(failed).toEqual([
      { id: 'm1', reason: 'route `alerts`: throttled' },
      { id: 'm3', reason: 'route `alerts`: throttled' },
    ]);
    expect(idsOf(told)).toEqual(idsOf([alerts[0]!, alerts[2]!]));
    world.fault = undefined;
    await world.tell(alerts);
    // those that were told are not told again
    expect(world.told()).toEqual(idsOf([alerts[0]!, alerts[2]!, alerts[1]!, alerts[3]!]));
  });

  test('altogether fails all of its alerts; other routes are told, and not again', async () => {
    const world = new World([{ name: 'all' }, { name: 'pager', atLeast: 'high' }]);
    const alerts = [one(1, 'low'), one(2, 'high')];
    world.fault = (_, channel) => {
      if (channel === 'pager') throw new Error('connection reset');
    };
    const { failed } = await world.tell(alerts);
    expect(failed).toEqual([{ id: 'm1', reason: 'route `pager`: connection reset' }]);
    world.fault = undefined;
    expect((await world.tell(alerts)).failed).toEqual([]);
    expect(world.told('all')).toEqual(idsOf([alerts[1]!, alerts[0]!]));
    expect(world.told('pager')).toEqual([alerts[1]!.id]);
  });
});

describe('a repeated event', () => {
  test('tells nothing twice in one process, and the same ids in another', async () => {
    const world = new World([{}], { perMinute: 2 });
    const alerts = several(5, 'high');
    await world.tell(alerts);
    const first = world.told();
    expect(first).toEqual([...idsOf(alerts.slice(0, 2)), '3 more']);
    expect((await world.tell(alerts)).failed).toEqual([]);
    await world.receive([eventOf(...alerts.map(alertKey), alertKey(alerts[0]!))]);
    expect(world.told()).toEqual(first);

    const another = new World([{}], { perMinute: 2 });
    await another.tell(alerts);
    expect(another.told()).toEqual(first);
    const remainder = (each: World): string | undefined =>
      each.published.map(({ notice }) => notice).find(({ kind }) => kind === 'more')?.['id' as never];
    expect(remainder(another)).toBe(remainder(world));
    expect(remainder(world)).toMatch(/^[0-9a-f]{32}$/);
  });

  test('in one invocation is told once, and done twice', async () => {
    const world = new World();
    const alert = one(1);
    await world.create([alert]);
    const { failed } = await world.receive([eventOf(alertKey(alert)), eventOf(alertKey(alert))]);
    expect(failed).toEqual([]);
    expect(world.told()).toEqual([alert.id]);
  });
});

describe('more than a minute has room for', () => {
  test('is told as a number at the end of the invocation, the worst one by one', async () => {
    const world = new World([{}], { perMinute: 3 });
    const alerts = [...several(5, 'low'), ...several(2, 'critical', 50)];
    const { failed, told, heldBack } = await world.tell(alerts);
    expect(failed).toEqual([]);
    expect(world.told()).toEqual([...idsOf([alerts[5]!, alerts[6]!, alerts[0]!]), '4 more']);
    expect(told).toHaveLength(3);
    expect(heldBack).toBe(4);
  });

  test('counts over the invocations of a minute, and starts anew with the next', async () => {
    const world = new World([{}], { perMinute: 3 });
    await world.tell(several(2, 'low'));
    await world.tell(several(2, 'low', 10));
    expect(world.told().slice(2)).toEqual([one(10, 'low').id, '1 more']);
    world.now = new Date('2026-11-03T05:00:59Z');
    await world.tell(several(1, 'low', 20));
    expect(world.told().slice(4)).toEqual(['1 more']);
    world.now = new Date('2026-11-03T05:01:00Z');
    await world.tell(several(1, 'low', 30));
    expect(world.told().slice(5)).toEqual([one(30, 'low').id]);
  });

  test('does not hide what is worse', async () => {
    const world = new World([{}], { perMinute: 3 });
    await world.tell(several(9, 'low'));
    await world.tell([one(20, 'critical')]);
    expect(world.told().slice(4)).toEqual([one(20, 'critical').id]);
  });

  test('is held against each route by itself', async () => {
    const world = new World([{ name: 'all' }, { name: 'pager', atLeast: 'high' }], { perMinute: 2 });
    await world.tell(several(5, 'low'));
    await world.tell(several(3, 'high', 10));
    expect(world.told('all').slice(0, 3)).toEqual([...idsOf(several(2, 'low')), '3 more']);
    expect(world.told('pager')).toEqual([...idsOf(several(2, 'high', 10)), '1 more']);
  });

  test('is told one by one where programs read', async () => {
    const world = new World([{ name: 'people' }, { name: 'siem', capped: false }], { perMinute: 2 });
    const alerts = several(30, 'low');
    const { heldBack } = await world.tell(alerts);
    expect(world.told('siem')).toEqual(idsOf(alerts));
    expect(world.told('people')).toHaveLength(3);
    expect(heldBack).toBe(0);
  });

  test('is not lost where the number could not be told: these alerts come again', async () => {
    const world = new World([{}], { perMinute: 1 });
    const alerts = several(3, 'low');
    world.fault = (notices) => {
      throw new Untold(
        'throttled',
        notices.filter(({ kind }) => kind === 'more'),
      );
    };
    const { failed, heldBack } = await world.tell(alerts);
    expect(failed.map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(heldBack).toBe(0);
    world.fault = undefined;
    await world.tell(alerts);
    expect(world.told()).toEqual([alerts[0]!.id, '2 more']);
  });

  test('what failed takes no room', async () => {
    const world = new World([{}], { perMinute: 2 });
    world.fault = () => {
      throw new Error('down');
    };
    await world.tell(several(2, 'low'));
    world.fault = undefined;
    await world.tell(several(2, 'low'));
    expect(world.told()).toEqual(idsOf(several(2, 'low')));
  });
});

describe('a quieted alert', () => {
  const general = one(1, 'critical', { rule: { id: 'general' } });
  const specific = one(2, 'high', { rule: { id: 'specific', quiets: ['general'] } });
  const quietable = quietableRules([
    { quiets: ['general'], suppress: 3600 },
    { quiets: ['general', 'other'], suppress: 600 },
  ]);

  test('is done without a word', async () => {
    const world = new World();
    expect((await world.tell([general, specific])).failed).toEqual([]);
    expect(world.told()).toEqual([specific.id]);
  });

  test('also by one that this process told before', async () => {
    const world = new World();
    await world.tell([specific]);
    await world.tell([general]);
    expect(world.told()).toEqual([specific.id]);
  });

  test('also by one that another process told', async () => {
    const world = new World([{}], { quietable });
    await world.create([specific]);
    await world.tell([general]);
    expect(world.told()).toEqual([]);
  });

  test('is looked for in the store only where a rule may quiet it, and once', async () => {
    expect([...quietable]).toEqual([
      ['general', 3600],
      ['other', 600],
    ]);
    const world = new World([{}], { quietable });
    await world.create(several(20, 'low', 100));
    await world.tell([one(1)]);
    expect(world.reads).toBe(1);
    await world.tell([one(2, 'low', { rule: { id: 'other' } })]);
    const { reads } = world;
    expect(reads).toBeGreaterThan(20);
    await world.tell([one(3, 'low', { rule: { id: 'other' } })]);
    expect(world.reads).toBe(reads + 1);
  });

  test('is told, with a warning, where the store does not say', async () => {
    const world = new World([{}], { quietable });
    await world.create([specific]);
    world.brokenKey = alertKey(specific);
    const { warnings, failed } = await world.tell([general]);
    expect(failed).toEqual([]);
    expect(warnings).toEqual(['alerts that may quiet others could not be read: S3 is down']);
    expect(world.told()).toEqual([general.id]);
  });
});

test('an incident that goes on is told as one', async () => {
  const world = new World();
  await world.tell([one(1, 'high', { continues: one(0).id })]);
  expect(world.published.map(({ notice }) => notice.kind)).toEqual(['continuing']);
});

test('a process remembers a bounded number of what it told', async () => {
  const world = new World([{ capped: false }]);
  const { told } = world.options.memory;
  for (let number = 0; number < 20_000; number++) told.add(`alerts/old-${number}`);
  await world.tell(several(5, 'low'));
  expect(told.size).toBe(20_000);
  expect(told.has('alerts/old-4')).toBe(false);
  expect(told.has('alerts/old-5')).toBe(true);
  expect(told.has(`alerts/${one(4).id}`)).toBe(true);
});
