/** What people are told in a minute, by all processes together. */
import { describe, expect, test } from 'vitest';
import { alertKey } from '../../shared/alerts/layout.ts';
import type { Notice } from '../../shared/alerts/notifications.ts';
import { MINUTE_KEY } from '../../shared/alerts/minute-store.ts';
import { noNoticeMemory, notify } from '../../shared/alerts/notify.ts';
import { Untold } from '../../shared/alerts/untold.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { eventOf, idsOf, one, several, World } from './notify-world.ts';

describe('more than a minute has room for', () => {
  test('is told as a number when the minute is over, the worst one by one at once', async () => {
    const world = new World([{}], { perMinute: 3 });
    const alerts = [...several(5, 'low'), ...several(2, 'critical', 50)];
    const { failed, waiting, told, heldBack } = await world.tell(alerts);
    expect(failed).toEqual([]);
    expect(world.told()).toEqual(idsOf([alerts[5]!, alerts[6]!, alerts[0]!]));
    expect(told).toHaveLength(3);
    expect(heldBack).toBe(4);
    // it is 05:00:10; one message stays, for the others there is nothing left to do
    expect(waiting).toEqual([{ id: 'm1', seconds: 51 }]);
    world.now = new Date('2026-11-03T05:01:01Z');
    expect(await world.tell([alerts[1]!])).toEqual({ failed: [], waiting: [], told: [], heldBack: 0, warnings: [] });
    expect(world.told().slice(3)).toEqual(['4 more']);
  });

  test('comes with the message that stayed, whichever process gets it, and waits where it comes too early', async () => {
    const world = new World([{}], { perMinute: 1 });
    const alerts = several(3, 'low');
    await world.tell(alerts);
    const bell = [eventOf(alertKey(alerts[1]!))];
    world.now = new Date('2026-11-03T05:00:58Z');
    const others = [noNoticeMemory('two'), noNoticeMemory('three'), world.options.memory];
    for (const memory of others) {
      expect(await world.receive(bell, memory)).toMatchObject({ failed: [], waiting: [{ id: 'm0', seconds: 3 }] });
    }
    world.now = new Date('2026-11-03T05:01:01Z');
    for (const memory of others) {
      expect(await world.receive(bell, memory)).toMatchObject({ failed: [], waiting: [], told: [] });
    }
    expect(world.told()).toEqual([alerts[0]!.id, '2 more']);
  });

  test('is told by the next alert that comes, if that is earlier', async () => {
    const world = new World([{}], { perMinute: 1 });
    await world.tell(several(3, 'low'));
    world.now = new Date('2026-11-03T05:01:00Z');
    await world.tell([one(9, 'low')]);
    expect(world.told()).toEqual([one(0).id, one(9).id, '2 more']);
  });

  test('counts over the invocations of a minute and over processes, and starts anew with the next', async () => {
    const world = new World([{}], { perMinute: 3 });
    await world.tell(several(2, 'low'));
    const alerts = several(2, 'low', 10);
    await world.create(alerts);
    await world.receive(
      alerts.map((alert) => eventOf(alertKey(alert))),
      noNoticeMemory('two'),
    );
    expect(world.told().slice(2)).toEqual([one(10, 'low').id]);
    world.now = new Date('2026-11-03T05:00:59Z');
    await world.tell(several(1, 'low', 20));
    expect(world.told().slice(3)).toEqual([]);
    world.now = new Date('2026-11-03T05:01:00Z');
    await world.tell(several(1, 'low', 30));
    expect(world.told().slice(3)).toEqual([one(30, 'low').id, '2 more']);
  });

  test('does not hide what is worse', async () => {
    const world = new World([{}], { perMinute: 3 });
    await world.tell(several(9, 'low'));
    await world.tell([one(20, 'critical')]);
    expect(world.told().slice(3)).toEqual([one(20, 'critical').id]);
  });

  test('is held against each route by itself', async () => {
    const world = new World([{ name: 'all' }, { name: 'pager', atLeast: 'high' }], { perMinute: 2 });
    await world.tell(several(5, 'low'));
    await world.tell(several(3, 'high', 10));
    expect(world.told('all')).toEqual([...idsOf(several(2, 'low')), ...idsOf(several(2, 'high', 10))]);
    expect(world.told('pager')).toEqual(idsOf(several(2, 'high', 10)));
    world.now = new Date('2026-11-03T05:01:01Z');
    await world.tell([one(50, 'info')]);
    expect(world.told('all').slice(4)).toEqual([one(50).id, '4 more']);
    expect(world.told('pager').slice(2)).toEqual(['1 more']);
  });

  test('is told one by one where programs read, and not again when the message that stayed comes back', async () => {
    const world = new World([{ name: 'people' }, { name: 'siem', capped: false }], { perMinute: 2 });
    const alerts = several(30, 'low');
    const { heldBack, waiting } = await world.tell(alerts);
    expect(world.told('siem')).toEqual(idsOf(alerts));
    expect(world.told('people')).toHaveLength(2);
    expect(heldBack).toBe(0);
    expect(waiting).toHaveLength(1);
    world.now = new Date('2026-11-03T05:01:01Z');
    await world.receive([eventOf(alertKey(alerts[2]!))], noNoticeMemory('two'));
    expect(world.told('siem')).toHaveLength(30);
    expect(world.told('people').slice(2)).toEqual(['28 more']);
  });

  test('is told later where the number could not be told', async () => {
    const world = new World([{}], { perMinute: 1 });
    const alerts = several(3, 'low');
    await world.tell(alerts);
    world.now = new Date('2026-11-03T05:01:01Z');
    world.fault = (notices) => {
      throw new Untold(
        'throttled',
        notices.filter(({ kind }) => kind === 'more'),
      );
    };
    // another alert's message has nothing to do with it
    expect(await world.tell([one(8, 'low')])).toMatchObject({
      failed: [],
      warnings: ['route `alerts`: throttled'],
    });
    const bell = [eventOf(alertKey(alerts[1]!))];
    expect(await world.receive(bell)).toMatchObject({
      failed: [{ id: 'm0', reason: 'route `alerts`: throttled' }],
      warnings: [],
    });
    world.fault = undefined;
    await world.tell([one(9, 'low')]);
    expect(world.told()).toEqual([alerts[0]!.id, one(8).id, '2 more']);
    expect(await world.receive(bell)).toMatchObject({ failed: [], waiting: [] });
    world.now = new Date('2026-11-03T05:02:01Z');
    await world.tell([one(10, 'low')]);
    expect(world.told().slice(3)).toEqual([one(10).id, '1 more']);
  });

  test('of one whose teller was killed is told by somebody else, once it must be gone', async () => {
    const world = new World([{}], { perMinute: 1 });
    const alerts = several(3, 'low');
    await world.tell(alerts);
    world.now = new Date('2026-11-03T05:01:01Z');
    const bell = [eventOf(alertKey(alerts[1]!))];
    world.options.channels[0]!.sink.publish = () => new Promise(() => undefined);
    void world.receive(bell, noNoticeMemory('killed'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const told: Notice[] = [];
    world.options.channels[0]!.sink.publish = async (notices) => void told.push(...notices);
    expect(await world.receive(bell)).toMatchObject({ failed: [], waiting: [{ id: 'm0', seconds: 91 }] });
    expect(told).toEqual([]);
    world.now = new Date('2026-11-03T05:02:32Z');
    expect(await world.receive(bell)).toMatchObject({ failed: [], waiting: [] });
    expect(told).toMatchObject([{ kind: 'more', counts: { low: 2 } }]);
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

describe('the minute that all processes share', () => {
  test('costs two requests at first, and then one', async () => {
    const world = new World([{}, { name: 'pager' }]);
    await world.tell([one(1)]);
    expect(world.minuteRequests.splice(0)).toEqual(['get', 'putIfUnchanged']);
    await world.tell([one(2)]);
    expect(world.minuteRequests.splice(0)).toEqual(['putIfUnchanged']);
    await world.tell([one(2)]);
    expect(world.minuteRequests).toEqual([]);
  });

  test('costs nothing where programs read', async () => {
    const world = new World([{ capped: false }]);
    await world.tell([one(1)]);
    expect(world.minuteRequests).toEqual([]);
  });

  test('where it can’t be had, a process counts for itself, and what it has no room for fails', async () => {
    const world = new World([{}], { perMinute: 2 });
    world.brokenKey = MINUTE_KEY;
    const reason = 'what was told in this minute could not be counted: S3 is down';
    const alerts = several(3, 'low');
    expect(await world.tell(alerts)).toMatchObject({
      failed: [{ id: 'm2', reason }],
      waiting: [],
      warnings: [reason],
      heldBack: 0,
    });
    expect(await world.tell([alerts[2]!])).toMatchObject({ failed: [{ id: 'm0', reason }] });
    expect(await world.tell([one(9, 'critical')])).toMatchObject({ failed: [] });
    expect(world.told()).toEqual(idsOf([alerts[0]!, alerts[1]!, one(9)]));
    world.brokenKey = undefined;
    expect(await world.tell([alerts[2]!])).toMatchObject({ failed: [], warnings: [] });
    expect(world.told()).toHaveLength(4);
  });

  test('where it can’t be had, a message that came before fails: others may rely on it', async () => {
    const world = new World([{}], { perMinute: 1 });
    const alerts = several(3, 'low');
    await world.tell(alerts);
    world.now = new Date('2026-11-03T05:01:01Z');
    const bell = [{ id: 'bell', body: eventOf(alertKey(alerts[1]!)), received: 2 }];
    world.brokenKey = MINUTE_KEY;
    expect(await notify(bell, world.options)).toMatchObject({ failed: [{ id: 'bell' }], told: [] });
    world.brokenKey = undefined;
    expect(await notify(bell, world.options)).toMatchObject({ failed: [], waiting: [] });
    expect(world.told()).toEqual([alerts[0]!.id, '2 more']);
  });

  test('of another version, or unreadable, counts from nothing', async () => {
    const world = new World([{}], { perMinute: 1 });
    await world.store.put(MINUTE_KEY, Buffer.from('{"schema":'));
    expect(await world.tell(several(2, 'low'))).toMatchObject({ failed: [], warnings: [] });
    expect(world.told()).toEqual([one(0).id]);
  });

  test('a write whose answer was lost counts once', async () => {
    const world = new World([{}], { perMinute: 2 });
    const lossy: ObjectStore = {
      ...world.store,
      async putIfUnchanged(key, body, version) {
        await world.store.putIfUnchanged(key, body, version);
        return undefined;
      },
    };
    const alerts = several(3, 'low');
    await world.create(alerts);
    const [first, ...rest] = alerts.map((alert) => ({ id: alert.id, body: eventOf(alertKey(alert)) }));
    // what the client takes for a conflict is its own first try
    await notify([first!], { ...world.options, store: lossy });
    await notify(rest, world.options);
    expect(world.told()).toEqual(idsOf(alerts.slice(0, 2)));
  });
});
