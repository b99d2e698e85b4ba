/** A list's bytes, as a file or an object holds them, to its text. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { isGzip, isZstd } from '../envelope/decompress.ts';

/** The longest text that is read, bytes: what unpacks to more is not a list. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Decompresses gzip and zstd, and decodes UTF-8, or UTF-16 with a byte order mark. Throws for what is neither. */
export function decodeListBytes(bytes: Uint8Array): string {
  const written = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = { maxOutputLength: MOST_BYTES };
  const plain = isGzip(written)
    ? gunzipSync(written, limit)
    : isZstd(written)
      ? zstdDecompressSync(written, limit)
      : written;
  const encoding = plain[0] === 0xff && plain[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(plain);
}
