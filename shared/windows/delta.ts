/** The delta: what one run of the archiver saw of windowed rules, kept apart by batch so that repeats can be told. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { storedCodes } from './codes.ts';
import { noContributions, type Cells, type Contributions, type Samples } from './contributions.ts';

const SCHEMA = 'sekisho.window-delta/1';

/** Bytes that zlib hands out at once: its default of 16 KiB makes thousands of pieces of a large delta. */
const CHUNK = 2 ** 20;

/** A delta's rows also say which batch they came with: an index into {@link Delta.batches}. */
interface WithBatch {
  readonly batch: number[];
}

/** Contributions of many batches to any number of event hours. */
export interface Delta extends Contributions {
  readonly batches: string[];
  readonly cells: Cells & WithBatch;
  readonly samples: (Samples & WithBatch)[];
}

/** State that could not be read, and why. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}

/** A delta without any row. */
export function noDelta(): Delta {
  const contributions = noContributions();
  return { ...contributions, batches: [], cells: { ...contributions.cells, batch: [] }, samples: [] };
}

/** A delta as bytes: compressed JSON, its columns as arrays. */
export function encodeDelta(delta: Delta): Uint8Array {
  return encodeState(SCHEMA, delta);
}

/** Reads the bytes of {@link encodeDelta}. */
export function decodeDelta(bytes: Uint8Array): Delta | Unreadable {
  return decodeState(SCHEMA, bytes) as Delta | Unreadable;
}

/**
 * Contributions with whatever else belongs to them, as bytes. One JSON value a line, one line a column, so that neither
 * writing nor reading ever holds the whole as one text.
 */
export function encodeState(schema: string, { cells, samples, ...rest }: Contributions): Uint8Array {
  const stored = { ...cells, distinct: cells.distinct.map(storedCodes), places: cells.places.map(storedCodes) };
  const lines: Buffer[] = [line({ schema, ...rest, formats: samples.map(({ format }) => format) })];
  for (const [name, column] of Object.entries(stored)) lines.push(line([name, column]));
  for (const [table, { format: _, columns, ...others }] of samples.entries()) {
    for (const [name, column] of Object.entries(others)) lines.push(line([table, name, column]));
    for (const [index, column] of columns.entries()) lines.push(line([table, index, column]));
  }
  return zstdCompressSync(Buffer.concat(lines), { chunkSize: CHUNK });
}

/** Reads the bytes of {@link encodeState}; only the schema is checked, as nobody else writes these objects. */
export function decodeState(schema: string, bytes: Uint8Array): Contributions | Unreadable {
  try {
    const body = zstdDecompressSync(bytes, { chunkSize: CHUNK });
    let end = body.indexOf(10);
    const {
      schema: found,
      formats,
      ...head
    } = JSON.parse(body.toString('utf8', 0, end)) as { schema: string; formats: string[] };
    if (found !== schema) return { kind: 'unreadable', reason: `it is \`${found}\`, not \`${schema}\`` };
    const cells: Record<string, unknown> = {};
    const samples = formats.map((format): Record<string, unknown> => ({ format, columns: [] }));
    while (end + 1 < body.length) {
      const start = end + 1;
      end = body.indexOf(10, start);
      const entry = JSON.parse(body.toString('utf8', start, end)) as
        [string, unknown] | [number, string | number, unknown];
      if (entry.length === 2) cells[entry[0]] = entry[1];
      else if (typeof entry[1] === 'string') samples[entry[0]]![entry[1]] = entry[2];
      else (samples[entry[0]]!['columns'] as unknown[])[entry[1]] = entry[2];
    }
    return { ...head, cells, samples } as unknown as Contributions;
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

function line(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
