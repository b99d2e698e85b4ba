/**
 * Window state as bytes: one line of JSON, which says what follows, then columns of integers, packed; all of it
 * compressed. JSON for whatever is small and columns for the rest, as there are hundreds of thousands of rows.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { packInto, planPacking, type Numbers, type Packed, type Packing } from './pack.ts';

/** What is stored, in its parts. */
export interface State {
  /** Anything JSON can say, but for `schema` and `columns`. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly columns: Readonly<Record<string, Numbers | Packed>>;
}

/** State that could not be read, and why. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}

/** What reading finds: the head as it was written, and the packed columns by name. */
export interface StoredState {
  readonly head: Readonly<Record<string, unknown>>;
  /** Throws where there is no such column. */
  column(this: void, name: string): Packed;
}

interface Directory {
  readonly schema: string;
  readonly columns: readonly (Packing & { readonly name: string })[];
}

const NEWLINE = 10;

/** The columns are packed already: higher levels make them three hundredths smaller at most. */
const LEVEL = 1;

/** Bytes that zlib hands out at once, for states whose size is not known: its default makes thousands of small pieces. */
const CHUNK = 2 ** 20;
const SMALLEST_CHUNK = 2 ** 12;

/** The state as bytes. */
export function encodeState(schema: string, { head, columns }: State): Uint8Array {
  const plans = Object.entries(columns).map(([name, values]) => ({
    name,
    values,
    packing: packingOf(values),
  }));
  const directory = plans.map(({ name, packing: { length, width, base } }) => ({
    name,
    length,
    width,
    base,
  }));
  const line = Buffer.from(`${JSON.stringify({ schema, ...head, columns: directory })}\n`);
  const body = Buffer.allocUnsafe(line.length + sizeOf(directory));
  body.set(line);
  let at = line.length;
  for (const { values, packing } of plans) {
    const bytes = body.subarray(at, (at += packing.length * packing.width));
    if ('bytes' in values) bytes.set(values.bytes);
    else packInto(bytes, values, packing);
  }
  return zstdCompressSync(body, {
    chunkSize: Math.max(SMALLEST_CHUNK, body.length >>> 1),
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
    pledgedSrcSize: body.length,
  });
}

/**
 * Reads the bytes of {@link encodeState}. Only the schema, the length and the checksum are checked, as nobody else writes
 * these objects; what `read` throws makes them unreadable too.
 */
export function decodeState<T>(schema: string, bytes: Uint8Array, read: (state: StoredState) => T): T | Unreadable {
  try {
    const body = zstdDecompressSync(bytes, { chunkSize: CHUNK });
    const end = body.indexOf(NEWLINE);
    const { schema: found, columns, ...head } = JSON.parse(body.toString('utf8', 0, end)) as Directory;
    if (found !== schema)
      return {
        kind: 'unreadable',
        reason: `it is \`${found}\`, not \`${schema}\``,
      };
    if (end + 1 + sizeOf(columns) !== body.length) {
      return {
        kind: 'unreadable',
        reason: `it has ${body.length} bytes where ${end + 1 + sizeOf(columns)} belong`,
      };
    }
    return read({ head, column: columnsIn(body.subarray(end + 1), columns) });
  } catch (error) {
    return {
      kind: 'unreadable',
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

function columnsIn(bytes: Uint8Array, directory: Directory['columns']): StoredState['column'] {
  const columns = new Map<string, Packed>();
  let at = 0;
  for (const { name, ...packing } of directory) {
    columns.set(name, {
      ...packing,
      bytes: bytes.subarray(at, (at += packing.length * packing.width)),
    });
  }
  return (name) => {
    const column = columns.get(name);
    if (column === undefined) throw new Error(`it has no column \`${name}\``);
    return column;
  };
}

function packingOf(values: Numbers | Packed): Packing {
  return 'bytes' in values ? values : planPacking(values);
}

function sizeOf(directory: readonly Packing[]): number {
  return directory.reduce((sum, { length, width }) => sum + length * width, 0);
}
