/** A delivery to columns: finds the lines and their format, and keeps what can't be read with the reason. */
import type { Arrival, CloudWatchDelivery, TextDelivery, Unopened } from '../envelope/delivery.ts';
import { finishIdentity, objectIdentity, startCloudWatchIdentity, textIdentity } from '../envelope/identity.ts';
import { ownerOfPath } from '../envelope/object-path.ts';
import { BatchBuilder, type BuildOptions } from './builder.ts';
import type { ColumnBatch, DecodedDelivery, Reject, Source } from './columns.ts';
import { ASSUMED_FORMAT, DEFAULT_FORMAT, parseFormat, type Format } from './format.ts';
import { parseLine } from './parse.ts';
import { scanEvents, scanHead, type MessageHead } from './scan.ts';

/** Which formats lines may have, strongest first: a header in the text, what the user said, what the configuration says. */
export interface FormatChoice {
  /** The user's word for everything that has no header. */
  readonly given: Format | undefined;
  /** The configuration's word for a log group: one format, or several that share the group. */
  readonly ofLogGroup: (logGroup: string) => readonly Format[] | undefined;
}

/** What decoding depends on beside the delivery. */
export interface DecodeOptions extends BuildOptions {
  readonly formats: FormatChoice;
  /** The region of log groups, which their messages do not tell; undefined where it is not known. */
  readonly region?: string | undefined;
}

/** What arrived, read. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly delivery: DecodedDelivery }
  /** CloudWatch Logs only tested the subscription. */
  | { readonly kind: 'control' }
  /** It is not what it should be; what there is of it is kept as the delivery's only reject. */
  | { readonly kind: 'malformed'; readonly reason: string; readonly delivery: DecodedDelivery };

/** Reads what arrived. Never throws on bad data. */
export function decodeDelivery(arrival: Arrival, options: DecodeOptions): Decoded {
  switch (arrival.kind) {
    case 'cloudwatch':
      return decodeCloudWatch(arrival, options);
    case 'text':
      return { kind: 'decoded', delivery: decodeText(arrival, options) };
    case 'unopened':
      return malformed(arrival);
  }
}

const NEWLINE = 0x0a;

const UNKNOWN_SOURCE: Source = { account: null, region: null, name: null };

/** Of a message that can't be read, this many bytes are kept. */
const KEPT = 65_536;

const DEFAULT_ONLY: readonly Format[] = [ASSUMED_FORMAT];

function decodeCloudWatch(delivery: CloudWatchDelivery, options: DecodeOptions): Decoded {
  const { json } = delivery;
  const head = scanHead(json);
  if (head !== undefined && head.messageType === 'DATA_MESSAGE') {
    const formats = formatsOf(head.logGroup, options);
    const lines = new LineReader(formats, options, delivery.place || placeOf(head.logGroup, head.logStream));
    const identity = startCloudWatchIdentity(head.owner, head.logGroup, head.logStream);
    const add = lines.add.bind(lines);
    if (lines.only !== undefined && scanEvents(json, head.events, lines.only, add, identity)) {
      const id = finishIdentity(identity);
      return { kind: 'decoded', delivery: lines.finish(id, sourceOf(head, options)) };
    }
  }
  return decodeCloudWatchSlowly(delivery, options);
}

/** The way for everything that the scanner does not take: other key orders, escapes, `extractedFields`, several formats. */
function decodeCloudWatchSlowly(delivery: CloudWatchDelivery, options: DecodeOptions): Decoded {
  const broken = (reason: string): Decoded =>
    malformed({
      place: delivery.place || 'a CloudWatch Logs subscription',
      message: reason,
      content: delivery.json.toString('utf8', 0, KEPT),
    });
  let message: unknown;
  try {
    message = JSON.parse(delivery.json.toString('utf8'));
  } catch (error) {
    return broken(`the JSON can't be read (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!isObject(message)) return broken('the message is no JSON object');
  if (message['messageType'] === 'CONTROL_MESSAGE') return { kind: 'control' };
  if (message['messageType'] !== 'DATA_MESSAGE') {
    return broken(`its messageType is \`${String(message['messageType'])}\`, not DATA_MESSAGE or CONTROL_MESSAGE`);
  }
  const events = message['logEvents'];
  if (!Array.isArray(events)) return broken('it has no `logEvents`');
  const [owner, logGroup, logStream] = ['owner', 'logGroup', 'logStream'].map((key) => text(message[key]));
  const place = delivery.place || placeOf(logGroup!, logStream!);
  const lines = new LineReader(formatsOf(logGroup!, options), options, place);
  const identity = startCloudWatchIdentity(owner!, logGroup!, logStream!);
  for (const [index, event] of events.entries()) {
    const line = isObject(event) ? event['message'] : undefined;
    if (typeof line !== 'string') {
      lines.reject(JSON.stringify(event), 'the log event has no `message`', index + 1);
      identity.update(`${JSON.stringify(event)}\n`);
      continue;
    }
    const { id, timestamp } = event as Record<string, unknown>;
    identity.update(`${typeof id === 'string' ? id : line}\n`);
    lines.add(line, index + 1, typeof timestamp === 'number' ? timestamp : undefined);
  }
  return {
    kind: 'decoded',
    delivery: lines.finish(finishIdentity(identity), sourceOf({ owner: owner!, logGroup: logGroup! }, options)),
  };
}

