/** Rules that say what others say already. */
import type { Clause } from './clause.ts';
import { ClauseIndex } from './clause-index.ts';
import { clausesOf, intersectClauses } from './clauses.ts';
import { coversClauses, subtractClauses } from './cover.ts';
import { namesOpenList } from './expression.ts';
import { samplePoint, meetsClause, type Point } from './sample-point.ts';
import { SEVERITIES, type Condition, type Rule } from './rule.ts';
import { conditionKeyOf } from './state-key.ts';
import { tableOfRule } from './table.ts';
import { TextLine } from './value-set.ts';

/** A rule that says what another says already. */
export interface Overlap {
  readonly code: 'W302' | 'W303';
  /** Id of the rule that could be left out. */
  readonly rule: string;
  readonly message: string;
  readonly hint: string;
}

/** What a rule matches. */
interface Extent {
  readonly rule: Rule;
  readonly where: readonly Clause[];
  readonly except: readonly Clause[];
  /** Rules with another group or condition, or about another kind of flow log, are not compared. */
  readonly kind: string;
}

/**
 * Finds rules that mean the same as an earlier one, and rules whose every match another one matches too, with the
 * same group and condition, unless they are more severe or quiet it. What is reported is certain; not all is found.
 */
export function findOverlaps(rules: readonly Rule[]): readonly Overlap[] {
  const line = new TextLine();
  const extents = rules.flatMap((rule) => extentOf(rule, line) ?? []);
  const owners = extents.flatMap(({ where }, index) => where.map(() => index));
  const index = new ClauseIndex(extents.flatMap(({ where }) => where));
  return extents.flatMap((extent, at) => {
    const point = sampleOf(extent, line);
    // one record tells most rules apart
    const candidates =
      point === undefined ? extents.keys() : new Set(index.metBy(point).map((clause) => owners[clause]!));
    return overlapOf(at, candidates, extents, line) ?? [];
  });
}

/** What a rule matches; undefined for rules about lists whose entries change. */
function extentOf(rule: Rule, line: TextLine): Extent | undefined {
  if (namesOpenList(rule.where) || (rule.except !== undefined && namesOpenList(rule.except))) return undefined;
  const where = clausesOf(rule.where, line);
  const except = rule.except === undefined ? [] : clausesOf(rule.except, line);
  if (where === undefined || where.length === 0 || except === undefined) return undefined;
  const kind = [tableOfRule(rule), ...rule.by.toSorted(), conditionKeyOf(rule.condition)].join(' ');
  return { rule, where, except, kind };
}

/** A record that a rule matches, if one is found easily. */
function sampleOf({ where, except }: Extent, line: TextLine): Point | undefined {
  const point = samplePoint(where[0]!, line);
  return point === undefined || except.some((clause) => meetsClause(point, clause)) ? undefined : point;
}

function overlapOf(
  index: number,
  candidates: Iterable<number>,
  extents: readonly Extent[],
  line: TextLine,
): Overlap | undefined {
  const extent = extents[index]!;
  const { rule } = extent;
  for (const at of candidates) {
    const other = extents[at]!;
    if (at === index || other.kind !== extent.kind || !covers(other, extent, line)) continue;
    if (covers(extent, other, line)) {
      if (at > index) continue;
      const message = `\`${rule.id}\` means the same as \`${other.rule.id}\``;
      return { code: 'W302', rule: rule.id, message, hint: 'leave one of them out, or tell them apart' };
    }
    if (!grows(rule.condition) || isMoreSevere(rule, other.rule) || rule.quiets.includes(other.rule.id)) continue;
    const message = `whatever \`${rule.id}\` matches, \`${other.rule.id}\` matches too`;
    const hint = `leave it out, give it a higher severity, or write \`quiets: [${other.rule.id}]\``;
    return { code: 'W303', rule: rule.id, message, hint };
  }
  return undefined;
}

/** True where it is certain that the one rule matches whatever the other does. */
function covers(wide: Extent, narrow: Extent, line: TextLine): boolean {
  const kept = subtractClauses(narrow.where, narrow.except, line) ?? narrow.where;
  if (!coversClauses(wide.where, kept, line)) return false;
  const excepted = narrow.where.flatMap((clause) =>
    wide.except.flatMap((other) => intersectClauses(clause, other, line) ?? []),
  );
  return coversClauses(narrow.except, excepted, line);
}

/** Whether more matches can only make a condition come true sooner. */
function grows(condition: Condition): boolean {
  return condition.kind === 'match' || condition.kind === 'window';
}

function isMoreSevere(one: Rule, other: Rule): boolean {
  return SEVERITIES.indexOf(one.severity) > SEVERITIES.indexOf(other.severity);
}
