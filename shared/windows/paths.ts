/**
 * Groups and places as paths of values: a path is a number, which stands for its parent's number and one more value.
 * So groups that begin alike share their beginnings, and no text has to be made to find one.
 */
import type { FieldValue } from '../flow/columns.ts';
import { Pairs } from './pairs.ts';
import type { Place } from './places.ts';
import type { Values } from './values.ts';

/**
 * What stands for the parent where a path begins: with a rule (its index is the value), or with nothing. Neither is
 * {@link NONE}, which stands for what has no translation, so that this is found nowhere.
 */
const RULE = -2;
const NOWHERE = -3;

/** The path that all places begin with: 0, so that no group or place has that number. */
export const PLACES = 0;

/** The paths of contributions without any row. */
export function startPaths(): Pairs {
  const paths = new Pairs();
  paths.code(NOWHERE, 0);
  return paths;
}

/** The path that the groups of a rule begin with, given the rule's index. */
export function pathOfRule(paths: Pairs, rule: number): number {
  return paths.code(RULE, rule);
}

/** A place's parts in the order in which its path holds them: what most places have in common comes first. */
export const PARTS = ['account', 'region', 'vpc', 'interface'] as const satisfies (keyof Place)[];

/** The path of a place, given as codes of its {@link PARTS}. */
export function pathOfPlace(paths: Pairs, parts: readonly number[]): number {
  let path = PLACES;
  for (const part of parts) path = paths.code(path, part);
  return path;
}

/** What paths stand for. */
interface Named {
  readonly paths: Pairs;
  readonly values: Values;
}

/** The place of a path. */
export function placeOfPath(named: Named, path: number): Place {
  const [account, region, vpc, nic] = valuesOfPath(named, path) as readonly (string | null)[];
  return { interface: nic!, account: account!, region: region!, vpc: vpc! };
}

/** The values of a path: those of a group stand in the order of its rule's `by`. */
export function valuesOfPath({ paths, values }: Named, path: number): readonly FieldValue[] {
  const found: FieldValue[] = [];
  for (let at = path; paths.first(at) >= 0; at = paths.first(at)) found.unshift(values.at(paths.second(at)));
  return found;
}

/** The index of the rule by path; means nothing for places. */
export function rulesOfPaths(paths: Pairs): Int32Array {
  const rules = new Int32Array(paths.length);
  // parents come before their children
  for (let path = 0; path < rules.length; path++) {
    const parent = paths.first(path);
    rules[path] = parent < 0 ? paths.second(path) : rules[parent]!;
  }
  return rules;
}
