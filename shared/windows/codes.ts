/** Small sets of dictionary codes, kept small: nearly every one of them holds a single code. */

/** A set of codes ≥ 1: nothing as 0, one code as itself, more as a list (as it is stored) or a set (once it grew). */
export type CodeSet = number | readonly number[] | Set<number>;

/** The set with one more code; `set` itself may be changed and must not be used any further. */
export function addCode(set: CodeSet, code: number): CodeSet {
  if (code === 0 || set === code) return set;
  if (set === 0) return code;
  if (set instanceof Set) return set.add(code);
  return new Set(typeof set === 'number' ? [set, code] : set).add(code);
}

/** The set's codes, to walk over. */
export function codesOf(set: CodeSet): Iterable<number> {
  if (typeof set !== 'number') return set;
  return set === 0 ? [] : [set];
}

/** The set as JSON stores it. */
export function storedCodes(set: CodeSet): number | readonly number[] {
  return set instanceof Set ? [...set] : set;
}
