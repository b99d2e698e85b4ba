/** The alert: one object that a person, a chat room and a program can all read. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import type { Severity } from '../rules/rule.ts';

/** The alert's JSON, schema `sekisho.alert/1`. Times are ISO 8601 in UTC. */
export interface Alert {
  readonly schema: 'sekisho.alert/1';
  /** Hash of rule, group and suppress period: one incident, one id. */
  readonly id: string;
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly severity: Severity;
    readonly tags: readonly string[];
    /** Ids of more general rules, whose alerts about the same traffic this one holds back. */
    readonly quiets: readonly string[];
  };
  /** One sentence a person understands. */
  readonly summary: string;
  readonly first_seen: string;
  readonly last_seen: string;
  /** The window that met the threshold; for a rule without one, from the evidence's first start to its last end. */
  readonly window: { readonly start: string; readonly end: string };
  /** The suppress period: until its end, rule and group raise no other alert. Its first day is the object's `day=`. */
  readonly period: { readonly start: string; readonly end: string };
  /**
   * Id of the same rule's alert about the same group in the period directly before, if it was there when this one was
   * created: the incident goes on.
   */
  readonly continues: string | null;
  /**
   * Id of a more specific alert, known when this one was created, that holds this one back: nobody is told of it, and
   * text shows it as a number. Like `continues` it is as of creation; the lake's view `alerts` works both out anew.
   */
  readonly quieted_by: string | null;
  /** The rule's `by` fields with their values. */
  readonly group: Readonly<Record<string, FieldValue>>;
  /** What was measured, by the measure's text: `{"distinct(dstport)": 120}`. */
  readonly measure: Readonly<Record<string, number>>;
  /** The condition that was met (`distinct(dstport) >= 50`); null for a rule that alerts at every match. */
  readonly threshold: string | null;
  readonly records: number;
  readonly packets: number;
  readonly bytes: number;
  readonly interfaces: readonly string[];
  readonly account_id: string | null;
  readonly region: string | null;
  readonly vpc_id: string | null;
  /** Up to five of the records. */
  readonly samples: readonly FlowRecord[];
  /** Where to look next: text that selects the group and the time. */
  readonly queries: { readonly athena: string; readonly insights: string };
  readonly runbook: string | null;
}
