/** What could be left out of an expression: values and terms that add nothing, tests that decide nothing. */
import { clausesOf } from './clauses.ts';
import type { Clause } from './clause.ts';
import { coversClauses } from './cover.ts';
import { warning, type Finding } from './diagnostics.ts';
import { namesList, type Expression, type Operand, type Test, type Value } from './expression.ts';
import { impliesPattern } from './pattern.ts';
import type { Written } from './syntax.ts';
import { fieldUniverse, subtractRanges, TextLine, valuesOfTest } from './value-set.ts';

/** Longer sets and chains are not compared value by value, term by term. */
const MAX_COMPARED = 64;

/** Terms of more tests are hardly written twice, and take long to compare. */
const MAX_TESTS = 4;

/** Longer texts are not shown in a message. */
const MAX_QUOTED = 60;

/** Warnings about one test; `name` is its field as written, `written` are its operands. */
export function findIdleValues(test: Test, name: string, written: readonly Written[]): readonly Finding[] {
  const stars = test.operands.flatMap((operand, index) => starProblem(test, name, operand, written[index]!) ?? []);
  const idle = idleTest(test, name);
  if (idle !== undefined) return [...stars, idle];
  return written.length > MAX_COMPARED ? stars : [...stars, ...repeatedValues(test.operands, written)];
}

function starProblem(test: Test, name: string, operand: Operand, { kind, text, span }: Written): Finding | undefined {
  const instead = test.operator === '=' || test.operator === 'in' ? 'like' : 'not like';
  if (operand.kind === 'text' && kind === 'quoted' && text.includes('*')) {
    const message = `\`*\` stands for itself after \`${test.operator}\``;
    return warning('W101', span, message, `write \`${name} ${instead} '${text}'\` if it stands for any characters`);
  }
  if (operand.kind !== 'pattern' || text.includes('*')) return undefined;
  const hint = text.includes('%')
    ? `the wildcard is \`*\`: write \`'${text.replaceAll('%', '*')}'\``
    : `write \`${text}*\`, or \`${name} ${test.operator === 'like' ? '=' : '!='} ${text}\``;
  return warning('W101', span, `the pattern \`${text}\` has no \`*\`, so that only this text fits it`, hint);
}

/** For a test that is true of every value, or of none; what lists hold may change. */
function idleTest(test: Test, name: string): Finding | undefined {
  if (namesList(test)) return undefined;
  const line = new TextLine();
  const universe = fieldUniverse(test.field, line);
  const { ranges, patterns, not } = valuesOfTest(test, universe, line);
  if (patterns.length > 0) return undefined;
  const others = subtractRanges(universe, ranges);
  if ((not ? ranges : others).length === 0) {
    return warning('W103', test.span, `every value of \`${name}\` meets this`, `write \`has(${name})\``);
  }
  if ((not ? others : ranges).length > 0) return undefined;
  return warning('W103', test.span, `no value of \`${name}\` meets this`, 'leave it out');
}

function repeatedValues(operands: readonly Operand[], written: readonly Written[]): readonly Finding[] {
  return written.flatMap(({ text, span }, index) => {
    const value = operands[index]!;
    const other = operands.findIndex((operand, at) => {
      return at !== index && isWithin(value, operand) && (at < index || !isWithin(operand, value));
    });
    if (other === -1) return [];
    const already =
      written[other]!.text === text ? 'is there already' : `is within \`${written[other]!.text}\` already`;
    return [warning('W102', span, `\`${text}\` adds nothing: it ${already}`, 'leave it out')];
  });
}

function isWithin(narrow: Operand, wide: Operand): boolean {
  if (narrow.kind === 'list' || wide.kind === 'list') return false;
  return isValueWithin(narrow, wide);
}

function isValueWithin(narrow: Value, wide: Value): boolean {
  if (narrow.kind === 'numbers' && wide.kind === 'numbers') return narrow.low >= wide.low && narrow.high <= wide.high;
  if (narrow.kind === 'addresses' && wide.kind === 'addresses')
    return narrow.low >= wide.low && narrow.high <= wide.high;
  if (narrow.kind === 'flags' && wide.kind === 'flags') return (narrow.mask & wide.mask) === wide.mask;
  if (narrow.kind === 'pattern' && wide.kind === 'pattern') return impliesPattern(narrow.text, wide.text);
  return narrow.kind === 'text' && wide.kind === 'text' && narrow.text === wide.text;
}

/** What one term says: when it is true, and when it is false. */
interface Meaning {
  readonly term: Expression;
  readonly trueWhere: readonly Clause[];
  readonly falseWhere: readonly Clause[];
}

/** Warnings about the terms of an `and` or `or`; `source` is the text that their spans are in. */
export function findIdleTerms(kind: 'and' | 'or', terms: readonly Expression[], source: string): readonly Finding[] {
  if (terms.length > MAX_COMPARED) return [];
  const line = new TextLine();
  const meanings = terms.map((term) => meaningOf(term, line));
  return meanings.flatMap((meaning, index) => {
    if (meaning === undefined) return [];
    const other = meanings.find((each, at) => {
      if (each === undefined || at === index || !addsNothing(kind, meaning, each, line)) return false;
      // of two that say the same, the second is too much
      return at < index || !addsNothing(kind, each, meaning, line);
    });
    if (other === undefined) return [];
    const quoted = source.slice(other.term.span.start, other.term.span.end);
    const beside = quoted.length > MAX_QUOTED ? 'another one' : `\`${quoted}\``;
    const message = kind === 'or' ? `whatever meets this meets ${beside}` : `whatever meets ${beside} meets this`;
    return [warning('W102', meaning.term.span, `this adds nothing: ${message}`, 'leave it out')];
  });
}

function meaningOf(term: Expression, line: TextLine): Meaning | undefined {
  if (countTests(term) > MAX_TESTS || namesList(term)) return undefined;
  const trueWhere = clausesOf(term, line, true);
  const falseWhere = clausesOf(term, line, false);
  return trueWhere === undefined || falseWhere === undefined ? undefined : { term, trueWhere, falseWhere };
}

function countTests(term: Expression): number {
  switch (term.kind) {
    case 'and':
    case 'or':
      return term.terms.reduce((sum, each) => sum + countTests(each), 0);
    case 'not':
      return countTests(term.term);
    case 'test':
    case 'presence':
      return 1;
  }
}

/** True where the other term alone is true, false and unknown for the same records as both together. */
function addsNothing(kind: 'and' | 'or', term: Meaning, other: Meaning, line: TextLine): boolean {
  const [wide, narrow] = kind === 'or' ? [other, term] : [term, other];
  return (
    coversClauses(wide.trueWhere, narrow.trueWhere, line) && coversClauses(narrow.falseWhere, wide.falseWhere, line)
  );
}