function decodeText(delivery: TextDelivery, options: DecodeOptions): DecodedDelivery {
  const { lines: buffer, header, firstLine, place, origin } = delivery;
  const parsed = header === undefined ? undefined : parseFormat(header);
  const format = parsed !== undefined && !('kind' in parsed) ? parsed : undefined;
  const unreadable = parsed !== undefined && 'kind' in parsed ? parsed.message : undefined;
  const lines = new LineReader(format === undefined ? formatsOf('', options) : [format], options, place);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const plain = unreadable === undefined ? lines.only : undefined;
  let number = firstLine;
  for (let from = 0; from < buffer.length; number++) {
    let end = plain === undefined ? -1 : plain.scanLine(buffer, view, from, NEWLINE, undefined);
    if (end < 0) {
      const found = buffer.indexOf(NEWLINE, from);
      end = found < 0 ? buffer.length : found;
      const line = buffer.toString('utf8', from, end);
      if (line.trim() !== '') {
        if (unreadable === undefined) lines.add(line, number, undefined);
        else lines.reject(line, unreadable, number);
      }
    }
    from = end + 1;
  }
  const identityFormat = header ?? options.formats.given?.text ?? DEFAULT_FORMAT.text;
  const id = origin === undefined ? textIdentity(identityFormat, buffer) : objectIdentity(origin);
  return lines.finish(id, { ...(ownerOfPath(place) ?? UNKNOWN_SOURCE), name: origin?.bucket ?? null });
}

/** Builders that were used, one a format: decoding is synchronous, so one delivery at a time has them. */
const builders = new WeakMap<Format, BatchBuilder>();

function builderOf(format: Format, options: BuildOptions): BatchBuilder {
  let builder = builders.get(format);
  if (builder === undefined) builders.set(format, (builder = new BatchBuilder(format, options)));
  builder.start(options);
  return builder;
}

/** Turns lines of one delivery into batches, one a format, and rejects. */
class LineReader {
  /** The only format's builder, where there is just one: it may be given plain lines directly. */
  readonly only: BatchBuilder | undefined;
  readonly #builders: readonly BatchBuilder[];
  readonly #place: string;
  readonly #rejects: Reject[] = [];

  constructor(formats: readonly Format[], options: BuildOptions, place: string) {
    this.#builders = formats.map((format) => builderOf(format, options));
    this.only = this.#builders.length === 1 ? this.#builders[0] : undefined;
    this.#place = place;
  }

  /** Takes any line: as a record of the one format that it fits, else as a reject. */
  add(line: string, number: number, timestamp: number | undefined): void {
    const reason = this.only === undefined ? this.#addToFitting(line, timestamp) : this.only.addLine(line, timestamp);
    if (reason === undefined) return;
    // a line that fits, but has no place in time, is not one of another format
    const misfits = this.only?.format === ASSUMED_FORMAT && parseLine(ASSUMED_FORMAT, line).kind === 'unreadable';
    this.reject(line, misfits ? withHint(reason, line) : reason, number);
  }

  /** Keeps a line that can't be read. */
  reject(line: string, reason: string, number: number): void {
    this.#rejects.push({ line: line.replace(/\r$/, ''), reason, source: this.#place, number });
  }

  finish(id: string, source: Source): DecodedDelivery {
    const batches = this.#builders.map((builder) => builder.finish()).filter((batch) => batch !== undefined);
    return { id, source, batches: batches.map(asDefault), rejects: this.#rejects };
  }

  /** Several formats share the group: a line belongs to the one it fits, and to none if it fits two. */
  #addToFitting(line: string, timestamp: number | undefined): string | undefined {
    const fitting = this.#builders.filter((builder) => parseLine(builder.format, line).kind === 'record');
    const [builder, other] = fitting;
    if (builder === undefined) {
      const lengths = this.#builders.map((each) => each.format.fields.length).join(' or ');
      return `it fits none of the ${this.#builders.length} formats of its log group (${lengths} fields): ${this.#builders[0]!.addLine(line, timestamp)}`;
    }
    if (other !== undefined) {
      return 'it fits more than one of the formats of its log group, so nothing tells which: give each flow log a group of its own';
    }
    return builder.addLine(line, timestamp);
  }
}

/** Says that the format was only assumed, and what to do about a line that the assumption alone keeps out. */
function withHint(reason: string, line: string): string {
  const fits = parseLine(DEFAULT_FORMAT, line).kind === 'record';
  const advice = fits ? '; if that is its format all the same, `--format default` reads it' : '';
  return `${reason} (no format is known for this line: read as the default one${advice})`;
}

/** A batch read under the assumed format has the default format from here on. */
function asDefault(batch: ColumnBatch): ColumnBatch {
  return batch.format === ASSUMED_FORMAT ? { ...batch, format: DEFAULT_FORMAT } : batch;
}

function formatsOf(logGroup: string, { formats }: DecodeOptions): readonly Format[] {
  if (formats.given !== undefined) return [formats.given];
  return (logGroup === '' ? undefined : formats.ofLogGroup(logGroup)) ?? DEFAULT_ONLY;
}

function sourceOf(head: Pick<MessageHead, 'owner' | 'logGroup'>, options: DecodeOptions): Source {
  const { owner, logGroup } = head;
  const region = options.region ?? null;
  return { account: owner === '' ? null : owner, region, name: logGroup === '' ? null : logGroup };
}

/** Where lines of CloudWatch Logs stand. */
function placeOf(logGroup: string, logStream: string): string {
  return `${logGroup} ${logStream}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

type Malformed = Pick<Unopened, 'place' | 'message' | 'content'> & Partial<Pick<Unopened, 'line'>>;

/** Always a reject, so that it is counted and quarantined also where nothing of it can be kept. */
function malformed({ place, message, content, line = 1 }: Malformed): Decoded {
  const rejects = [{ line: content ?? '', reason: message, source: place, number: line }];
  const id = textIdentity('unopened', Buffer.from(content ?? `${place} ${message}`));
  return { kind: 'malformed', reason: message, delivery: { id, source: UNKNOWN_SOURCE, batches: [], rejects } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
