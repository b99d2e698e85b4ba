/**
 * Fields that are worked out from a record and the configuration, never from other records:
 * who opened the connection, and which way the traffic went.
 */
import {
  DIRECTIONS,
  INITIATORS,
  type Column,
  type ColumnBatch,
  type Dictionary,
  type FieldValue,
  type IntColumn,
  type TextColumn,
} from './columns.ts';
import { FIELD_BY_COLUMN, type FieldType } from './fields.ts';

/** A field that rules, queries and groups may name, though no flow log holds it. */
export interface DerivedField {
  readonly column: string;
  readonly type: FieldType;
  readonly values?: readonly string[];
  readonly max?: number;
  /** What it says, for help texts and the language's reference. */
  readonly description: string;
}

/** Every derived field. */
export const DERIVED_FIELDS: readonly DerivedField[] = [
  {
    column: 'direction',
    type: 'string',
    values: ['ingress', 'egress'],
    description: 'flow-direction where the record has it, else which end lies in the configured networks',
  },
  {
    column: 'initiator',
    type: 'string',
    values: ['src', 'dst'],
    description: 'which end opened the connection',
  },
  { column: 'client', type: 'address', description: 'the address that opened the connection' },
  { column: 'server', type: 'address', description: 'the address that answered, or was to answer' },
  { column: 'client_port', type: 'int32', max: 65_535, description: 'the port of the end that opened the connection' },
  { column: 'server_port', type: 'int32', max: 65_535, description: 'the port that was listening, or was tried' },
];

/** Derived fields by column name. */
export const DERIVED_BY_COLUMN: ReadonlyMap<string, DerivedField> = new Map(
  DERIVED_FIELDS.map((field) => [field.column, field]),
);

/** The type of a record's or a derived field, by column name; undefined for a name that is neither. */
export function fieldType(column: string): FieldType | undefined {
  return FIELD_BY_COLUMN.get(column)?.type ?? DERIVED_BY_COLUMN.get(column)?.type;
}

const DIRECTION_TEXTS: Dictionary = DIRECTIONS.map((text) => text ?? '');
const INITIATOR_TEXTS: Dictionary = INITIATORS.map((text) => text ?? '');

/** A record's or derived field as a column; undefined where the batch's format can't tell it for any record. */
export function columnOf(batch: ColumnBatch, column: string): Column | undefined {
  switch (column) {
    case 'direction':
      return { kind: 'text', codes: new Uint32Array(batch.direction), dictionary: DIRECTION_TEXTS };
    case 'initiator':
      return { kind: 'text', codes: new Uint32Array(batch.initiator), dictionary: INITIATOR_TEXTS };
    case 'client':
      return address(batch, 'srcaddr', 'dstaddr');
    case 'server':
      return address(batch, 'dstaddr', 'srcaddr');
    case 'client_port':
      return port(batch, 'srcport', 'dstport');
    case 'server_port':
      return port(batch, 'dstport', 'srcport');
    default:
      return batch.columns.get(column);
  }
}

/** Reads a record's or derived field row by row; null where the record or the format has none. */
export function fieldReader(batch: ColumnBatch, column: string): (row: number) => FieldValue {
  const data = columnOf(batch, column);
  if (data === undefined) return () => null;
  if (data.kind === 'int') return (row) => (data.values[row]! < 0 ? null : data.values[row]!);
  return (row) => (data.codes[row] === 0 ? null : data.dictionary[data.codes[row]!]!);
}

/** The first column where the source opened the connection, the second where the destination did, else null. */
function address(batch: ColumnBatch, ifSource: string, ifDestination: string): TextColumn | undefined {
  const source = batch.columns.get(ifSource);
  const destination = batch.columns.get(ifDestination);
  if (source?.kind !== 'text' || destination?.kind !== 'text') return undefined;
  const codes = new Uint32Array(batch.length);
  for (let row = 0; row < batch.length; row++) {
    const initiator = batch.initiator[row];
    if (initiator === 1) codes[row] = source.codes[row]!;
    else if (initiator === 2) codes[row] = destination.codes[row]!;
  }
  return { ...source, codes };
}

function port(batch: ColumnBatch, ifSource: string, ifDestination: string): IntColumn | undefined {
  const source = batch.columns.get(ifSource);
  const destination = batch.columns.get(ifDestination);
  if (source?.kind !== 'int' || destination?.kind !== 'int') return undefined;
  const values = new Int32Array(batch.length).fill(-1);
  for (let row = 0; row < batch.length; row++) {
    const initiator = batch.initiator[row];
    if (initiator === 1) values[row] = source.values[row]!;
    else if (initiator === 2) values[row] = destination.values[row]!;
  }
  return { kind: 'int', values };
}
