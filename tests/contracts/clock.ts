/** What every clock keeps. */
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../shared/ports.ts';

/** Runs the contract of Clock on `clock`. */
export function describeClock(name: string, clock: Clock): void {
  describe(`${name} keeps the contract of Clock`, () => {
    test('tells a time, and never goes back', () => {
      const times = Array.from({ length: 100 }, () => clock.now().getTime());
      expect(times.every(Number.isInteger)).toBe(true);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    test('each answer is its own: changing one changes no other', () => {
      const before = clock.now().getTime();
      clock.now().setTime(0);
      expect(clock.now().getTime()).toBeGreaterThanOrEqual(before);
    });
  });
}
