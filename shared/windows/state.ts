/**
 * Window state as bytes: a head, compressed, which is one line of JSON and whatever columns are small, then one
 * compressed frame for each large column. JSON for whatever is small and packed columns for the rest, as there are
 * hundreds of thousands of rows; frames of their own, as what compresses one column well is of no use for the next.
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

/** A column in the head's list: name, length, width, base, and the bytes of its frame; 0 for one that lies in the head. */
type Listed = readonly [name: string, length: number, width: number, base: number, frame: number];

interface Directory {
  readonly schema: string;
  readonly columns: readonly Listed[];
}

/** The head's length, four bytes, comes before it. */
const PREFIX = 4;
const NEWLINE = 10;

/** From so many bytes on a column has a frame of its own, which costs a dozen bytes. */
const FRAME_FROM = 256;

/** The columns are packed already: higher levels make them three hundredths smaller at most. */
const LEVEL = 1;

/** Bytes that zlib hands out at once, for states whose size is not known: its default makes thousands of small pieces. */
const CHUNK = 2 ** 20;
const SMALLEST_CHUNK = 2 ** 12;

/** The state as bytes. */
export function encodeState(schema: string, { head, columns }: State): Uint8Array {
  const small: Uint8Array[] = [];
  const frames: Uint8Array[] = [];
  const listed = Object.entries(columns).map(([name, values]): Listed => {
    const { length, width, base } = 'bytes' in values ? values : planPacking(values);
    const bytes = 'bytes' in values ? values.bytes : packed(values, { length, width, base });
    const isLarge = bytes.length >= FRAME_FROM;
    if (!isLarge) small.push(bytes);
    const frame = isLarge ? frames[frames.push(compress(bytes)) - 1]!.length : 0;
    return [name, length, width, base, frame];
  });
  const line = Buffer.from(`${JSON.stringify({ schema, ...head, columns: listed })}\n`);
  const first = compress(Buffer.concat([line, ...small]));
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32LE(first.length);
  return Buffer.concat([prefix, first, ...frames]);
}

function packed(values: Numbers, packing: Packing): Uint8Array {
  const bytes = new Uint8Array(packing.length * packing.width);
  packInto(bytes, values, packing);
  return bytes;
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, {
    chunkSize: Math.max(SMALLEST_CHUNK, bytes.length >>> 1),
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
    pledgedSrcSize: bytes.length,
  });
}

/**
 * Reads the bytes of {@link encodeState}. Only the schema, the lengths and the checksums are checked, as nobody else
 * writes these objects; what `read` throws makes them unreadable too.
 */
export function decodeState<T>(schema: string, bytes: Uint8Array, read: (state: StoredState) => T): T | Unreadable {
  try {
    const headEnd = PREFIX + Buffer.from(bytes.subarray(0, PREFIX)).readUInt32LE();
    const body = zstdDecompressSync(bytes.subarray(PREFIX, headEnd), { chunkSize: CHUNK });
    const lineEnd = body.indexOf(NEWLINE);
    const { schema: found, columns, ...head } = JSON.parse(body.toString('utf8', 0, lineEnd)) as Directory;
    if (found !== schema) return unreadable(`it is \`${found}\`, not \`${schema}\``);
    const small = body.subarray(lineEnd + 1);
    const smallSize = columns.reduce((sum, [, length, width, , frame]) => sum + (frame > 0 ? 0 : length * width), 0);
    const size = headEnd + columns.reduce((sum, [, , , , frame]) => sum + frame, 0);
    if (small.length !== smallSize) return unreadable(`its head has ${small.length} bytes where ${smallSize} belong`);
    if (bytes.length !== size) return unreadable(`it has ${bytes.length} bytes where ${size} belong`);
    return read({ head, column: columnsIn(columns, small, bytes.subarray(headEnd)) });
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

function unreadable(reason: string): Unreadable {
  return { kind: 'unreadable', reason };
}

function columnsIn(listed: readonly Listed[], small: Uint8Array, frames: Uint8Array): StoredState['column'] {
  const columns = new Map<string, Packed>();
  let [inSmall, inFrames] = [0, 0];
  for (const [name, length, width, base, frame] of listed) {
    const bytes =
      frame > 0
        ? decompress(frames.subarray(inFrames, (inFrames += frame)), length * width)
        : small.subarray(inSmall, (inSmall += length * width));
    columns.set(name, { length, width, base, bytes });
  }
  return (name) => {
    const column = columns.get(name);
    if (column === undefined) throw new Error(`it has no column \`${name}\``);
    return column;
  };
}

function decompress(frame: Uint8Array, size: number): Uint8Array {
  const bytes = zstdDecompressSync(frame, { chunkSize: Math.max(SMALLEST_CHUNK, size) });
  if (bytes.length !== size) throw new Error(`a column has ${bytes.length} bytes where ${size} belong`);
  return bytes;
}
