/** What stands behind an alert, whichever way it was found. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import type { Rule } from '../rules/rule.ts';
import type { Place } from './places.ts';

/** What the records had in common that made a rule fire. */
export interface Evidence {
  readonly records: number;
  readonly packets: number;
  readonly bytes: number;
  /** First start and last end, Unix seconds. */
  readonly first: number;
  readonly last: number;
  readonly places: Iterable<Place>;
  /** Up to five of the records. */
  readonly samples: readonly FlowRecord[];
}

/** A window of one group that met its rule's threshold. */
export interface Crossing {
  readonly rule: Rule;
  /** The values of the rule's `by` fields, in their order. */
  readonly group: readonly FieldValue[];
  /** Event time: the beginning of the window's last minute, Unix seconds. */
  readonly time: number;
  /** The window, Unix seconds; its end is the end of its last minute. */
  readonly start: number;
  readonly end: number;
  /** What was measured over the window. */
  readonly value: number;
  /** What the group's windows measured on average before; of baselines only. */
  readonly usual?: number | undefined;
  readonly evidence: Evidence;
}
