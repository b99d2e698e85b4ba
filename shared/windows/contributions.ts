/**
 * What the groups of windowed rules did, minute by minute, as columns: the content of a delta and of an hour.
 *
 * Columns and dictionaries rather than objects, because the internet's noise makes hundreds of thousands of groups
 * of a single record; the arrays are what JSON stores, unchanged.
 */
import type { FieldValue } from '../flow/columns.ts';
import type { CodeSet } from './codes.ts';
import { intern, type Interner } from './dictionary.ts';

/** The rule that a group belongs to. */
interface RuleRef {
  readonly id: string;
  /** The rule's `stateKey`. */
  readonly key: string;
  /** Length of its window, whole minutes. */
  readonly minutes: number;
  /**
   * How many records a group must have in an event hour for the hour to keep samples of it: half of what the threshold
   * asks for, as one of the two hours that a window reaches holds that many. Noise is mostly groups of one record, whose
   * samples would be most of the state.
   */
  readonly samplesFrom: number;
}

/** Where records were seen; null where that is not known. */
export interface Place {
  readonly interface: string | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly vpc: string | null;
}

/** One row is what one group did in one minute. */
export interface Cells {
  /** Index into {@link Contributions.groups}. */
  readonly group: number[];
  /** Unix time in minutes. */
  readonly minute: number[];
  readonly count: number[];
  readonly packets: number[];
  readonly bytes: number[];
  /** First start and last end, in seconds from the minute's beginning. */
  readonly first: number[];
  readonly last: number[];
  /** Total of a `sum` rule's field, else 0. */
  readonly sum: number[];
  /** Codes in {@link Contributions.values} of a `distinct` rule's field, else nothing. */
  readonly distinct: CodeSet[];
  /** Codes in {@link Contributions.places}. */
  readonly places: CodeSet[];
}

/** Sample records of one format; one row is one record. */
export interface Samples {
  /** The format's text. */
  readonly format: string;
  readonly group: number[];
  /** Unix time in minutes. */
  readonly minute: number[];
  /** One column a field, in the format's order: integers as they are (-1 for none), texts as codes of `values`. */
  readonly columns: readonly number[][];
}

/** Columns with the dictionaries that they refer to. */
export interface Contributions {
  readonly rules: RuleRef[];
  /** Group values, distinct values and texts of samples; code 0 is null. */
  readonly values: FieldValue[];
  /** Code 0 stands for no place at all. */
  readonly places: Place[];
  /** A rule's index and the codes of the group's values, joined by spaces: `0 17 4`. */
  readonly groups: string[];
  readonly cells: Cells;
  readonly samples: Samples[];
}

/** Contributions' dictionaries, ready for new entries. */
export interface Interners {
  readonly rules: Interner<RuleRef>;
  readonly values: Interner<FieldValue>;
  readonly places: Interner<Place>;
  readonly groups: Interner<string>;
}

const NOWHERE: Place = { interface: null, account: null, region: null, vpc: null };

/** Contributions without any row. */
export function noContributions(): Contributions {
  return { rules: [], values: [null], places: [NOWHERE], groups: [], cells: noCells(), samples: [] };
}

function noCells(): Cells {
  return {
    group: [],
    minute: [],
    count: [],
    packets: [],
    bytes: [],
    first: [],
    last: [],
    sum: [],
    distinct: [],
    places: [],
  };
}

/** Makes the dictionaries of contributions ready for new entries. */
export function internersOf(contributions: Contributions): Interners {
  return {
    rules: intern(contributions.rules, (rule) => rule.key),
    values: intern(contributions.values),
    // Code 0 is not a place, so that a place of which nothing is known gets a code of its own.
    places: intern(contributions.places, (place) =>
      place === contributions.places[0]
        ? undefined
        : JSON.stringify([place.interface, place.account, place.region, place.vpc]),
    ),
    groups: intern(contributions.groups),
  };
}

/** The index of the rule that a group belongs to. */
export function ruleOfGroup(group: string): number {
  return Number.parseInt(group, 10);
}

/** The codes of a group's values, in the order of the rule's `by`. */
export function valueCodesOf(group: string): number[] {
  return group.split(' ').slice(1).map(Number);
}

/** A group's entry in {@link Contributions.groups}. */
export function groupText(rule: number, valueCodes: readonly number[]): string {
  let text = `${rule}`;
  for (const code of valueCodes) text += ` ${code}`;
  return text;
}
