/** Messages put together as one call of SNS takes them. */
import { messageBytes, MOST_MESSAGE_BYTES, type TopicMessage } from './message.ts';

/** Messages of one call. */
const MOST_ENTRIES = 10;

/** Batches of at most ten messages and 262,144 bytes, in the order of the messages. */
export function planBatches<T extends TopicMessage>(messages: readonly T[]): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = messageBytes(message);
    const last = batches.at(-1);
    if (last === undefined || last.length === MOST_ENTRIES || bytes + size > MOST_MESSAGE_BYTES) {
      batches.push([message]);
      bytes = size;
    } else {
      last.push(message);
      bytes += size;
    }
  }
  return batches;
}
