/** S3-delivered Parquet: rows back into lines, so that every record takes the same way. */
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { TextDelivery, Unopened } from './delivery.ts';
import { CHUNK_LINES } from './lines.ts';

/**
 * Reads a Parquet file of flow log records as text deliveries of at most {@link CHUNK_LINES} lines; the header names its columns.
 * A column that is no field's name makes the header unreadable, and whoever parses the lines says so.
 */
export async function* readParquet(
  stream: AsyncIterable<Buffer>,
  place: string,
): AsyncGenerator<TextDelivery | Unopened> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of stream) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    pieces.length = 0;
    const file: AsyncBuffer = {
      byteLength: whole.length,
      slice: (start, end) => {
        const part = whole.subarray(start, end);
        return part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength);
      },
    };
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    const header = columns.map((name) => name.replaceAll('_', '-')).join(' ');
    const rows = Number(metadata.num_rows);
    for (let from = 0; from < rows; from += CHUNK_LINES) {
      const to = Math.min(rows, from + CHUNK_LINES);
      const records = await parquetReadObjects({ file, metadata, compressors, columns, rowStart: from, rowEnd: to });
      const lines = records.map((record) => `${columns.map((name) => cell(record[name])).join(' ')}\n`).join('');
      yield { kind: 'text', lines: Buffer.from(lines), header, firstLine: from + 1, place };
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    yield {
      kind: 'unopened',
      place,
      line: 1,
      message: `it can't be read as Parquet (${reason}): fetch the file again`,
      content: undefined,
    };
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return String(value);
  return value instanceof Date ? String(value.getTime()) : JSON.stringify(value);
}
