/** Whether what a clause says of one text field can be true of any text at all, as far as that is certain. */
import { compilePattern, excludesPattern, impliesPattern } from './pattern.ts';
import { admits, fieldOfKey, type Clause } from './clause.ts';
import type { Range, TextLine, ValueSet } from './value-set.ts';

/** What a clause says of the texts of one field that it holds against patterns. */
interface TextDemand {
  readonly texts: ValueSet | undefined;
  /** Patterns, each with the set of its column. */
  readonly patterns: readonly (readonly [string, ValueSet])[];
}

/** False where no record can meet a clause, as its patterns exclude each other or the texts that it names. */
export function isPossible(clause: Clause, line: TextLine): boolean {
  return demandsOf(clause).every((demand) => isDemandPossible(demand, line));
}

function demandsOf(clause: Clause): readonly TextDemand[] {
  const patterns = new Map<string, [string, ValueSet][]>();
  for (const [key, set] of clause) {
    const { column, pattern } = fieldOfKey(key);
    if (pattern === undefined) continue;
    const known = patterns.get(column);
    if (known === undefined) patterns.set(column, [[pattern, set]]);
    else known.push([pattern, set]);
  }
  return Array.from(patterns, ([column, each]) => ({ texts: clause.get(column), patterns: each }));
}

function isDemandPossible({ texts, patterns }: TextDemand, line: TextLine): boolean {
  if (texts?.null !== false && patterns.every(([, set]) => set.null)) return true;
  const must = patterns.filter(([, set]) => !admits(set, false)).map(([pattern]) => pattern);
  const mustNot = patterns.filter(([, set]) => !admits(set, true)).map(([pattern]) => pattern);
  if (must.some((one) => mustNot.some((other) => impliesPattern(one, other)))) return false;
  if (must.some((one, index) => must.slice(index + 1).some((other) => excludesPattern(one, other)))) return false;
  const named = texts === undefined ? undefined : namedTexts(texts.ranges, line);
  if (named === undefined) return true;
  const tests = patterns.map(([pattern, set]) => ({ fits: compilePattern(pattern), set }));
  return named.some((text) => tests.every(({ fits, set }) => admits(set, fits(text))));
}

/** The texts of some places; undefined where texts that no rule names are among them. */
function namedTexts(ranges: readonly Range[], line: TextLine): readonly string[] | undefined {
  const texts: string[] = [];
  for (const { low, high } of ranges) {
    if (line.textAt(low) === undefined || line.textAt(high) === undefined) return undefined;
    for (let place = low; place <= high; place++) texts.push(line.textAt(place)!);
  }
  return texts;
}
