/**
 * The query behind `flows` and `tgw_flows`: two tiers, each record once.
 *
 * Raw objects may hold a delivery more than once (it was delivered twice, or ingested again), compacted ones never.
 * Columns are listed, never `*`, so that a column that only newer objects have changes nothing for older ones.
 */
import type { FlowTable } from '../flow/fields.ts';
import { LEDGER, tierPrefix, type Tier } from '../lake/layout.ts';
import type { PhysicalType } from '../lake/parquet/column.ts';
import { lakeColumns } from '../lake/schema.ts';
import type { LakeContents } from './contents.ts';
import { emptyRelation, globPath, identifier, literal, type SqlColumn } from './sql.ts';

/** How far compaction has come; the two values become literals in the view, and replacing its text publishes a run. */
export interface Published {
  /** The newest run whose rows count; 0 before the first. */
  readonly run: number;
  /** The last arrival hour (`2026-11-05-13`) that is compacted; null before the first run. */
  readonly watermark: string | null;
}

/** Before the first compaction. */
export const NOTHING_PUBLISHED: Published = { run: 0, watermark: null };

const SQL_TYPE: Readonly<Record<PhysicalType, string>> = { int32: 'INTEGER', int64: 'BIGINT', string: 'VARCHAR' };

/** The columns of a table's view: the lake's, then the event day, then the hour of arrival (null once compacted). */
export function flowColumns(table: FlowTable): readonly SqlColumn[] {
  return [...storedColumns(table), { name: 'day', type: 'DATE' }, { name: 'arrived', type: 'VARCHAR' }];
}

/** All records of a table, each once. */
export function flowQuery(
  lake: { readonly folder: string; readonly contents: LakeContents; readonly published: Published },
  table: FlowTable,
): string {
  const { folder, contents, published } = lake;
  const tiers: string[] = [];
  if (published.run > 0 && contents.has(tierPrefix(table, 'compact')))
    tiers.push(compactQuery(folder, table, published));
  if (contents.has(tierPrefix(table, 'raw'))) {
    const hasLedger = published.run > 0 && contents.has(LEDGER);
    tiers.push(rawQuery(folder, table, published, hasLedger));
  }
  return tiers.length === 0 ? emptyRelation(flowColumns(table)) : tiers.join(' UNION ALL ');
}

function storedColumns(table: FlowTable): readonly SqlColumn[] {
  return lakeColumns(table).map(({ name, type }) => ({ name, type: SQL_TYPE[type] }));
}

/**
 * Reads a tier's objects. The schema is given, not looked for: what an object lacks is null, and no footer is read
 * before the query runs. Conditions on `filename` leave files unopened.
 */
function scan(folder: string, table: FlowTable, tier: Tier, columns: readonly SqlColumn[]): string {
  const partition = tier === 'raw' ? 'arrived' : 'day';
  const glob = `${globPath(folder)}/${tierPrefix(table, tier)}${partition}=*/*.parquet`;
  const schema = columns.map(
    ({ name, type }) => `${literal(name)}: {name: ${literal(name)}, type: ${literal(type)}, default_value: NULL}`,
  );
  return `read_parquet(${literal(glob)}, filename = true, schema = MAP {${schema.join(', ')}})`;
}

/** A partition's value, from the last folder of the path. */
function partitionValue(name: string): string {
  return `regexp_extract(filename, ${literal(`/${name}=([^/]*)/[^/]*$`)}, 1)`;
}

function rawQuery(folder: string, table: FlowTable, { run, watermark }: Published, hasLedger: boolean): string {
  const columns = storedColumns(table);
  const arrived = partitionValue('arrived');
  const isOpen = watermark === null ? 'true' : `${arrived} > ${literal(watermark)}`;
  const names = columns.map(({ name }) => `raw.${identifier(name)}`);
  // Only repeated deliveries are looked up record by record, so that the check costs little where there are none.
  // The copy with the most records counts: one read again with the right format has lines that the first could not read.
  const copies =
    `SELECT batch, filename, count(*) AS records ` +
    `FROM ${scan(folder, table, 'raw', [{ name: 'batch', type: 'VARCHAR' }])} WHERE ${isOpen} GROUP BY batch, filename`;
  const repeated =
    `SELECT batch, arg_min(filename, (-records, filename)) AS kept FROM (${copies}) copies ` +
    `GROUP BY batch HAVING count(*) > 1`;
  const compacted = `SELECT 1 FROM (${ledgerQuery(folder, run)}) ledger WHERE ledger.batch = raw.batch`;
  return (
    `SELECT ${names.join(', ')}, ` +
    // A record without a start has an end, or its time was stored as its start.
    `DATE '1970-01-01' + CAST(coalesce(raw."start", raw."end") // 86400 AS INTEGER) AS "day", ${arrived} AS arrived ` +
    // A join, because an anti-join with two conditions would first sort out the distinct pairs of all records.
    `FROM ${scan(folder, table, 'raw', columns)} raw LEFT JOIN (${repeated}) repeated ON repeated.batch = raw.batch ` +
    `WHERE ${isOpen} AND (repeated.batch IS NULL OR repeated.kept = raw.filename)` +
    (hasLedger ? ` AND NOT EXISTS (${compacted})` : '')
  );
}

function compactQuery(folder: string, table: FlowTable, { run }: Published): string {
  const columns = storedColumns(table);
  const names = columns.map(({ name }) => identifier(name));
  return (
    `SELECT ${names.join(', ')}, CAST(${partitionValue('day')} AS DATE) AS "day", CAST(NULL AS VARCHAR) AS arrived ` +
    `FROM ${scan(folder, table, 'compact', [...columns, { name: 'run', type: 'BIGINT' }])} WHERE run <= ${run}`
  );
}

/** The batches of published runs: the ledger's entries are JSON objects with `run` and `batches`. */
function ledgerQuery(folder: string, run: number): string {
  const glob = `${globPath(folder)}/${LEDGER}day=*/*.json`;
  return (
    `SELECT unnest(batches) AS batch ` +
    `FROM read_json(${literal(glob)}, columns = {run: 'BIGINT', batches: 'VARCHAR[]'}) WHERE run <= ${run}`
  );
}
