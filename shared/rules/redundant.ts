/** What could be left out of an expression: values and terms that add nothing, tests that decide nothing. */
import { clausesOf } from './clauses.ts';
import type { Clause } from './clause.ts';
import { coversClauses } from './cover.ts';
import { warning, type Finding } from './diagnostics.ts';
import { fieldsOf, namesList, type Expression, type Operand, type Test, type Value } from './expression.ts';
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
  if (namesList(test) || !mayBeIdle(test)) return undefined;
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

/** A cheap answer for most tests: a few single values are neither all of a field's nor none. */
function mayBeIdle({ operator, operands }: Test): boolean {
  if (operator === '=' || operator === '!=') return false;
  return operands.some((value) => {
    if (value.kind === 'numbers' || value.kind === 'addresses') return value.low < value.high || /[<>]/.test(operator);
    return value.kind === 'pattern' || value.kind === 'text';
  });
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
  readonly trueWhere: readonly Clause[];
  readonly falseWhere: readonly Clause[];
}

/** Warnings about the terms of an `and` or `or`; `source` is the text that their spans are in. */
export function findIdleTerms(kind: 'and' | 'or', terms: readonly Expression[], source: string): readonly Finding[] {
  if (terms.length > MAX_COMPARED) return [];
  const comparison = new Comparison(kind);
  return terms.flatMap((term, index) => {
    const other = terms.find((each, at) => {
      if (at === index || !comparison.addsNothing(term, each)) return false;
      // of two that say the same, the second is too much
      return at < index || !comparison.addsNothing(each, term);
    });
    if (other === undefined) return [];
    const quoted = source.slice(other.span.start, other.span.end);
    const beside = quoted.length > MAX_QUOTED ? 'another one' : `\`${quoted}\``;
    const message = kind === 'or' ? `whatever meets this meets ${beside}` : `whatever meets ${beside} meets this`;
    return [warning('W102', term.span, `this adds nothing: ${message}`, 'leave it out')];
  });
}

/** Compares the terms of one `and` or `or`, each of which is worked out once, if at all. */
class Comparison {
  readonly #kind: 'and' | 'or';
  readonly #line = new TextLine();
  readonly #fields = new Map<Expression, ReadonlySet<string>>();
  readonly #meanings = new Map<Expression, Meaning | undefined>();

  constructor(kind: 'and' | 'or') {
    this.#kind = kind;
  }

  /** True where the other term alone is true, false and unknown for the same records as both together. */
  addsNothing(term: Expression, other: Expression): boolean {
    const [wide, narrow] = this.#kind === 'or' ? [other, term] : [term, other];
    // what a term says of more fields than another it can hardly take in
    if (!this.#fieldsOf(wide).isSubsetOf(this.#fieldsOf(narrow))) return false;
    const [outer, inner] = [this.#meaningOf(wide), this.#meaningOf(narrow)];
    if (outer === undefined || inner === undefined) return false;
    return (
      coversClauses(outer.trueWhere, inner.trueWhere, this.#line) &&
      coversClauses(inner.falseWhere, outer.falseWhere, this.#line)
    );
  }

  #fieldsOf(term: Expression): ReadonlySet<string> {
    let fields = this.#fields.get(term);
    if (fields === undefined) this.#fields.set(term, (fields = new Set(fieldsOf(term))));
    return fields;
  }

  #meaningOf(term: Expression): Meaning | undefined {
    if (!this.#meanings.has(term)) this.#meanings.set(term, meaningOf(term, this.#line));
    return this.#meanings.get(term);
  }
}

function meaningOf(term: Expression, line: TextLine): Meaning | undefined {
  if (fieldsOf(term).length > MAX_TESTS || namesList(term)) return undefined;
  const trueWhere = clausesOf(term, line, true);
  const falseWhere = clausesOf(term, line, false);
  return trueWhere === undefined || falseWhere === undefined ? undefined : { trueWhere, falseWhere };
}
