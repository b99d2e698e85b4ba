/** Whether what a rule matches can ever meet its condition. */
import type { Clause } from './clause.ts';
import { clausesOf, intersectClauses } from './clauses.ts';
import { subtractClauses } from './cover.ts';
import { namesList, type Expression } from './expression.ts';
import { implyClauses } from './implied.ts';
import type { Condition, Rule } from './rule.ts';
import type { Mapping, ShapeReader } from './shape.ts';
import { fieldUniverse, intersectSets, isEmptySet, TextLine, uniteSets, type ValueSet } from './value-set.ts';

/** The parts of a rule that decide whether its condition can be met. */
type Reaching = Pick<Rule, 'where' | 'except' | 'by' | 'condition'>;

/** Refuses a condition that no records can meet. What lists hold is not looked at, as it changes. */
export function checkReach(reader: ShapeReader, mapping: Mapping, rule: Reaching): void {
  const problem = tooManyValues(rule) ?? anotherGroup(rule);
  if (problem === undefined) return;
  const { value, keySpan } = mapping.entries.get(problem.key)!;
  reader.report('E314', reader.spanOf(value, keySpan), problem.message, problem.hint);
}

interface Problem {
  readonly key: 'when' | 'then';
  readonly message: string;
  readonly hint: string;
}

/** For more different values of a field than the records of a group can have. */
function tooManyValues(rule: Reaching): Problem | undefined {
  const wanted = wantedValues(rule.condition);
  if (wanted === undefined) return undefined;
  const { field, least } = wanted;
  if (least >= 2 && rule.by.includes(field)) {
    const message = `a group never has ${least} values of \`${field}\`, as \`by\` names it`;
    return { key: 'when', message, hint: `take \`${field}\` out of \`by\`, or count another field` };
  }
  const line = new TextLine();
  // null is never a distinct value
  const counted = matchedBy(rule.where, rule.except, line).flatMap((clause) => {
    const some = new Map([[field, { ranges: fieldUniverse(field, line), null: false }]]);
    return intersectClauses(clause, some, line) ?? [];
  });
  const most = sizeOf(valuesIn(implyClauses(counted, line).clauses, field, line));
  if (most >= least) return undefined;
  if (most === 0) {
    const message = `nothing that \`where\` matches has a \`${field}\``;
    return { key: 'when', message, hint: 'count another field' };
  }
  const message = `\`${field}\` never has ${least} different values: what \`where\` matches has ${most} at most`;
  return { key: 'when', message, hint: `ask for at most ${most} (\`>= ${most}\`), or let \`where\` match more` };
}

/** The field whose different values a condition counts, and how many it takes at least. */
function wantedValues(condition: Condition): { readonly field: string; readonly least: number } | undefined {
  if (condition.kind === 'window' && condition.when.measure.kind === 'distinct') {
    const { measure, operator, value } = condition.when;
    return { field: measure.field, least: operator === '>' ? value + 1 : value };
  }
  if (condition.kind === 'baseline' && condition.measure.kind === 'distinct') {
    return { field: condition.measure.field, least: Math.max(1, condition.atLeast) };
  }
  return undefined;
}

/** For a `then` that never matches where `where` does, as a field of the group differs. */
function anotherGroup({ where, except, by, condition }: Reaching): Problem | undefined {
  const then = condition.kind === 'window' ? condition.then : undefined;
  if (then === undefined) return undefined;
  const line = new TextLine();
  const [first, second] = [matchedBy(where, except, line), matchedBy(then.where, except, line)];
  const field = by.find((column) => {
    return isEmptySet(intersectSets(valuesIn(first, column, line), valuesIn(second, column, line)));
  });
  if (field === undefined) return undefined;
  const message = `\`then\` never matches in the group of \`where\`: \`by\` names \`${field}\`, which is another there`;
  return { key: 'then', message, hint: `take \`${field}\` out of \`by\`` };
}

/** What records match, at most. */
function matchedBy(where: Expression, except: Expression | undefined, line: TextLine): readonly Clause[] {
  const clauses = namesList(where) ? undefined : clausesOf(where, line);
  if (clauses === undefined) return [new Map()];
  const without = except === undefined || namesList(except) ? undefined : clausesOf(except, line);
  const kept = without && subtractClauses(clauses, without, line);
  return implyClauses(kept ?? clauses, line).clauses;
}

/** The values of a field in records that meet one of some clauses, at most. */
function valuesIn(clauses: readonly Clause[], column: string, line: TextLine): ValueSet {
  const sets = clauses.map((clause) => clause.get(column));
  if (!sets.every((set) => set !== undefined)) return { ranges: fieldUniverse(column, line), null: true };
  return sets.reduce(uniteSets, { ranges: [], null: false });
}

function sizeOf({ ranges }: ValueSet): number {
  return Number(ranges.reduce((size, { low, high }) => size + high - low + 1n, 0n));
}
