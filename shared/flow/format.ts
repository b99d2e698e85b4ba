/** Format strings: which fields a line holds, in which order. */
import { FIELD_BY_NAME, FIELDS, type Field, type FlowTable } from './fields.ts';

/** An ordered list of fields, and the kind of flow log they belong to. */
export interface Format {
  /** The fields' names joined by spaces, as in the header line of an object in S3: a format's canonical text. */
  readonly text: string;
  readonly table: FlowTable;
  readonly fields: readonly Field[];
}

/** A format that could not be understood. */
export interface FormatError {
  readonly kind: 'format-error';
  /** What is wrong and what to do, in one sentence. */
  readonly message: string;
}

function formatOf(fields: readonly Field[]): Format {
  const table = fields.some((field) => !field.tables.includes('vpc')) ? 'tgw' : 'vpc';
  return { text: fields.map((field) => field.name).join(' '), table, fields };
}

/** The default format, version 2: 14 fields. */
export const DEFAULT_FORMAT: Format = formatOf(FIELDS.filter((field) => field.since === 2));
