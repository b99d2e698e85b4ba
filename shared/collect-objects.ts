/** Flow logs that lie in S3, as messages name them: rules at once, and the lake, whatever the objects' size. */
import { tryDecode, type FailedMessage, type ReceivedMessage } from './archive-messages.ts';
import {
  Archiver,
  EncodingFailure,
  NOTHING,
  OBJECT_LINES,
  sumOfArchived,
  type Archived,
  type Keeping,
} from './archiver.ts';
import type { BucketSource } from './config/config.ts';
import type { Arrival } from './envelope/delivery.ts';
import { readObject } from './envelope/object-lines.ts';
import { parseObjectMessage, type GoneObject, type ObjectName, type OpenObject } from './envelope/object-message.ts';
import { holdsNothing } from './envelope/object-path.ts';
import type { Decoded } from './flow/decode.ts';
import { parseHeader } from './flow/format.ts';
import { collect, type Pipeline } from './pipeline.ts';

/** What collecting works with, beside the pipeline. */
export interface CollectOptions {
  readonly open: OpenObject;
  /** The configuration's sources: they say what is not archived. */
  readonly sources: readonly BucketSource[];
  /** Lines held in memory at once, and to an object of the lake. */
  readonly objectLines?: number;
}

/** What became of the messages. */
export interface CollectedMessages {
  readonly archived: Archived;
  readonly failed: readonly FailedMessage[];
  /** Objects that were deleted before they could be read: nothing can be done about them any more. */
  readonly gone: readonly (ObjectName & Pick<GoneObject, 'message'>)[];
  /** New alerts. */
  readonly alerts: number;
}

/**
 * Reads the objects that the messages name, one after the other. A message that can't be read, or names an object that
 * can't, fails alone, as one does whose records can't be encoded; where the lake can't be written, all fail, and what is
 * repeated carries the same batch ids.
 */
export async function collectObjects(
  messages: Iterable<ReceivedMessage>,
  pipeline: Pipeline,
  options: CollectOptions,
): Promise<CollectedMessages> {
  const all = [...messages];
  try {
    return await collectTogether(all, pipeline, options);
  } catch (error) {
    if (!(error instanceof EncodingFailure)) throw error;
    const [first, ...others] = all;
    if (first !== undefined && others.length === 0) {
      return { ...NOTHING_COLLECTED, failed: [{ id: first.id, reason: error.message }] };
    }
  }
  // one of them spoils the object of all: each by itself tells which
  let sum = NOTHING_COLLECTED;
  for (const message of all) sum = sumOfCollected(sum, await collectObjects([message], pipeline, options));
  return sum;
}

const NOTHING_COLLECTED: CollectedMessages = { archived: NOTHING, failed: [], gone: [], alerts: 0 };

function sumOfCollected(a: CollectedMessages, b: CollectedMessages): CollectedMessages {
  return {
    archived: sumOfArchived(a.archived, b.archived),
    failed: [...a.failed, ...b.failed],
    gone: [...a.gone, ...b.gone],
    alerts: a.alerts + b.alerts,
  };
}

async function collectTogether(
  messages: readonly ReceivedMessage[],
  pipeline: Pipeline,
  options: CollectOptions,
): Promise<CollectedMessages> {
  const run: Run = {
    pipeline,
    options,
    archiver: new Archiver(pipeline, options.objectLines ?? OBJECT_LINES),
    gone: [],
    alerts: 0,
  };
  const failed: FailedMessage[] = [];
  for (const { id, body } of messages) {
    const message = parseObjectMessage(body);
    if (message.kind === 'bad') failed.push({ id, reason: message.reason });
    else {
      for (const object of message.objects) {
        const reason = holdsNothing(object.key, object.size) ? undefined : await collectObject(object, run);
        if (reason === undefined) continue;
        failed.push({ id, reason });
        break;
      }
    }
  }
  return { archived: await run.archiver.finish(), failed, gone: run.gone, alerts: run.alerts };
}

interface Run {
  readonly pipeline: Pipeline;
  readonly options: CollectOptions;
  readonly archiver: Archiver;
  readonly gone: (ObjectName & Pick<GoneObject, 'message'>)[];
  alerts: number;
}

/** Collects one object; why it can't be read, if so. Throws where the lake fails. */
async function collectObject(object: ObjectName, run: Run): Promise<string | undefined> {
  const { pipeline, options, archiver } = run;
  const keeping = keepingOf(object, options.sources);
  const reading = readChunks(object, options.open);
  try {
    for (let isFirst = true; ; isFirst = false) {
      // what fails here is this object's; what fails further down is the lake's
      const next = await reading.next().catch((error: unknown): BrokenObject => ({ broken: messageOf(error) }));
      if ('broken' in next) return next.broken;
      if (next.done === true) {
        if (next.value !== undefined) run.gone.push({ ...object, message: next.value.message });
        return undefined;
      }
      const arrival = next.value;
      const decoded = tryDecode(() => pipeline.decode(arrival));
      if (decoded.kind === 'bad') return decoded.reason;
      const isForeign = isFirst && isNoFlowLog(arrival, decoded);
      const read = isForeign ? pipeline.decode(noFlowLog(arrival)) : decoded;
      run.alerts += (await collect(read, pipeline, archiver, keeping)).length;
      if (isForeign) return undefined;
    }
  } finally {
    await reading.return(undefined);
  }
}

interface BrokenObject {
  readonly broken: string;
}

async function* readChunks(object: ObjectName, open: OpenObject): AsyncGenerator<Arrival, GoneObject | undefined> {
  const opened = await open(object);
  if (opened.kind === 'gone') return opened;
  yield* readObject(object, opened, { isHeader: (line) => parseHeader(line) !== undefined });
  return undefined;
}

/** The source with the longest prefix decides; what no source names (a backfill's object) is archived. */
function keepingOf({ bucket, key }: ObjectName, sources: readonly BucketSource[]): Keeping {
  const [source] = sources
    .filter((each) => each.bucket === bucket && key.startsWith(each.prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return source?.archive === false ? 'elsewhere' : 'archived';
}

/** So many lines without a record among them are no flow log with a mistake in it. */
const FOREIGN_LINES = 1000;

/** Whether an object that starts so is something else: it is quarantined as one line, not line by line. */
function isNoFlowLog(arrival: Arrival, decoded: Decoded): boolean {
  if (arrival.kind !== 'text' || decoded.kind !== 'decoded') return false;
  return decoded.delivery.batches.length === 0 && decoded.delivery.rejects.length >= FOREIGN_LINES;
}

/** Of an object that is no flow log, this many bytes are kept. */
const KEPT = 4096;

function noFlowLog(arrival: Arrival): Arrival {
  const message = `none of its first ${FOREIGN_LINES} lines is a flow log's record: it stays where it is; deliver flow logs to a prefix of their own`;
  const content = arrival.kind === 'text' ? `${arrival.place}\n${arrival.lines.toString('utf8', 0, KEPT)}` : undefined;
  return { kind: 'unopened', place: arrival.place, line: 1, message, content };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
