/** Streams that break: what that means for whoever sent the file. */

/** Why a stream ended before its time, and what to do. `where` says how far it got: ` in line 7`, or nothing. */
export function describeBreak(error: unknown, where: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (!isDamage(error)) return `it can't be read to its end (${reason}): everything before was read`;
  const code = codeOf(error);
  return code === 'Z_BUF_ERROR'
    ? `the compressed data ends too early${where}: everything before it was read; fetch the file again`
    : `the compressed data is damaged${where} (${reason}): everything before it was read; fetch the file again`;
}

/** Whether decompression failed, rather than whatever the bytes come from. */
export function isDamage(error: unknown): boolean {
  return /^(Z|ZSTD)_/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
