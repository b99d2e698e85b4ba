/**
 * gzip and zstd as streams: one member (zstd: frame) after another, and all of what comes before a break. zlib's own gzip
 * stream throws away what it has decompressed when it meets bytes that it can't use, so that framing is read here.
 */
import { crc32, createInflateRaw, createZstdDecompress, type InflateRaw, type ZstdDecompress } from 'node:zlib';
import { damage, TRAILING_BYTES } from './break.ts';
import { ByteReader } from './byte-reader.ts';

/** With a mark this low an engine never works ahead of its reader by more than a chunk, nor fails with output unread. */
const ENGINE = { chunkSize: 16_384, readableHighWaterMark: 1 };

/** Decompresses gzip, however many members (RFC 1952); zeros after the last are padding. Throws damage after all output. */
export async function* gunzip(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = new ByteReader(stream);
  try {
    do {
      await skipHeader(source);
      let check = 0;
      let length = 0;
      for await (const piece of run(createInflateRaw(ENGINE), source)) {
        check = crc32(piece, check);
        length = (length + piece.length) >>> 0;
        yield piece;
      }
      const trailer = await source.take(8);
      if (trailer.readUInt32LE(0) !== check) throw damage('Z_DATA_ERROR', 'incorrect data check');
      if (trailer.readUInt32LE(4) !== length) throw damage('Z_DATA_ERROR', 'incorrect length check');
    } while (await another(source, isGzip));
  } finally {
    await source.close();
  }
}

/** Decompresses zstd, however many frames (RFC 8878). Throws damage after all output. */
export async function* unzstd(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = new ByteReader(stream);
  try {
    do yield* run(createZstdDecompress(ENGINE), source);
    while (await another(source, isZstd));
  } catch (error) {
    // the first frame's start is known: what begins like no frame can only stand after one
    const trailing = error instanceof Error && 'code' in error && error.code === 'ZSTD_error_prefix_unknown';
    throw trailing ? trailingBytes() : error;
  } finally {
    await source.close();
  }
}

/** Whether bytes begin a gzip member. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether bytes begin a zstd frame, or one to be skipped. */
export function isZstd(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32LE(0);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5;
}

/** Whether another member follows; throws damage where something else does. */
async function another(source: ByteReader, isMember: (bytes: Buffer) => boolean): Promise<boolean> {
  for (;;) {
    const bytes = await source.peek(4);
    if (bytes.length === 0) return false;
    if (isMember(bytes)) return true;
    const padding = bytes.findIndex((byte) => byte !== 0);
    if (padding === 0) throw trailingBytes();
    await source.take(padding < 0 ? bytes.length : padding);
  }
}

function trailingBytes(): Error {
  return damage(TRAILING_BYTES, 'other bytes follow its end');
}

/** Reads past a member's header; throws damage where it is none. */
async function skipHeader(source: ByteReader): Promise<void> {
  const header = await source.take(10);
  const flags = header[3]!;
  if (!isGzip(header)) throw damage('Z_DATA_ERROR', 'incorrect header check');
  if (header[2] !== 8) throw damage('Z_DATA_ERROR', 'unknown compression method');
  if ((flags & 0xe0) !== 0) throw damage('Z_DATA_ERROR', 'unknown header flags set');
  if ((flags & 0x04) !== 0) await source.take((await source.take(2)).readUInt16LE(0));
  // the file's name, a comment
  for (const flag of [0x08, 0x10]) {
    if ((flags & flag) !== 0) while ((await source.take(1))[0] !== 0) continue;
  }
  if ((flags & 0x02) !== 0) await source.take(2);
}

/** What an engine was given: how much in all, the last of it, and what broke the source. */
interface Fed {
  length: number;
  last: Buffer;
  broken?: { readonly error: unknown };
}

/** One member's (frame's) output; what stands after its end is left in `source`. */
async function* run(engine: InflateRaw | ZstdDecompress, source: ByteReader): AsyncGenerator<Buffer> {
  const fed: Fed = { length: 0, last: Buffer.alloc(0) };
  void feed(engine, source, fed);
  try {
    for await (const piece of engine) yield piece as Buffer;
  } catch (error) {
    throw fed.broken === undefined ? error : fed.broken.error;
  } finally {
    engine.destroy();
  }
  if (fed.broken !== undefined) throw fed.broken.error;
  const left = fed.length - engine.bytesWritten;
  if (left > 0) source.unread(fed.last.subarray(fed.last.length - left));
}

/** Writes to the engine until it ends. Never throws, and is not waited for: a write that fails may not come back. */
async function feed(engine: InflateRaw | ZstdDecompress, source: ByteReader, fed: Fed): Promise<void> {
  try {
    for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) {
      const piece = bytes;
      fed.last = piece;
      fed.length += piece.length;
      await new Promise<void>((resolve) => {
        engine.write(piece, () => resolve());
      });
      // an engine that has its member takes no more
      if (engine.destroyed || engine.bytesWritten < fed.length) return;
    }
  } catch (error) {
    fed.broken = { error };
  }
  engine.end();
}
