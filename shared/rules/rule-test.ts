/** Tests inside rule files: what goes in, and which alerts must come out. */
import type { FieldValue } from '../flow/columns.ts';
import type { TestLists } from './test-lists.ts';

/** Records of one entry of `records:`: each combination of the values, in order, `times` over. */
export interface TestRecords {
  /** Values by column; fields that are not there take a default. */
  readonly fields: ReadonlyMap<string, readonly FieldValue[]>;
  readonly times: number;
  /** Seconds from the test's beginning to the first record's start. */
  readonly at: number;
  /** Seconds from one record's start to the next one's. */
  readonly every: number;
}

/** An alert that the test expects; `times` of them. */
export interface ExpectedAlert {
  /** Values of some or all of the rule's `by` fields. */
  readonly group: Readonly<Record<string, FieldValue>>;
  readonly times: number;
}

/** One test of a rule. Only its own rule is to be evaluated on its records. */
export interface RuleTest {
  /** The rule's id. */
  readonly rule: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** What the lists hold that the rule names; those that are not there hold what the rule was loaded with. */
  readonly lists: TestLists;
  readonly input:
    | { readonly kind: 'records'; readonly records: readonly TestRecords[] }
    | { readonly kind: 'lines'; readonly lines: readonly string[] };
  /** The format as AWS writes it; undefined takes the default, widened by the fields that the records name. */
  readonly format: string | undefined;
  /** How many alerts there must be, or which. 0: it must stay quiet. */
  readonly alerts: number | readonly ExpectedAlert[];
}

/** The number of alerts that a test expects. */
export function expectedCount(test: RuleTest): number {
  return typeof test.alerts === 'number' ? test.alerts : test.alerts.reduce((sum, alert) => sum + alert.times, 0);
}
