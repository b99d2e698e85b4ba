/**
 * What the groups of rules did, minute by minute: the content of an hour.
 *
 * Columns of numbers rather than objects, because the internet's noise makes hundreds of thousands of groups of a
 * single record.
 */
import { Cells } from './cells.ts';
import { intern, type Interner } from './dictionary.ts';
import type { Pairs } from './pairs.ts';
import { rulesOfPaths, startPaths } from './paths.ts';
import type { RuleRef } from './rule-ref.ts';
import type { Samples } from './samples.ts';
import { Values } from './values.ts';

/** Cells with the dictionaries that their numbers refer to. */
export interface Contributions {
  readonly rules: RuleRef[];
  /** Values of groups, of places, of a `distinct` rule's field, and texts of samples. */
  readonly values: Values;
  /** Groups and places, see paths.ts. */
  readonly paths: Pairs;
  readonly cells: Cells;
  readonly samples: readonly Samples[];
}

/** Contributions without any row. */
export function noContributions(): Contributions {
  return {
    rules: [],
    values: new Values(),
    paths: startPaths(),
    cells: new Cells(),
    samples: [],
  };
}

/** Finds and adds rules; two of them are the same when their keys are. */
export function internRules(rules: RuleRef[]): Interner<RuleRef> {
  return intern(rules, ({ key }) => key);
}

/** The length of a group's window in minutes, by path; means nothing for places. */
export function windowsOfPaths({ rules, paths }: Pick<Contributions, 'rules' | 'paths'>): Int32Array {
  const windows = rulesOfPaths(paths);
  for (let path = 0; path < windows.length; path++) windows[path] = rules[windows[path]!]?.minutes ?? 0;
  return windows;
}
