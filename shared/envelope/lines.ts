/** Text as a stream, cut into chunks of whole lines; header lines are taken out and said with each chunk. */
import { describeBreak, isAfterEnd } from './break.ts';
import type { TextDelivery, Unopened } from './delivery.ts';

/** Lines a chunk holds at most: a chunk is one batch, the unit of identity. */
export const CHUNK_LINES = 50_000;

/** A flow log's line is a few hundred bytes; what is longer than this is something else. */
const LONGEST_LINE = 1_048_576;
const NEWLINE = 0x0a;

/** How text is cut. */
export interface LineOptions {
  /** Whether a line is a header. */
  readonly isHeader: (line: string) => boolean;
}

/**
 * Cuts a stream of text into deliveries of at most {@link CHUNK_LINES} lines. A new header starts a new chunk.
 * A stream that breaks gives what came before, then the reason; so does a line that never ends.
 */
export async function* readLines(
  stream: AsyncIterable<Buffer>,
  place: string,
  options: LineOptions,
): AsyncGenerator<TextDelivery | Unopened> {
  let pieces: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let header: string | undefined;
  let number = 1;
  let firstLine = 1;

  const chunk = (): TextDelivery | undefined => {
    const lines = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    pieces = [];
    const delivery: TextDelivery = { kind: 'text', lines, header, firstLine, place };
    firstLine = number;
    return lines.length === 0 ? undefined : delivery;
  };

  /** Takes the whole lines of `buffer`; gives the chunks that got full. */
  function* take(buffer: Buffer): Generator<TextDelivery> {
    let from = 0;
    let at = 0;
    for (let end = buffer.indexOf(NEWLINE, at); end >= 0; end = buffer.indexOf(NEWLINE, at)) {
      const byte = buffer[at]!;
      // records start with a digit or an id; only a line that starts like a name can be a header
      if (byte >= 0x61 && byte <= 0x7a) {
        const line = buffer.toString('utf8', at, end).replace(/\r$/, '');
        if (options.isHeader(line)) {
          if (at > from) pieces.push(buffer.subarray(from, at));
          const full = chunk();
          if (full !== undefined) yield full;
          header = line.trim();
          number++;
          firstLine = number;
          from = at = end + 1;
          continue;
        }
      }
      number++;
      at = end + 1;
      if (number - firstLine === CHUNK_LINES) {
        pieces.push(buffer.subarray(from, at));
        from = at;
        yield chunk()!;
      }
    }
    if (at > from) pieces.push(buffer.subarray(from, at));
    rest = buffer.subarray(at);
  }

  let broken: Unopened | undefined;
  try {
    for await (const buffer of stream) {
      yield* take(rest.length === 0 ? buffer : Buffer.concat([rest, buffer]));
      if (rest.length > LONGEST_LINE) {
        const content = rest.toString('utf8', 0, 200);
        rest = Buffer.alloc(0);
        broken = {
          kind: 'unopened',
          place,
          line: number,
          message: `line ${number} is longer than 1 MiB, so this is not flow-log text: check what the file is`,
          content,
        };
        break;
      }
    }
  } catch (error) {
    // what ends in the middle of a line is not a line: the broken rest is kept in the reject, not taken for a record
    const kept = rest.length > 0 && !isAfterEnd(error);
    const content = kept ? rest.toString('utf8') : undefined;
    if (kept) rest = Buffer.alloc(0);
    broken = { kind: 'unopened', place, line: number, message: describeBreak(error, `, in line ${number}`), content };
  }
  if (rest.length > 0) yield* take(Buffer.concat([rest, Buffer.from('\n')]));
  const last = chunk();
  if (last !== undefined) yield last;
  if (broken !== undefined) yield broken;
}
