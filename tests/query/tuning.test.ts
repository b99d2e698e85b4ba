/** What other thresholds would have raised, and which one is suggested. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { suggestThresholds, type Peak, type Tuning } from '../../shared/query/tuning.ts';
import type { Threshold } from '../../shared/rules/rule.ts';

function thresholdOf(value: number, operator: '>' | '>=' = '>='): Threshold {
  return { measure: { kind: 'count' }, operator, value, text: `count() ${operator} ${value}` };
}

/** Values as they were measured, each of one group. */
function tuned(values: readonly number[], threshold: Threshold, days = 1): Tuning {
  const counts = Map.groupBy(values, (value) => value);
  const peaks = Array.from(counts, ([value, same]): Peak => ({ value, count: same.length }));
  return suggestThresholds(peaks, threshold, days)!;
}

test('without any match there is nothing to tell', () => {
  expect(suggestThresholds([], thresholdOf(10), 1)).toBeUndefined();
});

test('each line says what a threshold would have raised, and the present one is among them', () => {
  const { lines } = tuned([1, 1, 3, 9, 30, 52, 120], thresholdOf(50), 2);
  expect(lines.find(({ isPresent }) => isPresent)).toEqual({ threshold: 50, alerts: 2, perDay: 1, isPresent: true });
  expect(lines.map(({ threshold }) => threshold)).toEqual(
    lines.map(({ threshold }) => threshold).toSorted((a, b) => a - b),
  );
  expect(lines.at(-1)).toMatchObject({ alerts: 0 });
});

test('how much is usual', () => {
  const { quantiles, measured } = tuned(
    Array.from({ length: 100 }, (_, at) => at + 1),
    thresholdOf(1000),
  );
  expect({ quantiles, measured }).toEqual({ quantiles: { p50: 50, p90: 90, p99: 99, max: 100 }, measured: 100 });
});

describe('suggestions', () => {
  test('a round threshold between what stays below and what alerts', () => {
    expect(tuned([1, 2, 31, 120, 200], thresholdOf(50))).toMatchObject({
      largestBelow: 31,
      smallestAlerting: 120,
      sameAlerts: 60,
    });
  });

  test('none where there is no room', () => {
    expect(tuned([49, 50], thresholdOf(50)).sameAlerts).toBe(50);
    expect(tuned([1, 2], thresholdOf(50))).toMatchObject({
      largestBelow: 2,
      smallestAlerting: undefined,
      sameAlerts: undefined,
    });
    expect(tuned([60, 70], thresholdOf(50)).sameAlerts).toBeUndefined();
  });

  test('the lowest round threshold with one alert a day, where there are more', () => {
    const values = [10, 11, 12, 20, 40, 90];
    expect(tuned(values, thresholdOf(10), 2).oneADay).toBe(25);
    expect(tuned(values, thresholdOf(40), 2).oneADay).toBeUndefined();
  });
});

const operator = fc.constantFrom('>' as const, '>=' as const);
const values = fc.array(fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.01, max: 30, noNaN: true })), {
  minLength: 1,
  maxLength: 60,
});

test('whatever was measured: lines count what meets them, and suggestions keep what they promise', () => {
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 1500 }),
      operator,
      fc.integer({ min: 1, max: 40 }),
      (all, value, operator, days) => {
        const alertsAt = (threshold: number): number =>
          all.filter((each) => (operator === '>' ? each > threshold : each >= threshold)).length;
        const { lines, sameAlerts, oneADay } = tuned(all, thresholdOf(value, operator), days);
        for (const line of lines) expect(line.alerts).toBe(alertsAt(line.threshold));
        if (sameAlerts !== undefined) expect(alertsAt(sameAlerts)).toBe(alertsAt(value));
        if (oneADay !== undefined) expect(alertsAt(oneADay)).toBeLessThanOrEqual(days);
        expect(oneADay !== undefined).toBe(alertsAt(value) > days);
      },
    ),
  );
});
