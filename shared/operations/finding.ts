/** What a look at a deployment found: one line a check, with what mends it. */

/** How a check ended; `hidden` where what it is about could not be looked at. */
export type Verdict = 'ok' | 'warning' | 'problem' | 'hidden';

/** One check of one thing. */
export interface Finding {
  /** What it is about: `stack`, `log group /vpc/flow`, `queues`. */
  readonly area: string;
  /** What was checked, in a word or two; the same in every run. */
  readonly check: string;
  readonly result: Verdict;
  /** What was seen, as one clause. */
  readonly seen: string;
  /** How to mend it: a sentence, and where there is one the command after `: `; null where nothing is to be done. */
  readonly mend: string | null;
}

/** Something that was looked at, or why it could not be. */
export type Observed<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | {
      readonly kind: 'hidden';
      /** IAM's name of the permission that is missing; undefined where something else is in the way. */
      readonly permission: string | undefined;
      readonly reason: string;
    };

/** Makes the findings of one area. */
export interface Findings {
  readonly found: readonly Finding[];
  ok(check: string, seen: string): void;
  warning(check: string, seen: string, mend: string): void;
  problem(check: string, seen: string, mend: string): void;
  /** Judges what was seen; what could not be is a finding of its own. */
  look<T>(check: string, observed: Observed<T>, judge: (value: T) => void): void;
}

/** An area without findings yet. */
export function findingsOf(area: string): Findings {
  const found: Finding[] = [];
  const add = (check: string, result: Verdict, seen: string, mend: string | null): void => {
    found.push({ area, check, result, seen, mend });
  };
  return {
    found,
    ok: (check, seen) => add(check, 'ok', seen, null),
    warning: (check, seen, mend) => add(check, 'warning', seen, mend),
    problem: (check, seen, mend) => add(check, 'problem', seen, mend),
    look: (check, observed, judge) => {
      if (observed.kind === 'seen') judge(observed.value);
      else {
        const { permission, reason } = observed;
        const mend = permission === undefined ? 'try again' : `allow \`${permission}\` to whoever runs this`;
        add(check, 'hidden', reason, mend);
      }
    },
  };
}
