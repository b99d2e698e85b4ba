/** Quieting where not everybody hears of everything. */
import { describe, expect, test } from 'vitest';
import { alertKey } from '../../shared/alerts/layout.ts';
import { quietableRules } from '../../shared/alerts/quiet-channel.ts';
import { one, several, World } from './notify-world.ts';

describe('a quieted alert', () => {
  const general = one(1, 'critical', { rule: { id: 'general' } });
  const specific = one(2, 'high', { rule: { id: 'specific', quiets: ['general'] } });
  const quietable = quietableRules([
    { quiets: ['general'], suppress: 3600, severity: 'high' },
    { quiets: ['general', 'other'], suppress: 600, severity: 'critical' },
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
      ['general', { reach: 3600, least: 'high' }],
      ['other', { reach: 600, least: 'critical' }],
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

  describe('by one that a route never hears of', () => {
    const trifle = one(3, 'info', { rule: { id: 'trifle', quiets: ['general'] } });
    const routes = [{ name: 'all' }, { name: 'pager', atLeast: 'high' }] as const;
    const mild = quietableRules([{ quiets: ['general'], suppress: 3600, severity: 'info' }]);

    test('is told there, and nowhere else', async () => {
      for (const order of [
        [trifle, general],
        [general, trifle],
      ]) {
        const world = new World(routes);
        await world.tell(order);
        expect(world.told('all')).toEqual([trifle.id]);
        expect(world.told('pager')).toEqual([general.id]);
      }
    });

    test('also where it is marked as quieted, or the other was told before, or by another process', async () => {
      const marked = { ...general, quieted_by: trifle.id };
      for (const each of [general, marked]) {
        const world = new World(routes, { quietable: mild });
        await world.tell([trifle]);
        await world.tell([each]);
        const another = new World(routes, { quietable: mild });
        await another.create([trifle]);
        await another.tell([each]);
        expect([world.told('all'), another.told('all')]).toEqual([[trifle.id], []]);
        expect([world.told('pager'), another.told('pager')]).toEqual([[general.id], [general.id]]);
      }
    });

    test('is quiet there where one of them is told there', async () => {
      const marked = { ...general, quieted_by: trifle.id };
      const world = new World(routes, { quietable: mild });
      await world.create([trifle, specific]);
      await world.tell([marked]);
      expect(world.published).toEqual([]);
    });
  });

  test('that is marked is quiet without a request where every rule that may quiet it is told', async () => {
    const world = new World([{ atLeast: 'high' }], { quietable });
    await world.create(several(20, 'low', 100));
    await world.tell([{ ...general, quieted_by: specific.id }]);
    expect(world.published).toEqual([]);
    expect(world.reads).toBe(1);
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
