/** A second look for what a rule's query found: the places and the first records of each crossing. */
import type { FieldValue } from '../flow/columns.ts';
import { fieldType } from '../flow/derived.ts';
import { lakeColumns } from '../lake/schema.ts';
import type { Expression } from '../rules/expression.ts';
import type { Rule } from '../rules/rule.ts';
import { tableOfRule } from '../rules/table.ts';
import { UNKNOWN } from '../windows/places.ts';
import { fieldSql } from './expression-sql.ts';
import { groupColumns, matchConditions, scopeOf, TIME, type ScopeOptions } from './scan-sql.ts';
import { select, whereAll } from './select.ts';
import { identifier, literal } from './sql.ts';
import { VIEWS } from './sql-scope.ts';

/** A group in a span of time, Unix seconds; `to` does not belong to it. */
export interface SoughtSpan {
  readonly group: readonly FieldValue[];
  readonly from: number;
  readonly to: number;
}

/** Which records to look at. */
export interface EvidenceScope extends ScopeOptions {
  readonly rule: Rule;
  readonly where: Expression;
}

/**
 * Where the records of each span were seen. Columns: `nr` (the span's place in the list), `interfaces`, `accounts`,
 * `regions`, `vpcs`: lists, or null.
 */
export function placesSql(scope: EvidenceScope, spans: readonly SoughtSpan[]): string {
  const known = (column: string): string => `nullif(${column}, ${literal(UNKNOWN)})`;
  const isVpc = tableOfRule(scope.rule) === 'vpc';
  const places = [
    `${isVpc ? known('interface_id') : 'CAST(NULL AS varchar)'} AS interface`,
    `coalesce(${known('account_id')}, source_account) AS account`,
    `coalesce(${known('region')}, source_region) AS region`,
    `${isVpc ? known('vpc_id') : 'CAST(NULL AS varchar)'} AS vpc`,
  ];
  const lists = ['interface', 'account', 'region', 'vpc'].map(
    (name) => `array_agg(DISTINCT ${name}) FILTER (WHERE ${name} IS NOT NULL) AS ${name}s`,
  );
  return `${withSpans(scope, spans, places)}\n${select(['nr', lists], joined(scope.rule), 'GROUP BY nr', 'ORDER BY nr')}`;
}

/** The columns of a sample: those that flow logs have. */
export function sampleColumns(rule: Rule): readonly string[] {
  return lakeColumns(tableOfRule(rule)).flatMap(({ name, added }) => (added ? [] : name));
}

/** The first `most` records of each span. Columns: `nr` (the span's place in the list), then {@link sampleColumns}. */
export function samplesSql(scope: EvidenceScope, spans: readonly SoughtSpan[], most: number): string {
  const columns = sampleColumns(scope.rule).map(identifier);
  // a total order as far as anybody can tell records apart, so that asking again shows the same ones
  const order = ['event_time', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'bytes'].join(', ');
  const nth = `row_number() OVER (PARTITION BY nr ORDER BY ${order}) AS nth`;
  const ranked = select(['nr', columns, nth], joined(scope.rule));
  return (
    `${withSpans(scope, spans, columns)},\nranked AS (\n  ${ranked}\n)\n` +
    select(['nr', columns], 'ranked', `WHERE nth <= ${most}`, 'ORDER BY nr, nth')
  );
}

function withSpans(
  { rule, where, ...options }: EvidenceScope,
  spans: readonly SoughtSpan[],
  columns: readonly string[],
): string {
  const scope = scopeOf(rule, options);
  const group = groupColumns(rule);
  const rows = spans.map(({ group: values, from, to }, at) => {
    const typed = rule.by.map((column, index) => typedLiteral(column, values[index] ?? null));
    return `(${[at, ...typed, from, to].join(', ')})`;
  });
  const span = {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
  };
  const found = select(
    [rule.by.map((column) => `${fieldSql(column, scope)} AS by_${column}`), `${TIME} AS event_time`, columns],
    VIEWS[scope.table],
    whereAll(...matchConditions(rule, options, span, where)),
  );
  const names = ['nr', ...group.map((column) => `${column}_sought`), 'span_from', 'span_to'].join(', ');
  return `WITH sought (${names}) AS (\n  VALUES ${rows.join(', ')}\n),\nfound AS (\n  ${found}\n)`;
}

function joined(rule: Rule): string {
  const same = groupColumns(rule).map((column) => `${column} IS NOT DISTINCT FROM ${column}_sought`);
  return `sought JOIN found ON ${[...same, 'event_time >= span_from', 'event_time < span_to'].join(' AND ')}`;
}

function typedLiteral(column: string, value: FieldValue): string {
  const type = fieldType(column) ?? 'string';
  const sql = type === 'int32' ? 'integer' : type === 'int64' ? 'bigint' : 'varchar';
  const text = value === null ? 'NULL' : typeof value === 'number' ? `${value}` : literal(value);
  return `CAST(${text} AS ${sql})`;
}
