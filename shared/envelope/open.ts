/** Any input to deliveries: looks at the first bytes, undoes compression, and hands on what is inside. */
import { Readable } from 'node:stream';
import { describeBreak, isDamage } from './break.ts';
import type { Delivery, Unopened } from './delivery.ts';
import { gunzip, isGzip, isZstd, unzstd } from './decompress.ts';
import { ExportedEvents } from './export.ts';
import { cutDocuments, type CutDocument } from './documents.ts';
import { CHUNK_LINES, readLines, type LineOptions } from './lines.ts';
import { readParquet } from './parquet.ts';
import { openSubscription } from './subscription.ts';

/** How inputs are opened. */
export type OpenOptions = LineOptions;

/**
 * Opens one input of any kind the field uses: CloudWatch Logs events as Lambda gets them, decoded or exported;
 * flow-log text, plain or compressed; Firehose's JSON lines; S3-delivered Parquet. Reads as a stream:
 * memory is bounded by one chunk or one event (Parquet, which is read from its end, is held whole).
 */
export async function* openInput(
  stream: AsyncIterable<Uint8Array>,
  place: string,
  options: OpenOptions,
): AsyncGenerator<Delivery | Unopened> {
  const peeked = await peek(stream).catch((error: unknown) => {
    if (isDamage(error)) return unopened(place, 1, describeBreak(error, ' at its very beginning'));
    throw error;
  });
  if ('kind' in peeked) {
    yield peeked;
    return;
  }
  const { head, all } = peeked;
  if (head.length === 0) return;
  if (isGzip(head)) {
    yield* openInput(gunzip(all), place, options);
  } else if (isZstd(head)) {
    yield* openInput(unzstd(all), place, options);
  } else if (head.toString('latin1', 0, 4) === 'PAR1') {
    yield* readParquet(all, place);
  } else if (/^\s*[[{]/.test(head.toString('utf8'))) {
    yield* readDocuments(all, place, options);
  } else if (head.includes(0)) {
    yield unopened(place, 1, 'it is neither flow-log text, JSON, gzip, zstd nor Parquet: check what the file is');
  } else {
    yield* readLines(all, place, options);
  }
}

/** Whether bytes begin with UTF-8's byte order mark, which says nothing and is part of no kind of input. */
function hasMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/**
 * The first bytes of a stream (at least 4, fewer only padded where it is shorter), and the whole stream, both without
 * a byte order mark.
 */
async function peek(stream: AsyncIterable<Uint8Array>): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = stream[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let length = 0;
  let error: unknown;
  while (length < 512) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await iterator.next();
    } catch (thrown) {
      // what came before the break is still read; the break is met again where it stands
      error = thrown;
      break;
    }
    if (next.done === true) break;
    held.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
    length += next.value.byteLength;
  }
  const whole = Buffer.concat(held);
  const start = hasMark(whole) ? whole.subarray(3) : whole;
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield start;
      if (error !== undefined) throw error;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
      }
    } finally {
      await iterator.return?.();
    }
  }
  const head = start.subarray(0, 512);
  const padded = head.length > 0 && head.length < 4 ? Buffer.concat([head, Buffer.from('\n\n\n')]) : head;
  if (head.length === 0 && error !== undefined) throw error;
  return { head: padded, all: all() };
}

