/**
 * The tables through which Athena sees the lake's folders. The template makes them (infra/tables.ts), the views read them;
 * whoever asks a question reads the views.
 *
 * Partitions are projected, so that no crawler and no `MSCK REPAIR` is needed and an object counts as soon as it is
 * written. A range ends an hour or a day from now, so that no clock that runs ahead hides an object.
 *
 * Source: Amazon Athena User Guide, "Partition projection with Amazon Athena".
 */
import { ALERTS } from '../alerts/layout.ts';
import type { FlowTable } from '../flow/fields.ts';
import { LEDGER, QUARANTINE, tierPrefix, type Tier } from '../lake/layout.ts';
import type { PhysicalType } from '../lake/parquet/column.ts';
import { lakeColumns } from '../lake/schema.ts';

/** A column, its type in the words of the Glue catalog. */
export interface GlueColumn {
  readonly name: string;
  readonly type: string;
}

/** How the values of a partition column are made up: nobody lists them. */
export type Projection =
  | { readonly kind: 'hour' | 'day'; readonly first: string }
  | { readonly kind: 'enum'; readonly values: readonly string[] };

/** A table over a folder of the lake. */
export interface AthenaTable {
  readonly name: string;
  readonly description: string;
  /** Prefix of its objects. */
  readonly prefix: string;
  /** `lines`: one column that holds a line as it is. */
  readonly format: 'parquet' | 'json' | 'lines';
  readonly columns: readonly GlueColumn[];
  readonly partition: { readonly name: string; readonly folder: string; readonly projection: Projection };
}

/** Prefix of the lists that queries ask for, an object a list and kind (see long-lists.ts). */
export const LIST_ENTRIES = 'lists/entries/';

/** The folder of a kind of lists. */
export function listFolder(kind: string): string {
  return `${LIST_ENTRIES}${kind}/`;
}

/** A table's name by what it holds: `flows_raw`, `tgw_compact`. */
export function tierTable(table: FlowTable, tier: Tier): string {
  return `${table === 'vpc' ? 'flows' : 'tgw'}_${tier}`;
}

/** Of alerts: a JSON text a row, as the view picks out what it knows and lets the rest be. */
export const ALERTS_TABLE = 'alerts_raw';
/** Of lines that could not be read, as often as they came. */
export const QUARANTINE_TABLE = 'quarantine_raw';
/** Of what compaction has published. */
export const LEDGER_TABLE = 'ledger';

/** The catalog's word for a column type of the lake. */
export const GLUE_TYPE: Readonly<Record<PhysicalType, string>> = { int32: 'int', int64: 'bigint', string: 'string' };

/** The first day of the lake's range. */
const RANGE = '2014-01-01';

/** A day before any object can have been written. */
const WRITTEN = '2024-01-01';

/** Every table over the lake. */
export const ATHENA_TABLES: readonly AthenaTable[] = [
  ...(['vpc', 'tgw'] as const).flatMap((table) => [flowTable(table, 'raw'), flowTable(table, 'compact')]),
  {
    name: ALERTS_TABLE,
    description: 'alerts as JSON; read the view `alerts`',
    prefix: ALERTS,
    format: 'lines',
    columns: [{ name: 'alert', type: 'string' }],
    partition: byDay(RANGE),
  },
  {
    name: QUARANTINE_TABLE,
    description: 'lines that could not be read; read the view `quarantine`',
    prefix: QUARANTINE,
    format: 'json',
    columns: [...texts('batch', 'line', 'reason', 'source'), { name: 'number', type: 'bigint' }],
    partition: byDay(WRITTEN),
  },
  {
    name: LEDGER_TABLE,
    description: 'what compaction has published',
    prefix: LEDGER,
    format: 'json',
    columns: [
      { name: 'run', type: 'bigint' },
      { name: 'batches', type: 'array<string>' },
    ],
    partition: byDay(WRITTEN),
  },
  {
    name: 'lists',
    description: 'entries of the lists that are too long to be written into a query',
    prefix: LIST_ENTRIES,
    format: 'json',
    columns: texts('list', 'entry'),
    partition: {
      name: 'kind',
      folder: '${kind}/',
      projection: { kind: 'enum', values: ['addresses', 'numbers', 'text', 'pattern'] },
    },
  },
];

/** The columns of a table's records, in the words of the catalog. */
export function glueColumns(table: FlowTable): readonly GlueColumn[] {
  return lakeColumns(table).map(({ name, type }) => ({ name, type: GLUE_TYPE[type] }));
}

function flowTable(table: FlowTable, tier: Tier): AthenaTable {
  const view = table === 'vpc' ? 'flows' : 'tgw_flows';
  const isRaw = tier === 'raw';
  return {
    name: tierTable(table, tier),
    description: `records ${isRaw ? 'as they arrived, some twice' : 'by event day'}; read the view \`${view}\``,
    prefix: tierPrefix(table, tier),
    format: 'parquet',
    columns: [...glueColumns(table), ...(isRaw ? [] : [{ name: 'run', type: 'bigint' }])],
    partition: isRaw
      ? { name: 'arrived', folder: 'arrived=${arrived}/', projection: { kind: 'hour', first: `${WRITTEN}-00` } }
      : byDay(RANGE),
  };
}

function byDay(first: string): AthenaTable['partition'] {
  return { name: 'day', folder: 'day=${day}/', projection: { kind: 'day', first } };
}

function texts(...names: readonly string[]): readonly GlueColumn[] {
  return names.map((name) => ({ name, type: 'string' }));
}
