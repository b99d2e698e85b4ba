/** Where to look next: queries that select an alert's group and time, for Athena and for CloudWatch Logs Insights. */
import type { FieldValue } from '../flow/columns.ts';
import type { FlowTable } from '../flow/fields.ts';
import { sqlOfField } from '../flow/sql-columns.ts';

/** What to look for. */
export interface Sought {
  /** Which kind of flow log holds the records. */
  readonly table: FlowTable;
  /** The rule's `by` fields with their values. */
  readonly group: ReadonlyMap<string, FieldValue>;
  /** Unix seconds, both included. */
  readonly from: number;
  readonly to: number;
}

const VIEWS: Readonly<Record<FlowTable, string>> = { vpc: 'flows', tgw: 'tgw_flows' };

/** SQL over the lake's view of the records, in the subset that Athena and DuckDB share. */
export function athenaQuery({ table, group, from, to }: Sought): string {
  const conditions = [`start BETWEEN ${Math.floor(from)} AND ${Math.ceil(to)}`];
  const left: string[] = [];
  for (const [column, value] of group) {
    const expression = sqlOfField(column);
    // worked out when records are read, and not stored
    if (column === 'direction') left.push(column);
    else conditions.push(value === null ? `${expression} IS NULL` : `${expression} = ${sqlLiteral(value)}`);
  }
  const comment = left.length === 0 ? '' : ` -- not a column: ${left.join(', ')}`;
  return `SELECT * FROM ${VIEWS[table]} WHERE ${conditions.join(' AND ')} ORDER BY start LIMIT 1000${comment}`;
}

/**
 * Logs Insights text that finds the group's values as words of the record's line, whatever its format. Insights takes
 * the time beside the query, so it stands in a comment.
 */
export function insightsQuery({ group, from, to }: Sought): string {
  const words = [...group].filter(
    ([column, value]) => value !== null && column !== 'direction' && column !== 'initiator',
  );
  return [
    `# time range: ${isoTime(Math.floor(from))} to ${isoTime(Math.ceil(to))}`,
    'fields @timestamp, @logStream, @message',
    ...words.map(([, value]) => `| filter @message like /(^| )${escapePattern(`${value}`)}( |$)/`),
    '| sort @timestamp asc',
    '| limit 1000',
  ].join('\n');
}

/** Unix seconds as ISO 8601 in UTC, to the second: `2026-11-24T07:31:00Z`. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function sqlLiteral(value: string | number): string {
  return typeof value === 'number' ? `${value}` : `'${value.replaceAll("'", "''")}'`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
