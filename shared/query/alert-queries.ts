/**
 * The queries that an alert carries: text that finds its records, for Athena (and DuckDB) and for CloudWatch Logs
 * Insights. Each may find more than the rule matched, where the rule can't be said shortly, but never less.
 */
import type { QueriesOf, Sought } from '../alerts/queries.ts';
import { isoTime } from '../alerts/span.ts';
import type { FieldValue } from '../flow/columns.ts';
import { valuesOf, type Expression, type Test } from '../rules/expression.ts';
import type { Rule } from '../rules/rule.ts';
import { expressionSql, fieldSql } from './expression-sql.ts';
import { longListsOf } from './long-lists.ts';
import { scopeOf, spanConditions } from './scan-sql.ts';
import { literal } from './sql.ts';
import { VIEWS, type SqlScope } from './sql-scope.ts';

/** Characters of a rule's conditions at most: more is nothing that a person would paste. */
const MOST_CHARACTERS = 4000;

/** Entries of a list that could be said in as many. */
const MOST_ENTRIES = 400;

/** Makes the queries of alerts. What a rule's expressions say is worked out once a rule. */
export function alertQueries(networks: readonly string[]): QueriesOf {
  const known = new WeakMap<Rule, RuleConditions>();
  return (sought) => {
    const { rule } = sought;
    // lists are written out: who pastes a query has no relation `lists`
    const scope = scopeOf(rule, { networks, longList: Number.POSITIVE_INFINITY });
    let conditions = known.get(rule);
    if (conditions === undefined) {
      known.set(rule, (conditions = { sql: sqlConditions(rule, scope), words: wordsOf(rule) }));
    }
    return { athena: athenaQuery(sought, conditions.sql, scope), insights: insightsQuery(sought, conditions.words) };
  };
}

interface RuleConditions {
  readonly sql: readonly string[];
  /** One of each has to be a word of the line. */
  readonly words: readonly (readonly FieldValue[])[];
}

/** SQL over the lake's view of the records, in the subset that Athena and DuckDB share, on one line. */
function athenaQuery({ rule, group, from, to }: Sought, rules: readonly string[], scope: SqlScope): string {
  const conditions = [
    // also on when records arrived: whoever is on call must not wait for, and pay for, all of the lake
    ...spanConditions({ from: Math.floor(from), to: Math.ceil(to) }),
    ...rule.by.map((column, index) => {
      const [sql, value = null] = [fieldSql(column, scope), group[index]];
      if (value === null) return `${sql} IS NULL`;
      return `${sql} = ${typeof value === 'number' ? value : literal(value)}`;
    }),
    ...rules,
  ];
  return `SELECT * FROM ${VIEWS[scope.table]} WHERE ${conditions.join(' AND ')} ORDER BY start LIMIT 1000`;
}

/** What a rule asks of a record, as SQL conditions that all hold: those that are short enough together. */
function sqlConditions({ where, except, condition }: Rule, scope: SqlScope): readonly string[] {
  const then = condition.kind === 'window' ? condition.then : undefined;
  const asked: Expression = then === undefined ? where : { ...where, kind: 'or', terms: [where, then.where] };
  const isShort = (expression: Expression): boolean => longListsOf([expression], MOST_ENTRIES).length === 0;
  const conditions = termsOf(asked)
    .filter(isShort)
    .map((term) => expressionSql(term, scope));
  // a record for which the exception is unknown still matches
  const exception = except === undefined ? [] : possibleTerms(except).filter(isShort);
  if (exception.length > 0) {
    const terms = exception.map((term) => expressionSql(term, scope));
    conditions.push(`NOT coalesce(${terms.join(' OR ')}, false)`);
  }
  let left = MOST_CHARACTERS;
  return conditions.filter((text) => {
    if (text.length > left) return false;
    left -= text.length;
    return true;
  });
}

/** The terms of an exception of which one has to be true; those about lists without entries never are. */
function possibleTerms(except: Expression): readonly Expression[] {
  const terms = except.kind === 'or' ? except.terms : [except];
  return terms.filter((term) => {
    if (term.kind !== 'test' || term.operator.startsWith('not')) return true;
    return term.operands.flatMap(valuesOf).length > 0;
  });
}

/**
 * Logs Insights text that finds values as words of the record's line, whatever its format. Insights takes the time
 * beside the query, so it stands in a comment.
 */
function insightsQuery({ rule, group, from, to }: Sought, words: RuleConditions['words']): string {
  const named = rule.by.flatMap((column, index) => {
    const value = group[index] ?? null;
    return value === null || WORKED_OUT.has(column) ? [] : [{ column, values: [value] }];
  });
  const known = new Set(named.map(({ values }) => JSON.stringify(values)));
  const asked = [...named.map(({ values }) => values), ...words.filter((values) => !known.has(JSON.stringify(values)))];
  return [
    `# time range: ${isoTime(Math.floor(from))} to ${isoTime(Math.ceil(to))}`,
    'fields @timestamp, @logStream, @message',
    ...asked.map((values) => {
      const pattern = values.map((value) => escapePattern(`${value}`)).join('|');
      return `| filter @message like /(^| )${values.length === 1 ? pattern : `(${pattern})`}( |$)/`;
    }),
    '| sort @timestamp asc',
    '| limit 1000',
  ].join('\n');
}

/** Fields whose values do not stand in lines. */
const WORKED_OUT: ReadonlySet<string> = new Set(['direction', 'initiator']);

/** Fields whose values are worth looking for: others are in most lines anyway, or are numbers that stand for much. */
const WORTH_A_WORD: ReadonlySet<string> = new Set([
  'action',
  'log_status',
  'flow_direction',
  'srcport',
  'dstport',
  'client_port',
  'server_port',
]);

/** More alternatives than this are no help. */
const MOST_WORDS = 20;

/** What has to stand in a line, whatever else the rule asks: of a sequence nothing is known, it has lines of two kinds. */
function wordsOf({ where, condition }: Rule): RuleConditions['words'] {
  if (condition.kind === 'window' && condition.then !== undefined) return [];
  return termsOf(where).flatMap((term) => {
    const isWorth = term.kind === 'test' && ['=', 'in'].includes(term.operator) && WORTH_A_WORD.has(term.field);
    const words = isWorth ? exactValues(term) : undefined;
    return words === undefined || words.length === 0 || words.length > MOST_WORDS ? [] : [words];
  });
}

/** A test's values; undefined where one stands for many. */
function exactValues({ operands }: Test): readonly FieldValue[] | undefined {
  const values = operands.flatMap(valuesOf).map((value): FieldValue | undefined => {
    if (value.kind === 'text') return value.text;
    return value.kind === 'numbers' && value.low === value.high ? value.low : undefined;
  });
  return values.includes(undefined) ? undefined : values.flatMap((value) => value ?? []);
}

/** The expressions that all have to be true. */
function termsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'and' ? expression.terms.flatMap(termsOf) : [expression];
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
