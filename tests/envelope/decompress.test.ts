/** Compressed input that is damaged: everything before the damage is read, and the damage told. */
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gunzip, unzstd } from '../../shared/envelope/decompress.ts';
import { readBack } from '../support/decode.ts';

const line = (port: number): string =>
  `2 123456789012 eni-0123456789abcdef0 203.0.113.7 10.0.0.1 40000 ${port} 6 1 40 1763341200 1763341260 REJECT OK`;
const MANY = Array.from({ length: 40_000 }, (_, i) => line(i));
const GARBAGE = Buffer.from('garbage\n');

/** What comes out of compressed bytes in pieces of `step`, and what ended it. */
async function outcome(
  decompress: typeof gunzip,
  bytes: Buffer,
  step = 65_536,
): Promise<{ readonly text: string; readonly code: unknown }> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  let text = '';
  try {
    for await (const piece of decompress(pieces())) text += piece.toString('latin1');
  } catch (error) {
    return { text, code: (error as { code?: unknown }).code };
  }
  return { text, code: undefined };
}

test.each([
  ['gzip, many lines', gzipSync, MANY],
  ['zstd, many lines', zstdCompressSync, MANY],
  ['gzip, few lines', gzipSync, MANY.slice(0, 3)],
  ['zstd, few lines', zstdCompressSync, MANY.slice(0, 3)],
])('%s and garbage after its end: every line is read, then the garbage told', async (_, compress, lines) => {
  for (const end of ['\n', '']) {
    const content = Buffer.concat([compress(lines.join('\n') + end), GARBAGE]);
    const { records, rejects, unopened } = await readBack(content);
    expect(records.length).toBe(lines.length);
    expect(rejects).toEqual([]);
    expect(unopened).toMatchObject([{ message: expect.stringMatching(/^after the end of the compressed data come/) }]);
  }
});

test('a wrong checksum loses nothing that was decompressed', async () => {
  const bytes = gzipSync(`${MANY.join('\n')}\n`);
  bytes[bytes.length - 8]! ^= 1;
  const { records, unopened } = await readBack(bytes);
  expect(records.length).toBe(40_000);
  expect(unopened).toMatchObject([{ message: expect.stringContaining('incorrect data check') }]);
});

test('what breaks while the reader is slow is met after all output', async () => {
  const whole = gzipSync(MANY.join('\n'));
  async function* pieces(): AsyncGenerator<Buffer> {
    yield whole.subarray(0, whole.length - 100);
    throw new Error('the disk is gone');
  }
  let length = 0;
  const reading = (async () => {
    for await (const piece of gunzip(pieces())) {
      length += piece.length;
      await new Promise(setImmediate);
    }
  })();
  await expect(reading).rejects.toThrow('the disk is gone');
  expect(length).toBeGreaterThan(gunzipSync(whole).length - 16_384);
});

/** A header with everything that RFC 1952 allows in it, before a member's deflated data. */
function withFullHeader(member: Buffer): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7]);
  return Buffer.concat([header, Buffer.from('name\0comment\0'), Buffer.from([0, 0]), member.subarray(10)]);
}

test.each([1, 3, 50, 65_536])('members and frames, cut every %i bytes', async (step) => {
  const [a, b, empty] = ['one\n', 'two\n', ''].map((text) => gzipSync(text)) as [Buffer, Buffer, Buffer];
  const whole = { text: 'one\ntwo\n', code: undefined };
  expect(await outcome(gunzip, Buffer.concat([a, empty, b]), step)).toEqual(whole);
  expect(await outcome(gunzip, Buffer.concat([withFullHeader(a), b, Buffer.alloc(512)]), step)).toEqual(whole);
  expect(await outcome(gunzip, Buffer.concat([a, b.subarray(0, -2)]), step)).toMatchObject({ code: 'Z_BUF_ERROR' });
  expect(await outcome(gunzip, Buffer.concat([a, b, GARBAGE]), step)).toEqual({ ...whole, code: 'Z_TRAILING_BYTES' });
  const frames = ['one\n', 'two\n'].map((text) => zstdCompressSync(text));
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
  expect(await outcome(unzstd, Buffer.concat([frames[0]!, skipped, frames[1]!]), step)).toEqual(whole);
  expect(await outcome(unzstd, Buffer.concat([...frames, GARBAGE]), step)).toEqual({
    ...whole,
    code: 'Z_TRAILING_BYTES',
  });
});

test('no more is decompressed than is read', async () => {
  let taken = 0;
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bomb.length; at += 1024) {
      taken += 1024;
      yield bomb.subarray(at, at + 1024);
    }
  }
  for await (const piece of gunzip(pieces())) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(piece.length).toBeLessThanOrEqual(16_384);
    break;
  }
  expect(taken).toBeLessThanOrEqual(2048);
});
