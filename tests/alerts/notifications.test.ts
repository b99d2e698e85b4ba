/** Which alerts people are told of. */
import { describe, expect, test } from 'vitest';
import { fillRoom, formatMore, planNotifications, sortForTelling } from '../../shared/alerts/notifications.ts';
import { alertWith, type AlertParts } from './sample.ts';

const one = (number: number, severity: 'low' | 'high' | 'critical', parts: AlertParts = {}) =>
  alertWith(number, { ...parts, rule: { ...parts.rule, severity } });

test('so many a minute are told, the worst first; of the rest their number', () => {
  const alerts = [
    ...Array.from({ length: 12 }, (_, number) => one(number, 'low')),
    ...Array.from({ length: 4 }, (_, number) => one(20 + number, 'high')),
    one(30, 'critical'),
  ];
  const { told, more, quieted } = planNotifications(alerts, { perMinute: 3 });
  expect(told.map(({ alert }) => alert)).toEqual([alerts[16], alerts[12], alerts[13]]);
  expect([...more]).toEqual([
    ['high', 2],
    ['low', 12],
  ]);
  expect(quieted).toEqual([]);
  expect(formatMore(more, '`alerts`')).toBe('and 14 more: 2 high, 12 low; look at `alerts`');
});

test('what was told in the minute before counts', () => {
  const alerts = sortForTelling([one(1, 'low'), one(2, 'low'), one(3, 'low')]);
  expect(fillRoom(alerts, 10, { low: 8 }).told).toHaveLength(2);
  expect(fillRoom(alerts, 10, { low: 12 })).toEqual({ told: [], held: alerts });
});

test('what was told in the minute before takes no room from what is worse', () => {
  const alerts = [one(1, 'critical'), one(2, 'high'), one(3, 'high'), one(4, 'low')];
  const { told, held } = fillRoom(sortForTelling(alerts), 3, { low: 8, high: 1 });
  expect(told.map(({ alert }) => alert)).toEqual([alerts[0], alerts[1]]);
  expect(held.map(({ alert }) => alert)).toEqual([alerts[2], alerts[3]]);
});

test('where all are told, there is no last message', () => {
  const { told, more } = planNotifications([one(1, 'low')], { perMinute: 1 });
  expect(told).toHaveLength(1);
  expect(formatMore(more, '')).toBeUndefined();
});

test('an incident that goes on is told as one, after what is new and as bad', () => {
  const alerts = [one(1, 'high', { continues: 'before' }), one(2, 'high'), one(3, 'low')];
  expect(planNotifications(alerts, { perMinute: 9 }).told).toEqual([
    { alert: alerts[1], kind: 'new' },
    { alert: alerts[0], kind: 'continuing' },
    { alert: alerts[2], kind: 'new' },
  ]);
});

describe('a quieted alert is not told, nor counted', () => {
  const general = one(1, 'critical', { rule: { id: 'general' } });
  const specific = one(2, 'high', { rule: { id: 'specific', quiets: ['general'] } });

  test('beside the one that quiets it', () => {
    expect(planNotifications([general, specific], { perMinute: 1 })).toEqual({
      told: [{ alert: specific, kind: 'new' }],
      held: [],
      more: new Map(),
      quieted: [general],
    });
  });

  test('where it says so itself', () => {
    const marked = { ...general, quieted_by: specific.id };
    expect(planNotifications([marked], { perMinute: 1 })).toMatchObject({ told: [], quieted: [marked] });
  });
});
