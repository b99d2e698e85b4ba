/** What a rule set asks of each field: the plan that compiling makes and evaluating follows. */
import type { Bits, Stretch } from './bit-sets.ts';
import type { TextClasses } from './text-classes.ts';

/** A rule's clauses: a record matches that meets one of the included and none of the excluded. */
export interface Exception {
  readonly included: Stretch;
  readonly excluded: Stretch;
}

/** What the clauses are parts of. */
export interface ClausePlan {
  /** By clause: the index of its rule. */
  readonly owners: Uint32Array;
  /** The rules that have excluded clauses. */
  readonly exceptions: readonly Exception[];
}

/** A field's part in the decision. A value's class is an index into `choices`. */
export type FieldPlan = {
  readonly column: string;
  /** Sets of clauses: those a value of the class satisfies as far as this field goes. */
  readonly choices: readonly Bits[];
  /** The class of records without value. */
  readonly null: number;
  /** The clauses that look at the field at all. */
  readonly looking: Bits;
} & (
  | {
      /** Small integers: the class of value `v` is `classes[v + 1]`. */
      readonly kind: 'table';
      readonly classes: Uint16Array;
    }
  | {
      /** Any integers: `classes[i]` for values from `starts[i]` up to the next start. */
      readonly kind: 'ranges';
      readonly starts: Float64Array;
      readonly classes: Uint32Array;
    }
  | {
      /** Texts that rules name; every other text is of the class `other`. */
      readonly kind: 'text';
      readonly classes: ReadonlyMap<string, number>;
      readonly other: number;
    }
  | {
      /** Texts that rules hold against patterns: their classes, and so `choices`, become more as texts are met. */
      readonly kind: 'pattern';
      readonly classes: TextClasses;
    }
  | {
      /** Addresses: the class of each place of AddressStarts, in address-ranges.ts. */
      readonly kind: 'address';
      readonly classes: Uint32Array;
    }
);
