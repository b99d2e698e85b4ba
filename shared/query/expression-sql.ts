/** Expressions as SQL conditions over the lake's views: true, false and null as in the language, in Athena's words. */
import { parseAddressRange, type AddressRange } from '../flow/address.ts';
import { fieldType } from '../flow/derived.ts';
import { sqlOfField } from '../flow/sql-columns.ts';
import { lakeColumns } from '../lake/schema.ts';
import { valuesOf, type Expression, type Operand, type Test, type Value } from '../rules/expression.ts';
import { addressConditions } from './address-sql.ts';
import { listedConditions } from './listed-sql.ts';
import { isLongList } from './long-lists.ts';
import { likePattern, literal } from './sql.ts';
import type { SqlScope } from './sql-scope.ts';

/** An expression as a condition; in parentheses wherever something could follow it. */
export function expressionSql(expression: Expression, scope: SqlScope): string {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const terms = expression.terms.map((term) => expressionSql(term, scope));
      if (terms.length === 0) return expression.kind === 'and' ? 'true' : 'false';
      return terms.length === 1 ? terms[0]! : `(${terms.join(expression.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `(NOT ${expressionSql(expression.term, scope)})`;
    case 'presence':
      return `(${fieldSql(expression.field, scope)} IS NOT NULL)`;
    case 'test':
      return testSql(expression, scope);
  }
}

/** A field's value as SQL, recorded or derived; null where the view has no such column. */
export function fieldSql(field: string, { table, networks }: SqlScope): string {
  if (field === 'direction') return directionSql(networks);
  const sql = sqlOfField(field);
  if (sql.startsWith('CASE') || lakeColumns(table).some(({ name }) => name === field)) return sql;
  const type = fieldType(field);
  return `CAST(NULL AS ${type === 'int32' ? 'integer' : type === 'int64' ? 'bigint' : 'varchar'})`;
}

/** The flow's own direction, else which end lies in the owner's networks. */
function directionSql(networks: readonly string[]): string {
  const ranges = networks.map(parseAddressRange).filter((range): range is AddressRange => typeof range === 'object');
  const logged = `WHEN flow_direction IS NOT NULL THEN flow_direction`;
  if (ranges.length === 0) return `CASE ${logged} END`;
  const [from, to] = ['srcaddr', 'dstaddr'].map((end) => `(${addressConditions(end, ranges).join(' OR ')})`);
  return `CASE ${logged} WHEN ${from} AND NOT ${to} THEN 'egress' WHEN NOT ${from} AND ${to} THEN 'ingress' END`;
}

function testSql({ field, operator, operands }: Test, scope: SqlScope): string {
  const value = fieldSql(field, scope);
  switch (operator) {
    case '=':
    case 'in':
    case 'like':
    case 'has':
      return isOneOf(value, operands, scope);
    case '!=':
    case 'not in':
    case 'not like':
    case 'not has':
      return `(NOT ${isOneOf(value, operands, scope)})`;
    case '<':
    case '>=':
      return `(${value} ${operator} ${numbersOf(operands[0]).low})`;
    case '<=':
    case '>':
      return `(${value} ${operator} ${numbersOf(operands[0]).high})`;
  }
}

function numbersOf(value: Operand | undefined): Extract<Value, { readonly kind: 'numbers' }> {
  if (value?.kind !== 'numbers') throw new Error('only numbers have an order: the expression has not been checked');
  return value;
}

/** Whether a value is among others: null where there is none, even among none. */
function isOneOf(value: string, operands: readonly Operand[], scope: SqlScope): string {
  const long = operands.filter((operand) => isLongList(operand, scope.longList));
  const values = operands.filter((operand) => !isLongList(operand, scope.longList)).flatMap(valuesOf);
  if (values.length + long.length === 0) return `(CASE WHEN ${value} IS NOT NULL THEN false END)`;
  const exact = values.flatMap(exactLiteral);
  const conditions = [...new Set(values.flatMap((each) => conditionOf(value, each)))];
  const ranges = values.filter((each) => each.kind === 'addresses');
  conditions.push(...addressConditions(value, ranges));
  conditions.push(...long.flatMap((list) => listedConditions(value, list, scope)));
  if (exact.length === 1) conditions.unshift(`${value} = ${exact[0]}`);
  else if (exact.length > 1) conditions.unshift(`${value} IN (${[...new Set(exact)].join(', ')})`);
  return `(${conditions.join(' OR ')})`;
}

function exactLiteral(value: Value): readonly string[] {
  if (value.kind === 'numbers' && value.low === value.high) return [`${value.low}`];
  return value.kind === 'text' ? [literal(value.text)] : [];
}

/** The condition of what is neither one value nor an address. */
function conditionOf(field: string, value: Value): readonly string[] {
  switch (value.kind) {
    case 'numbers':
      return value.low === value.high ? [] : [`${field} BETWEEN ${value.low} AND ${value.high}`];
    case 'pattern':
      return [likeSql(field, value.text)];
    case 'flags':
      return [`bitwise_and(${field}, ${value.mask}) = ${value.mask}`];
    case 'text':
    case 'addresses':
      return [];
  }
}

/** `*` as SQL's `%`; what is a wildcard in SQL only stands for itself. */
function likeSql(field: string, pattern: string): string {
  const like = `${field} LIKE ${literal(likePattern(pattern))}`;
  return /[%_\\]/.test(pattern) ? String.raw`${like} ESCAPE '\'` : like;
}
