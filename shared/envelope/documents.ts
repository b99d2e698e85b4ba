/** JSON as a stream: cuts one document after another out of it, whatever stands between them. */

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const STRAY = -1;

/** A document's bytes, or bytes between documents that are no JSON. */
export interface CutDocument {
  /**
   * A document with a top-level array `events` comes in parts: its `opening` up to that array, each `element`, and last
   * the `document` with the array left empty.
   */
  readonly kind: 'document' | 'stray' | 'opening' | 'element';
  readonly bytes: Buffer;
  /** 1-based line on which it starts. */
  readonly line: number;
  /** True where the stream ended inside it. */
  readonly unfinished: boolean;
}

/**
 * Cuts a stream into top-level JSON objects: pretty-printed, one a line, run together, or the elements of an array.
 * Bytes between objects other than white space, commas and the array's brackets come back as stray, up to their line's end,
 * so that one bad line costs only itself. Memory is bounded by the largest document, without its `events`.
 */
export async function* cutDocuments(stream: AsyncIterable<Buffer>): AsyncGenerator<CutDocument> {
  /** What earlier buffers hold of the document (or stray bytes) that is still open. */
  let pieces: Buffer[] = [];
  let line = 1;
  let startLine = 1;
  /** Depth of nesting within the document; 0 between documents; {@link STRAY} within stray bytes. */
  let depth = 0;
  /** The document around the array whose elements are being cut; undefined outside of such an array. */
  let shell: { readonly pieces: Buffer[]; readonly line: number } | undefined;
  /** Whether an element is open. */
  let inElement = false;
  let inText = false;
  let escaped = false;

  function cut(kind: CutDocument['kind'], tail: Buffer, unfinished: boolean): CutDocument {
    const bytes = pieces.length === 0 ? tail : Buffer.concat([...pieces, tail]);
    pieces = [];
    return { kind, bytes, line: startLine, unfinished };
  }

  function openElement(at: number): number {
    inElement = true;
    startLine = line;
    return at;
  }

  function cutElement(tail: Buffer): CutDocument {
    inElement = false;
    return cut('element', tail, false);
  }

  function* take(buffer: Buffer): Generator<CutDocument> {
    let begin = 0;
    for (let at = 0; at < buffer.length; at++) {
      const byte = buffer[at]!;
      if (byte === NEWLINE) line++;
      if (depth === STRAY) {
        if (byte !== NEWLINE) continue;
        yield cut('stray', buffer.subarray(begin, at), false);
        depth = 0;
      } else if (depth === 0) {
        if (isBetween(byte)) continue;
        begin = at;
        startLine = line;
        depth = byte === OPEN_BRACE ? 1 : STRAY;
      } else if (shell !== undefined && depth === 2 && !inText && (byte === CLOSE_BRACKET || isBetween(byte))) {
        // between elements, or behind one that is no object
        if (byte === OPEN_BRACKET) {
          if (!inElement) begin = openElement(at);
          depth++;
          continue;
        }
        if (inElement) yield cutElement(buffer.subarray(begin, at));
        if (byte !== CLOSE_BRACKET) continue;
        ({ pieces, line: startLine } = shell);
        shell = undefined;
        begin = at;
        depth = 1;
      } else if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
      } else {
        if (shell !== undefined && !inElement) begin = openElement(at);
        if (byte === QUOTE) inText = true;
        else if (byte === OPEN_BRACKET && depth === 1 && isEventsKey(pieces, buffer.subarray(begin, at))) {
          pieces.push(buffer.subarray(begin, at + 1));
          yield { kind: 'opening', bytes: Buffer.concat(pieces), line: startLine, unfinished: false };
          shell = { pieces, line: startLine };
          pieces = [];
          depth = 2;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
        else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
        if (depth === 0) yield cut('document', buffer.subarray(begin, at + 1), false);
        else if (depth === 2 && inElement && byte === CLOSE_BRACE) yield cutElement(buffer.subarray(begin, at + 1));
      }
    }
    if (depth !== 0 && (shell === undefined || inElement)) pieces.push(buffer.subarray(begin));
  }

  let broken: unknown;
  try {
    for await (const buffer of stream) yield* take(buffer);
  } catch (error) {
    broken = error;
  }
  if (shell !== undefined && !inElement) ({ pieces, line: startLine } = shell);
  if (pieces.length > 0) {
    const unfinished = depth !== STRAY || broken !== undefined;
    yield cut(depth === STRAY ? 'stray' : 'document', Buffer.alloc(0), unfinished);
  }
  if (broken !== undefined) throw broken;
}

/** Longest text looked at for a key: what stands between a key and its value is short. */
const KEY_BYTES = 64;

/** Whether a document's bytes so far, in pieces and `tail`, end with the key `events`. */
function isEventsKey(pieces: readonly Buffer[], tail: Buffer): boolean {
  let end: Buffer = tail.subarray(-KEY_BYTES);
  for (let i = pieces.length - 1; i >= 0 && end.length < KEY_BYTES; i--) end = Buffer.concat([pieces[i]!, end]);
  return /[{,]\s*"events"\s*:\s*$/.test(end.subarray(-KEY_BYTES).toString('latin1'));
}

/** White space, a comma, or a bracket of an array around the documents. */
function isBetween(byte: number): boolean {
  return (
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c || byte === 0x5b || byte === 0x5d
  );
}
