/** Where to look next: what an alert's queries are made from. Who makes them knows SQL; see query/alert-queries.ts. */
import type { FieldValue } from '../flow/columns.ts';
import type { Rule } from '../rules/rule.ts';
import type { Alert } from './alert.ts';

/** The records to look for: those of a rule and a group. */
export interface Sought {
  readonly rule: Rule;
  /** The values of the rule's `by` fields, in their order. */
  readonly group: readonly FieldValue[];
  /** Event times, Unix seconds; `to` does not belong to them. */
  readonly from: number;
  readonly to: number;
}

/** Says as queries what is looked for. */
export type QueriesOf = (sought: Sought) => Alert['queries'];
