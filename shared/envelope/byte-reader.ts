/** A stream read by the byte: what was looked at can be put back. */
import { damage } from './break.ts';

/** Reads a stream of bytes; errors of the stream are thrown where they stand, after everything before them. */
export class ByteReader {
  readonly #stream: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  /** Whatever comes next, at least a byte; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    const bytes = await this.peek(1);
    this.#held = Buffer.alloc(0);
    return bytes.length === 0 ? undefined : bytes;
  }

  /** What is held, without taking it: at least `length` bytes, fewer only at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      const next = await this.#stream.next();
      if (next.done === true) break;
      this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    }
    return this.#held;
  }

  /** Exactly `length` bytes; throws damage where there are fewer. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw damage('Z_BUF_ERROR', 'unexpected end of file');
    this.#held = bytes.subarray(length);
    return bytes.subarray(0, length);
  }

  /** Puts bytes back in front of everything still to come. */
  unread(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([bytes, this.#held]);
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#stream.return?.();
  }
}
