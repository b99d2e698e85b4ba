/** What an alarm is. */
import type { Metric } from './metrics.ts';

/** When an alarm rings. */
export interface Alarm {
  /** What it means and what to do: the text of the e-mail. */
  readonly says: string;
  /** A metric, or several that `expression` puts together under their names. */
  readonly metrics: Metric | { readonly expression: string; readonly of: Readonly<Record<string, Metric>> };
  readonly statistic: 'Sum' | 'Maximum' | 'p90';
  /** Seconds of a data point. */
  readonly period: number;
  /** It rings when `points` data points of the last `of` compare so with `threshold`. */
  readonly points: number;
  readonly of: number;
  readonly compare: 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** What silence means; `notBreaching` where nothing happened is no news. */
  readonly missing: 'notBreaching' | 'breaching';
}

/** In seconds. */
export const MINUTE = 60;

/** In seconds. */
export const HOUR = 3600;
