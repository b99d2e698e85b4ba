/**
 * The query behind `flows` and `tgw_flows` on Athena: the same as flow-view.ts says for DuckDB, over the tables of
 * athena-tables.ts.
 */
import type { FlowTable } from '../flow/fields.ts';
import { glueColumns, LEDGER_TABLE, tierTable } from './athena-tables.ts';
import type { Published } from './flow-view.ts';
import { identifier, literal } from './sql.ts';

/** Days for which a queue may still hold a message of a delivery that is compacted, and one more. */
const LEDGER_DAYS = 15;

/** Digits of the number that copies are put in order by: more records than an object can hold. */
const DIGITS = 10;

/** All records of a table, each once; before the first compaction what has arrived is all there is. */
export function athenaFlowQuery(table: FlowTable, published: Published): string {
  const tiers = [rawQuery(table, published)];
  if (published.run > 0) tiers.unshift(compactQuery(table, published));
  return tiers.join('\nUNION ALL\n');
}

function columnsOf(table: FlowTable, relation: string): string {
  return glueColumns(table)
    .map(({ name }) => `${relation}.${identifier(name)}`)
    .join(', ');
}

function rawQuery(table: FlowTable, { run, watermark }: Published): string {
  const raw = tierTable(table, 'raw');
  const isOpen = watermark === null ? [] : [`arrived > ${literal(watermark)}`];
  // The copy with the most records counts, of several the smallest path: so it is the least of texts that begin with
  // what is missing to the most. Athena has no `arg_min` by two values that its documentation vouches for.
  const missing = `lpad(CAST(${'9'.repeat(DIGITS)} - records AS varchar), ${DIGITS}, '0')`;
  const copies = `SELECT batch, "$path" AS path, count(*) AS records FROM ${raw}${where(isOpen)} GROUP BY batch, "$path"`;
  const repeated =
    `SELECT batch, substr(min(${missing} || path), ${DIGITS + 1}) AS kept FROM (${copies}) ` +
    `GROUP BY batch HAVING count(*) > 1`;
  // whole days since 1970: division of integers is whole in Trino
  const day = `date_add('day', coalesce(raw."start", raw."end") / 86400, DATE '1970-01-01')`;
  const conditions = [
    ...isOpen.map((condition) => `raw.${condition}`),
    '(repeated.batch IS NULL OR repeated.kept = raw."$path")',
    ...(run > 0 ? [`NOT EXISTS (SELECT 1 FROM (${ledgerQuery(run)}) ledger WHERE ledger.batch = raw.batch)`] : []),
  ];
  return (
    `SELECT ${columnsOf(table, 'raw')}, ${day} AS "day", raw.arrived\n` +
    `FROM ${raw} raw LEFT JOIN (${repeated}) repeated ON repeated.batch = raw.batch${where(conditions)}`
  );
}

function compactQuery(table: FlowTable, { run }: Published): string {
  return (
    `SELECT ${columnsOf(table, 'compact')}, compact."day", CAST(NULL AS varchar) AS arrived\n` +
    `FROM ${tierTable(table, 'compact')} compact WHERE compact.run <= ${run}`
  );
}

/** The batches that lately published runs hold. */
function ledgerQuery(run: number): string {
  return (
    `SELECT batch FROM ${LEDGER_TABLE} CROSS JOIN UNNEST(batches) AS t (batch) ` +
    `WHERE run <= ${run} AND "day" >= date_add('day', -${LEDGER_DAYS}, current_date)`
  );
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
}
