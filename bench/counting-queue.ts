/** A queue in memory that counts what SQS would bill. */

/** A request is billed for each 64 KB of its payload. */
const BILLED_BYTES = 64 * 1_024;

/** Messages that one receive, and one delete, takes. */
const AT_ONCE = 10;

/** Bytes that Lambda hands to one invocation at most. */
const INVOCATION_BYTES = 6 * 1_024 * 1_024;

/** What is billed, by action. */
export interface QueueRequests {
  send: number;
  receive: number;
  delete: number;
}

/** Messages on their way, and their requests. */
export interface CountingQueue {
  readonly requests: QueueRequests;
  send(message: string): void;
  /** All that waits, in as many invocations as Lambda makes of it: `most` messages each, over so many pollers. */
  drain(most: number, pollers: number): readonly (readonly string[])[];
}

/** An empty queue. */
export function countingQueue(): CountingQueue {
  const requests: QueueRequests = { send: 0, receive: 0, delete: 0 };
  let waiting: string[] = [];
  return {
    requests,
    send(message) {
      requests.send += billed(message.length);
      waiting.push(message);
    },
    drain(most, pollers) {
      const messages = waiting;
      waiting = [];
      const share = Math.ceil(messages.length / pollers);
      const invocations: string[][] = [];
      for (let from = 0; from < messages.length; from += share) {
        invocations.push(...cut(messages.slice(from, from + share), most));
      }
      for (const each of invocations) {
        for (let at = 0; at < each.length; at += AT_ONCE) {
          const bytes = each.slice(at, at + AT_ONCE).reduce((sum, { length }) => sum + length, 0);
          requests.receive += billed(bytes);
          requests.delete += 1;
        }
      }
      return invocations;
    },
  };
}

function billed(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BILLED_BYTES));
}

/** Messages as invocations get them. */
function cut(messages: readonly string[], most: number): readonly string[][] {
  const parts: string[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const last = parts.at(-1);
    if (last === undefined || last.length === most || bytes + message.length > INVOCATION_BYTES) {
      parts.push([message]);
      bytes = 0;
    } else last.push(message);
    bytes += message.length;
  }
  return parts;
}
