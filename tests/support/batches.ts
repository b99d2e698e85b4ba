/** Deliveries by hand: what the decoder would make of records given as objects. */
import { AddressTableBuilder } from '../../shared/flow/address.ts';
import {
  DIRECTIONS,
  INITIATORS,
  isText,
  type AddressTable,
  type Column,
  type ColumnBatch,
  type DecodedDelivery,
  type FieldValue,
  type Reject,
  type Source,
} from '../../shared/flow/columns.ts';
import type { Field } from '../../shared/flow/fields.ts';
import { parseFormat, type Format } from '../../shared/flow/format.ts';

/** A record: its fields by column name (those left out are null), and what the decoder infers about it. */
export interface RecordInput {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly initiator?: 'src' | 'dst';
  readonly direction?: 'ingress' | 'egress';
  /** CloudWatch's timestamp in Unix seconds, for a record without start and end. */
  readonly timestamp?: number;
}

/** A delivery: records by format (`default`, or field names), identity and source filled in where left out. */
export interface DeliveryInput {
  readonly id?: string;
  readonly source?: Partial<Source>;
  readonly batches?: readonly { readonly format: string; readonly records: readonly RecordInput[] }[];
  readonly rejects?: readonly Reject[];
}

/** 32 hex digits from a number, as a delivery's identity. */
export function batchId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** The delivery as the decoder would give it. */
export function delivery(input: DeliveryInput): DecodedDelivery {
  return {
    id: input.id ?? batchId(1),
    source: { account: '123456789012', region: 'ap-northeast-1', name: '/vpc/flow-logs', ...input.source },
    batches: (input.batches ?? []).map(({ format, records }) => columnBatch(format, records)),
    rejects: input.rejects ?? [],
  };
}

/** Records of one format as columns. */
export function columnBatch(formatText: string, records: readonly RecordInput[]): ColumnBatch {
  const format = parseFormat(formatText);
  if ('kind' in format) throw new Error(format.message);
  return {
    table: format.table,
    format,
    length: records.length,
    columns: columnsOf(format, records),
    time: Float64Array.from(records, ({ fields, timestamp }) => Number(fields['start'] ?? fields['end'] ?? timestamp)),
    initiator: Uint8Array.from(records, ({ initiator }) => INITIATORS.indexOf(initiator ?? null)),
    direction: Uint8Array.from(records, ({ direction }) => DIRECTIONS.indexOf(direction ?? null)),
  };
}

function columnsOf(format: Format, records: readonly RecordInput[]): Map<string, Column> {
  const addresses = [''];
  const columns = format.fields.map((field): [string, Column] => {
    const values = records.map(({ fields }) => fields[field.column] ?? null);
    return [field.column, columnOf(field, values, field.type === 'address' ? addresses : [''])];
  });
  const table = addressTable(addresses);
  return new Map(
    columns.map(([name, column]) => [
      name,
      column.kind === 'text' && column.dictionary === addresses ? { ...column, addresses: table } : column,
    ]),
  );
}

function addressTable(addresses: readonly string[]): AddressTable {
  const builder = new AddressTableBuilder();
  for (const [code, address] of addresses.entries()) {
    if (code === 0) continue;
    builder.read(Buffer.from(address), 0, address.length);
    builder.add(code);
  }
  return builder.table(addresses.length);
}

function columnOf(field: Field, values: readonly FieldValue[], dictionary: string[]): Column {
  if (!isText(field)) {
    const integers = values.map((value) => (value === null ? -1 : Number(value)));
    return { kind: 'int', values: field.type === 'int32' ? Int32Array.from(integers) : Float64Array.from(integers) };
  }
  const codes = values.map((value) => {
    if (value === null) return 0;
    const known = dictionary.indexOf(String(value), 1);
    return known > 0 ? known : dictionary.push(String(value)) - 1;
  });
  return { kind: 'text', codes: Uint32Array.from(codes), dictionary };
}