async function* readDocuments(
  stream: AsyncIterable<Buffer>,
  place: string,
  options: OpenOptions,
): AsyncGenerator<Delivery | Unopened> {
  const wrapped: { lines: string[]; firstLine: number } = { lines: [], firstLine: 1 };
  async function* flush(): AsyncGenerator<Delivery | Unopened> {
    if (wrapped.lines.length === 0) return;
    const text = Buffer.from(wrapped.lines.map((line) => `${line}\n`).join(''));
    wrapped.lines = [];
    for await (const item of readLines(Readable.from([text]), place, options)) {
      yield item.kind === 'text' ? { ...item, firstLine: item.firstLine + wrapped.firstLine - 1 } : item;
    }
  }
  let exported: ExportedEvents | undefined;
  function* release(): Generator<Delivery> {
    for (const delivery of exported?.take() ?? []) yield { ...delivery, place: placeOf(place, ++documents) };
  }
  let documents = 0;
  let line = 1;
  try {
    for await (const document of cutDocuments(stream)) {
      line = document.line;
      if (document.kind === 'opening') {
        yield* flush();
        exported ??= new ExportedEvents(document.bytes);
        continue;
      }
      if (document.kind === 'element' && exported !== undefined) {
        const event = parseDocument(document, placeOf(place, documents + 1));
        if (event.kind === 'unopened') yield event;
        else exported.add(event.value);
        if (exported.full) yield* release();
        continue;
      }
      if (exported !== undefined) {
        yield* release();
        exported = undefined;
        const rest = parseDocument(document, placeOf(place, documents));
        if (rest.kind === 'unopened') yield rest;
        continue;
      }
      documents++;
      const opened = openDocument(document, place, documents);
      if (opened.kind === 'message') {
        const gap = document.line - wrapped.firstLine - wrapped.lines.length;
        if (gap > CHUNK_LINES) yield* flush();
        if (wrapped.lines.length === 0) wrapped.firstLine = document.line;
        // a message stands in the line in which its document starts; documents that share a line are counted on
        while (wrapped.firstLine + wrapped.lines.length < document.line) wrapped.lines.push('');
        wrapped.lines.push(...opened.lines);
        // a stable cut, as for plain text: 50,000 messages a chunk
        if (wrapped.lines.length >= CHUNK_LINES) yield* flush();
        continue;
      }
      yield* flush();
      yield opened;
    }
  } catch (error) {
    yield* flush();
    yield* release();
    yield unopened(place, line, describeBreak(error, ''));
  }
  yield* flush();
}

type Opened = Delivery | Unopened | { readonly kind: 'message'; readonly lines: readonly string[] };

/** Where the nth delivery of a place was found. */
function placeOf(place: string, nth: number): string {
  return nth <= 1 ? place : `${place}#${nth}`;
}

function openDocument(document: CutDocument, place: string, nth: number): Opened {
  const where = placeOf(place, nth);
  const { bytes, kind, unfinished } = document;
  if (kind !== 'stray' && !unfinished && bytes.toString('latin1', 0, 16) === '{"messageType":"') {
    return { kind: 'cloudwatch', json: bytes, place: where };
  }
  const parsed = parseDocument(document, where);
  return parsed.kind === 'unopened' ? parsed : openEvent(parsed.value, where, document);
}

function parseDocument(document: CutDocument, place: string): Unopened | { kind: 'json'; value: unknown } {
  const { bytes, line } = document;
  if (document.kind === 'stray') return unopened(place, line, `line ${line} is not JSON, though the file is`, bytes);
  if (document.unfinished) {
    return unopened(place, line, `the JSON that starts in line ${line} ends too early: fetch the file again`, bytes);
  }
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return unopened(place, line, `the JSON that starts in line ${line} can't be read (${reason})`, bytes);
  }
}

/** A parsed JSON document as what it is: one of CloudWatch Logs' shapes, or Firehose's wrapping of one line. */
function openEvent(value: unknown, place: string, { bytes, line }: CutDocument): Opened {
  if (isObject(value)) {
    if (isObject(value['awslogs']) && typeof value['awslogs']['data'] === 'string') {
      return openSubscription(value['awslogs']['data'], place, line);
    }
    if (typeof value['messageType'] === 'string') return { kind: 'cloudwatch', json: bytes, place };
    if (typeof value['message'] === 'string') {
      return { kind: 'message', lines: value['message'].replace(/\r?\n$/, '').split('\n') };
    }
  }
  return unopened(
    place,
    line,
    'this JSON is no CloudWatch Logs event (`awslogs.data`, or `messageType` with `logEvents`), no export (`events`) and no wrapped line (`message`): check what the file is',
    bytes,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Rejected input is kept whole up to here. */
const KEPT = 65_536;

function unopened(place: string, line: number, message: string, bytes?: Buffer): Unopened {
  return { kind: 'unopened', place, line, message, content: bytes?.toString('utf8', 0, KEPT) };
}
