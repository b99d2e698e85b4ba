/** gzip in memory, as fast as zlib allows. */
import { gunzipSync } from 'node:zlib';

/** Beyond this the length that a gzip file claims is not taken at its word. */
const MOST_AT_ONCE = 32 * 1024 * 1024;

/**
 * A subscription message has at most a megabyte as base64: what becomes much larger is no flow log, and must not take the
 * memory of everything that is read beside it.
 */
const MOST = 256 * 1024 * 1024;

/**
 * Decompresses a whole gzip file. Its last four bytes say its length (modulo 2^32, RFC 1952), so that the result
 * needs no joining of small pieces; a wrong length costs only speed. Throws what zlib throws on bad data.
 */
export function inflate(bytes: Uint8Array): Buffer {
  const trailer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 18 ? trailer.readUInt32LE(bytes.length - 4) : 0;
  const chunkSize = Math.min(MOST_AT_ONCE, Math.max(16_384, length + 1));
  return gunzipSync(bytes, { chunkSize, maxOutputLength: MOST });
}
