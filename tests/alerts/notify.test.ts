/** From S3’s notifications to what is told: what fails alone, and what is told once. */
import { describe, expect, test } from 'vitest';
import { alertKey } from '../../shared/alerts/layout.ts';
import { Untold } from '../../shared/alerts/untold.ts';
import { eventOf, idsOf, one, several, World } from './notify-world.ts';

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

  test('of a bucket that was the lake before fail: their alerts are not gone, and nobody has heard of them', async () => {
    const world = new World();
    const alert = one(1);
    await world.create([alert]);
    const former = eventOf(alertKey(one(2))).replace('"name":"lake"', '"name":"former"');
    const { failed } = await world.receive([former, eventOf(alertKey(alert))]);
    expect(failed).toEqual([
      {
        id: 'm0',
        reason:
          'it is about the bucket `former`, and the lake is `lake` now: deploy with `storage.bucket: former` and redrive to have it told',
      },
    ]);
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
  test('tells nothing twice in one process', async () => {
    const world = new World([{}], { perMinute: 2 });
    const alerts = several(5, 'high');
    await world.tell(alerts);
    await world.tell(alerts);
    await world.receive([eventOf(...alerts.map(alertKey), alertKey(alerts[0]!))]);
    expect(world.told()).toEqual(idsOf(alerts.slice(0, 2)));
    world.now = new Date('2026-11-03T05:01:01Z');
    expect(await world.tell(alerts)).toMatchObject({ failed: [], waiting: [] });
    await world.tell(alerts);
    expect(world.told()).toEqual([...idsOf(alerts.slice(0, 2)), '3 more']);
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
