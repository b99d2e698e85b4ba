/** A rule as it is after loading and checking: what compile, windows and alerts work from. */
import type { Expression } from './expression.ts';

/** How bad it is, least first. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

/** How bad it is. */
export type Severity = (typeof SEVERITIES)[number];

/** What a windowed rule measures over its matches. */
export type Measure =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum'; readonly field: string }
  | { readonly kind: 'distinct'; readonly field: string };

/** The condition on a window: `distinct(dstport) >= 50`. */
export interface Threshold {
  readonly measure: Measure;
  readonly operator: '>' | '>=';
  readonly value: number;
  /** The condition as written, normalised: `distinct(dstport) >= 50`. */
  readonly text: string;
}

/** A checked rule. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  /** Which records count. */
  readonly where: Expression;
  /** Which of those do not; a record for which it is unknown still counts. */
  readonly except: Expression | undefined;
  /** Columns (or derived fields) that make a group; null is a group of its own. */
  readonly by: readonly string[];
  /** Window and threshold go together; without them every match alerts. */
  readonly window: { readonly seconds: number; readonly when: Threshold } | undefined;
  /** Suppress period, seconds. */
  readonly suppress: number;
  readonly runbook: string | undefined;
  /**
   * Key of the rule's window state: its id and a hash of where, except, by, window, and the lists they name,
   * so that an edited rule starts afresh.
   */
  readonly stateKey: string;
}
