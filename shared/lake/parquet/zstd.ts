/** Zstandard, a page at a time. */
import { constants, zstdCompressSync } from 'node:zlib';

/** On bit-packed pages higher levels cost twice the time for a hundredth of the size. */
const LEVEL = 1;

/** The page as one Zstandard frame that names its uncompressed size. */
export function compressPage(page: Uint8Array): Uint8Array {
  return zstdCompressSync(page, {
    chunkSize: Math.max(1024, page.length + 512),
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    pledgedSrcSize: page.length,
  });
}
