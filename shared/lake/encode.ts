/** Many deliveries into one object of the lake: small files would ruin every query and cost a request each. */
import type { DecodedDelivery } from '../flow/columns.ts';
import type { FlowTable } from '../flow/fields.ts';
import { mergeColumn } from './merge.ts';
import { encodeParquet } from './parquet/file.ts';
import { lakeColumns, SCHEMA_VERSION, type LakeColumn } from './schema.ts';
import { countRows, planRowGroups, type Slice } from './slices.ts';

/** An object of the lake. */
export interface EncodedObject {
  /** A whole Parquet file. */
  readonly body: Uint8Array;
  /** How many records it holds; an object of none is valid, but there is no reason to store it. */
  readonly records: number;
}

/**
 * Records a row group: what engines read, skip and share out as one. Two to four megabytes in version 2;
 * DuckDB's own size is 122,880, and Athena reads an object of a few such groups in one go.
 */
export const ROW_GROUP_RECORDS = 131_072;

/**
 * The deliveries' records of one table, in the order given, as one Parquet object.
 *
 * Its columns are AWS's version 2, those of the records' formats, and what Sekisho adds; views supply the rest as null.
 */
export function encodeObject(deliveries: readonly DecodedDelivery[], table: FlowTable): EncodedObject {
  const groups = planRowGroups(deliveries, table, ROW_GROUP_RECORDS);
  const columns = columnsOf(groups.flat(), table);
  const body = encodeParquet({
    columns,
    rowGroups: groups.map((slices) => ({
      rows: countRows(slices),
      values: (column) => mergeColumn(slices, column),
    })),
    metadata: { 'sekisho.schema': String(SCHEMA_VERSION), 'sekisho.table': table },
    createdBy: `sekisho version ${SCHEMA_VERSION}`,
  });
  return { body, records: countRows(groups.flat()) };
}

function columnsOf(slices: readonly Slice[], table: FlowTable): readonly LakeColumn[] {
  const formats = new Set(slices.map(({ batch }) => batch.format));
  const inFormats = new Set([...formats].flatMap(({ fields }) => fields.map(({ column }) => column)));
  return lakeColumns(table).filter(({ name, always }) => always || inFormats.has(name));
}
