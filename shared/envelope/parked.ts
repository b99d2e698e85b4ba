/** Batches that are too large for a queue's message: parked as objects, and named in the message instead. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../ports.ts';
import { decodeBatchMessage, PARKED, type BadMessage } from './batch-message.ts';
import type { Arrival } from './delivery.ts';
import { openPacked } from './subscription.ts';

/**
 * Parks a batch and gives its key: `parked/<day>/<hash of the batch>`, so that a delivery that comes again is parked in
 * the same place. `now` is the day's clock; objects are deleted by age, later than the queue forgets its messages.
 */
export async function parkBatch(store: ObjectStore, packed: string, now: Date): Promise<string> {
  const body = Buffer.from(packed);
  const identity = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const key = `${PARKED}${now.toISOString().slice(0, 10)}/${identity}`;
  await store.put(key, body);
  return key;
}

/** Opens a queued message, fetching what is parked. A message that can't be opened is bad; a store that fails throws. */
export async function openBatchMessage(text: string, store: ObjectStore): Promise<Arrival | BadMessage> {
  const message = decodeBatchMessage(text);
  if (message.kind === 'bad') return message;
  if (message.kind === 'packed') return openPacked(message.packed);
  const stored = await store.get(message.key);
  if (stored === undefined) return { kind: 'bad', reason: `the parked batch \`${message.key}\` is gone` };
  return openPacked(Buffer.from(stored.body).toString('utf8'));
}
