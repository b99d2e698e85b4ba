/** Where alerts are told, and what became of it. */
import type { Severity } from '../rules/rule.ts';
import type { AlertSink } from '../ports.ts';
import type { Alert } from './alert.ts';
import type { Notice } from './notifications.ts';

/** Where alerts are told. */
export interface AlertChannel {
  readonly name: string;
  readonly atLeast: Severity;
  /** True where people read: only so many a minute are told one by one. */
  readonly capped: boolean;
  readonly sink: AlertSink<Notice>;
}

/** What a channel was told. */
export interface Outcome {
  /** One by one. */
  readonly told: readonly Alert[];
  /** Alerts that were not told, by id, with the reason. */
  readonly untold: ReadonlyMap<string, string>;
  /** Why the number was not told; undefined where it was, or where there was none. */
  readonly problem: string | undefined;
}
