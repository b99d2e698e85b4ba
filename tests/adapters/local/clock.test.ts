import { describe, expect, test } from 'vitest';
import { fixedClock, parseTime, systemClock } from '../../../shared/adapters/local/clock.ts';
import { describeClock } from '../../contracts/clock.ts';

const moment = new Date('2026-11-03T04:05:06Z');

describeClock('the system clock', systemClock);
describeClock('a fixed clock', fixedClock(moment));

test('a fixed clock stands at its time', () => {
  expect(fixedClock(moment).now()).toEqual(moment);
});

describe('parseTime', () => {
  test.each([
    ['2026-11-03', '2026-11-03T00:00:00.000Z'],
    ['2026-11-03T04:05', '2026-11-03T04:05:00.000Z'],
    ['2026-11-03T04:05:06', '2026-11-03T04:05:06.000Z'],
    ['2026-11-03 04:05:06.789z', '2026-11-03T04:05:06.789Z'],
    ['2026-11-03T04:05:06+09:00', '2026-11-02T19:05:06.000Z'],
    ['2026-11-03T04:05:06-0330', '2026-11-03T07:35:06.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseTime(text)?.toISOString()).toBe(expected);
  });

  test.each([
    '',
    'now',
    '2026',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-11-03T25:00',
    '03/11/2026',
    '1793678706',
  ])('takes `%s` for no time', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
