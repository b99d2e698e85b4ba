/** Messages between detection and archiving: a delivery as CloudWatch Logs packed it, or where it is parked. */
import { gzipSync } from 'node:zlib';
import type { Arrival } from './delivery.ts';

const SCHEMA = 'sekisho.batch/1';

/** A queued batch. */
export type BatchMessage =
  /** Base64 of gzip, as it came; what was broken on arrival still is. */
  | { readonly kind: 'packed'; readonly packed: string }
  /** The key of an object that holds the same text: it was too large for a message. */
  | { readonly kind: 'parked'; readonly key: string };

/** A text that is no message of its kind, and why; the reason quotes nothing of it. */
export interface BadMessage {
  readonly kind: 'bad';
  readonly reason: string;
}

/** Parked batches have keys that start so. */
export const PARKED = 'parked/';

/** The message as text. It is plain ASCII: a queue refuses some characters, and counts bytes. */
export function encodeBatchMessage(message: BatchMessage): string {
  const said = message.kind === 'packed' ? { cloudwatch: message.packed } : { parked: message.key };
  const text = JSON.stringify({ schema: SCHEMA, ...said });
  return text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Reads a message's text. */
export function decodeBatchMessage(text: string): BatchMessage | BadMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'bad', reason: 'the message is not JSON' };
  }
  const { schema, cloudwatch, parked } = Object(value) as Record<string, unknown>;
  if (schema !== SCHEMA) return { kind: 'bad', reason: `the message's schema is not \`${SCHEMA}\`` };
  if (typeof cloudwatch === 'string') return { kind: 'packed', packed: cloudwatch };
  if (typeof parked !== 'string') return { kind: 'bad', reason: 'the message has neither `cloudwatch` nor `parked`' };
  const isKey = parked.startsWith(PARKED) && !parked.split('/').some((part) => ['', '.', '..'].includes(part));
  return isKey
    ? { kind: 'parked', key: parked }
    : { kind: 'bad', reason: `\`parked\` is no key of a parked batch: it starts with \`${PARKED}\`` };
}

/** A delivery as a message carries it. Throws for lines of files: they are archived where they are read. */
export function packArrival(arrival: Arrival): string {
  if (arrival.kind !== 'text' && arrival.packed !== undefined) return arrival.packed;
  if (arrival.kind === 'cloudwatch') return gzipSync(arrival.json).toString('base64');
  throw new Error(`${arrival.place} is no delivery of CloudWatch Logs, and only those are queued`);
}
