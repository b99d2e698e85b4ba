/** A rule as it is after loading and checking: what compile, windows and alerts work from. */
import type { Expression } from './expression.ts';

/** How bad it is, least first. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

/** How bad it is. */
export type Severity = (typeof SEVERITIES)[number];

/** What is measured over a window's matches. */
export type Measure =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum'; readonly field: string }
  | { readonly kind: 'distinct'; readonly field: string }
  /** A count or sum divided by the window's seconds; without a field matches are counted. */
  | { readonly kind: 'rate'; readonly field: string | undefined };

/** The condition on a window: `distinct(dstport) >= 50`. */
export interface Threshold {
  readonly measure: Measure;
  readonly operator: '>' | '>=';
  readonly value: number;
  /** The condition as written, normalised: `distinct(dstport) >= 50`. */
  readonly text: string;
}

/** A second expression that has to match after the window met its threshold, in the same group. */
export interface Sequel {
  readonly where: Expression;
  /** Seconds from the window's last minute to the match, at most. */
  readonly within: number;
}

/** A sliding window of whole minutes that has to meet a threshold. */
export interface WindowCondition {
  readonly kind: 'window';
  readonly seconds: number;
  readonly when: Threshold;
  readonly then: Sequel | undefined;
}

/** A group that matched before and then does not, for so many seconds. */
export interface AbsenceCondition {
  readonly kind: 'absence';
  readonly seconds: number;
  /** The condition as written, normalised: `no records for 45m`. */
  readonly text: string;
}

/** A value of a field (which is the last of the rule's `by`) that the group did not have in the time before. */
export interface NewCondition {
  readonly kind: 'new';
  readonly field: string;
  /** How far back is looked, seconds. */
  readonly over: number;
  /** The condition as written, normalised: `new server_port over 14d`. */
  readonly text: string;
}

/** A window that measures so many times what the group's windows of the time before did on average. */
export interface BaselineCondition {
  readonly kind: 'baseline';
  readonly seconds: number;
  readonly measure: Measure;
  readonly factor: number;
  /** How far back is looked for what is usual, seconds. */
  readonly over: number;
  /** Below this nothing is unusual. */
  readonly atLeast: number;
  /** The condition as written, normalised: `sum(bytes) > 4 × usual over 14d and at least 1GB`. */
  readonly text: string;
}

/** What has to happen before a rule alerts; with `match` every match does. */
export type Condition =
  { readonly kind: 'match' } | WindowCondition | AbsenceCondition | NewCondition | BaselineCondition;

/** The condition as it is written under `when`, normalised; undefined where every match alerts. */
export function textOfCondition(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'match':
      return undefined;
    case 'window':
      return condition.when.text;
    case 'absence':
    case 'new':
    case 'baseline':
      return condition.text;
  }
}

/** The longest window, absence or sequence that streams, seconds; what takes longer is a query. */
export const STREAMED_SECONDS = 3600;

/** With fewer windows than this before it nobody knows what is usual, and a baseline does not alert. */
export const ENOUGH_WINDOWS = 8;

/** Where a rule's memory is kept: nowhere, in window state that deliveries feed, or in the lake, which is asked on a schedule. */
export type Memory = 'none' | 'stream' | 'query';

/** Where the memory of a rule with this condition is kept. */
export function memoryOf(condition: Condition): Memory {
  switch (condition.kind) {
    case 'match':
      return 'none';
    case 'window':
    case 'absence':
      return condition.seconds <= STREAMED_SECONDS ? 'stream' : 'query';
    case 'new':
    case 'baseline':
      return 'query';
  }
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
  readonly condition: Condition;
  /** Suppress period, seconds. */
  readonly suppress: number;
  readonly runbook: string | undefined;
  /** What raises the rule although nothing is wrong, and what to do about that. */
  readonly falsePositives: string | undefined;
  /** Columns that a format need not have, and that make the rule better. */
  readonly sharpenedBy: readonly string[];
  /** Ids of more general rules, whose alerts about the same traffic are held back. */
  readonly quiets: readonly string[];
  /**
   * Key of the rule's window state: its id and a hash of where, except, by, condition, and the lists they name (those
   * kept elsewhere by their names alone), so that an edited rule starts afresh, and a refreshed list does not.
   */
  readonly stateKey: string;
}
