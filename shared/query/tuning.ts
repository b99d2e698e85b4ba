/** What another threshold would have meant: how many alerts it would have raised, and which one suits. */
import type { Threshold } from '../rules/rule.ts';

/** How many groups measured so much at most, each group once a suppress period. */
export interface Peak {
  readonly value: number;
  readonly count: number;
}

/** What a threshold would have raised. */
export interface TuningLine {
  readonly threshold: number;
  readonly alerts: number;
  /** Alerts a day, on average. */
  readonly perDay: number;
  /** Whether it is the rule's present one. */
  readonly isPresent: boolean;
}

/** How a rule's threshold lies among what was measured. */
export interface Tuning {
  /** Ascending. */
  readonly lines: readonly TuningLine[];
  /** Groups, each once a suppress period, that had any match. */
  readonly measured: number;
  /** Values that so much of them stay at or below: half, 90 %, 99 %, all. */
  readonly quantiles: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
  /** The largest value that did not alert, and the smallest that did. */
  readonly largestBelow: number | undefined;
  readonly smallestAlerting: number | undefined;
  /** A threshold that raises the same alerts with room on both sides. */
  readonly sameAlerts: number | undefined;
  /** The lowest round threshold with at most one alert a day, where the present one raises more. */
  readonly oneADay: number | undefined;
}

/** How many thresholds are shown on either side of the present one. */
const SHOWN = { below: 3, above: 4 };

/**
 * What other thresholds would have raised.
 *
 * @param peaks in any order, each value once
 * @param days days that the records span, at least 1
 */
export function suggestThresholds(peaks: readonly Peak[], present: Threshold, days: number): Tuning | undefined {
  const sorted = peaks.toSorted((a, b) => a.value - b.value);
  const max = sorted.at(-1)?.value;
  if (max === undefined) return undefined;
  const meets = (value: number, threshold: number): boolean =>
    present.operator === '>' ? value > threshold : value >= threshold;
  const alertsAt = (threshold: number): number =>
    sorted.reduce((sum, { value, count }) => sum + (meets(value, threshold) ? count : 0), 0);
  const lineOf = (threshold: number): TuningLine => {
    const alerts = alertsAt(threshold);
    return { threshold, alerts, perDay: alerts / days, isPresent: threshold === present.value };
  };
  const below = sorted.findLast(({ value }) => !meets(value, present.value))?.value;
  const alerting = sorted.find(({ value }) => meets(value, present.value))?.value;
  const round = roundNumbers(max);
  const sameAlerts = roomiest(below, alerting, present.operator);
  const oneADay = alertsAt(present.value) > days ? round.find((threshold) => alertsAt(threshold) <= days) : undefined;
  const suggested = [sameAlerts, oneADay].filter((threshold) => threshold !== undefined);
  const thresholds = new Set([...chooseThresholds(round, present.value, max, alertsAt), ...suggested]);
  return {
    lines: [...thresholds].toSorted((a, b) => a - b).map(lineOf),
    measured: sorted.reduce((sum, { count }) => sum + count, 0),
    quantiles: quantilesOf(sorted),
    largestBelow: below,
    smallestAlerting: alerting,
    sameAlerts,
    oneADay,
  };
}

/** Round thresholds around the present one, up to the first that raises nothing; those that change nothing are left out. */
function chooseThresholds(
  round: readonly number[],
  present: number,
  max: number,
  alertsAt: (threshold: number) => number,
): readonly number[] {
  const lower: number[] = [];
  let alerts = alertsAt(present);
  for (const threshold of round.filter((each) => each < present).reverse()) {
    if (lower.length === SHOWN.below) break;
    const more = alertsAt(threshold);
    if (more > alerts) lower.push(threshold);
    alerts = more;
  }
  const higher: number[] = [];
  alerts = alertsAt(present);
  for (const threshold of round.filter((each) => each > present)) {
    if (higher.length === SHOWN.above || alerts === 0) break;
    const fewer = alertsAt(threshold);
    if (fewer < alerts || threshold > max) higher.push(threshold);
    alerts = fewer;
  }
  return [...lower.reverse(), present, ...higher];
}

/** 1, 2, 3, 4, 5, 8, 10, 12, 15, 20, …: up to the first above `max`. */
function roundNumbers(max: number): readonly number[] {
  const numbers: number[] = [];
  for (let power = 1; ; power *= 10) {
    for (const digits of power === 1 ? [1, 2, 3, 4, 5, 8] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) {
      const number = Math.round(digits * power);
      numbers.push(number);
      if (number > max) return numbers;
    }
  }
}

/** A round number between what stays below and what alerts, as far from both as can be; undefined without room. */
function roomiest(below: number | undefined, alerting: number | undefined, operator: '>' | '>='): number | undefined {
  if (below === undefined || alerting === undefined) return undefined;
  const middle = Math.sqrt(Math.max(below, 1) * alerting);
  const separates = (threshold: number): boolean =>
    operator === '>' ? threshold >= below && threshold < alerting : threshold > below && threshold <= alerting;
  const candidates = roundNumbers(alerting).filter(separates);
  return candidates.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
}

function quantilesOf(sorted: readonly Peak[]): Tuning['quantiles'] {
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const quantile = (share: number): number => {
    let seen = 0;
    for (const { value, count } of sorted) {
      seen += count;
      if (seen >= share * total) return value;
    }
    return 0;
  };
  return { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) };
}
