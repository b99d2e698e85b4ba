/** Streams that break: what that means for whoever sent the file. */

/** Why a stream ended before its time, and what to do. `where` says how far it got: ` in line 7`, or nothing. */
export function describeBreak(error: unknown, where: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (!isDamage(error)) return `it can't be read to its end (${reason}): everything before was read`;
  const code = codeOf(error);
  if (code === TRAILING_BYTES) {
    return 'after the end of the compressed data come bytes that are not compressed: everything before them was read; check how the file came about';
  }
  return code === 'Z_BUF_ERROR'
    ? `the compressed data ends too early${where}: everything before it was read; fetch the file again`
    : `the compressed data is damaged${where} (${reason}): everything before it was read; fetch the file again`;
}

/** The code of damage that begins only after compressed data that is whole. */
export const TRAILING_BYTES = 'Z_TRAILING_BYTES';

/** Damage as zlib reports it. */
export function damage(code: string, reason: string): Error {
  return Object.assign(new Error(reason), { code });
}

/** Whether what came before the break is whole, its last line included. */
export function isAfterEnd(error: unknown): boolean {
  return codeOf(error) === TRAILING_BYTES;
}

/** Whether decompression failed, rather than whatever the bytes come from. */
export function isDamage(error: unknown): boolean {
  return /^(Z|ZSTD)_/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
