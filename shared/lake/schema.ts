/**
 * The lake's columns, derived from the field table: AWS's own names and types, and what Sekisho adds.
 * The Parquet encoder, the views over the lake and the tables in the cloud read them from here.
 */
import { FIELDS, type FlowTable } from '../flow/fields.ts';
import type { ParquetColumn, PhysicalType } from './parquet/column.ts';

/** Raised whenever a column is added, or changes its meaning: written into every object. */
export const SCHEMA_VERSION = 1;

/** A column of the lake. */
export interface LakeColumn extends ParquetColumn {
  /** True for a column that no flow log holds. */
  readonly added: boolean;
  /** True for a column that every object has, whatever its records' formats. */
  readonly always: boolean;
}

/** What Sekisho adds to a record, after AWS's columns. */
const ADDED: Readonly<Record<string, PhysicalType>> = {
  /** The identity of the delivery that brought the record: 32 hex digits. */
  batch: 'string',
  /** Which end opened the connection: `src`, `dst`, or null. */
  initiator: 'string',
  /** The port that was listening, or was tried. */
  server_port: 'int32',
  /** The account, region, and log group or bucket that the delivery came from. */
  source_account: 'string',
  source_region: 'string',
  source: 'string',
};

const COLUMNS: Readonly<Record<FlowTable, readonly LakeColumn[]>> = { vpc: columnsOf('vpc'), tgw: columnsOf('tgw') };

/** A table's columns in their one order; the folders' partition columns are not among them. */
export function lakeColumns(table: FlowTable): readonly LakeColumn[] {
  return COLUMNS[table];
}

function columnsOf(table: FlowTable): readonly LakeColumn[] {
  const fields = FIELDS.filter((field) => field.tables.includes(table)).map(({ column: name, type, since }) => ({
    name,
    // Transit gateway flow logs document protocol as a 64-bit integer, VPC flow logs as a 32-bit one.
    type: table === 'tgw' && name === 'protocol' ? 'int64' : type === 'int32' || type === 'int64' ? type : 'string',
    added: false,
    always: since === 2,
  })) satisfies LakeColumn[];
  const added = Object.entries(ADDED).map(([name, type]) => ({ name, type, added: true, always: true }));
  return [...fields, ...added];
}
