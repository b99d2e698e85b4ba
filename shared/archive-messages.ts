/** The queue's messages, many at once, into the lake: what can't be opened fails alone. */
import { Archiver, EncodingFailure, NOTHING, OBJECT_LINES, sumOfArchived, type Archived } from './archiver.ts';
import { openBatchMessage } from './envelope/parked.ts';
import type { Decoded } from './flow/decode.ts';
import type { Pipeline } from './pipeline.ts';
import type { ObjectStore } from './ports.ts';

/** A message as a queue hands it over. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly received?: number | undefined;
}

/** A message that is to come again, and in the end to lie with the dead letters. */
export interface FailedMessage {
  readonly id: string;
  /** Quotes nothing of its content. */
  readonly reason: string;
}

/** What became of the messages: those that did not fail are archived. */
export interface ArchivedMessages {
  readonly archived: Archived;
  readonly failed: readonly FailedMessage[];
}

/** An invocation's messages have six megabytes, some 200,000 records: only parked batches make it more than one object. */
const MOST_LINES = 4 * OBJECT_LINES;

/**
 * Archives the messages' batches; those that were too large for the queue lie in `transit`. Each is decompressed and read
 * before the next, so that only columns are held. Throws, for all messages, where a store fails.
 */
export async function archiveMessages(
  messages: readonly ReceivedMessage[],
  pipeline: Pipeline,
  transit: ObjectStore,
): Promise<ArchivedMessages> {
  try {
    return await archiveTogether(messages, pipeline, transit);
  } catch (error) {
    if (!(error instanceof EncodingFailure)) throw error;
    if (messages.length === 1) return { archived: NOTHING, failed: [{ id: messages[0]!.id, reason: error.message }] };
  }
  // one of them spoils the object of all: halves of halves tell which
  const middle = Math.ceil(messages.length / 2);
  const first = await archiveMessages(messages.slice(0, middle), pipeline, transit);
  const second = await archiveMessages(messages.slice(middle), pipeline, transit);
  return {
    archived: sumOfArchived(first.archived, second.archived),
    failed: [...first.failed, ...second.failed],
  };
}

async function archiveTogether(
  messages: readonly ReceivedMessage[],
  pipeline: Pipeline,
  transit: ObjectStore,
): Promise<ArchivedMessages> {
  const archiver = new Archiver(pipeline, MOST_LINES);
  const failed: FailedMessage[] = [];
  for (const { id, body } of messages) {
    const opened = await openBatchMessage(body, transit);
    const decoded = opened.kind === 'bad' ? opened : tryDecode(() => pipeline.decode(opened));
    if (decoded.kind === 'bad') failed.push({ id, reason: decoded.reason });
    else if (decoded.kind !== 'control') await archiver.add(decoded);
  }
  return { archived: await archiver.finish(), failed };
}

/** Bad data never throws: what does is a mistake in the program, which must not keep others from the lake. */
export function tryDecode(decode: () => Decoded): Decoded | { readonly kind: 'bad'; readonly reason: string } {
  try {
    return decode();
  } catch (error) {
    return { kind: 'bad', reason: `reading it failed (${error instanceof Error ? error.message : String(error)})` };
  }
}
