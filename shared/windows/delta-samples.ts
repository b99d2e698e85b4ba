/**
 * A delta's samples as they are stored: differences from what their rows say already. Most rows are a single record, of
 * which a sample then only adds what no rule looks at.
 */
import { isText } from '../flow/columns.ts';
import type { Field } from '../flow/fields.ts';
import { pack, unpackNumbers } from './pack.ts';
import type { RowColumns } from './rows.ts';
import { fieldsOf, type Samples } from './samples.ts';
import { integerOfCode } from './values.ts';

/** Samples less what their rows say. */
export function lessRows(samples: readonly Samples[], rows: RowColumns): readonly Samples[] {
  return samples.map((table) => shifted(table, rows, -1));
}

/** The samples that {@link lessRows} had. */
export function plusRows(samples: readonly Samples[], rows: RowColumns): readonly Samples[] {
  return samples.map((table) => shifted(table, rows, 1));
}

function shifted({ format, cell, columns }: Samples, rows: RowColumns, sign: 1 | -1): Samples {
  const fields = fieldsOf(format);
  return {
    format,
    cell,
    columns: columns.map((column, index) => {
      const said = saidOf(rows, fields[index]!);
      if (said === undefined) return column;
      const values = unpackNumbers(column);
      for (let at = 0; at < cell.length; at++) values[at]! += sign * said(cell[at]!);
      return pack(values);
    }),
  };
}

/** What a row says of a field, as samples hold it; whatever it says is right as long as both sides ask the same. */
function saidOf(rows: RowColumns, field: Field): ((row: number) => number) | undefined {
  switch (field.column) {
    case 'start':
      return (row) => rows.minute[row]! * 60 + rows.first[row]!;
    case 'end':
      return (row) => rows.minute[row]! * 60 + rows.last[row]!;
    case 'packets':
      return (row) => rows.packets[row]!;
    case 'bytes':
      return (row) => rows.bytes[row]!;
  }
  const codes = rows.codes.get(field.column);
  if (codes === undefined) return undefined;
  return isText(field) ? (row) => codes[row]! : (row) => integerOfCode(codes[row]!) ?? -1;
}
