/** An object of S3 to deliveries: chunks of lines that know where they were cut from. */
import type { Delivery, Unopened } from './delivery.ts';
import type { ObjectName, OpenedObject } from './object-message.ts';
import { openInput, type OpenOptions } from './open.ts';

/**
 * Reads an open object. Unlike a file's, its chunks are known by their number: a connection that breaks must end
 * everything, as what came before it would be half a chunk under a whole one's name. Throws what the connection throws.
 */
export async function* readObject(
  { bucket, key }: ObjectName,
  { version, body }: OpenedObject,
  options: OpenOptions,
): AsyncGenerator<Delivery | Unopened> {
  const connection: { broken?: { readonly error: unknown } } = {};
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      connection.broken = { error };
      throw error;
    }
  }
  let chunk = 0;
  for await (const item of openInput(watched(), `s3://${bucket}/${key}`, options)) {
    if (connection.broken !== undefined) break;
    yield item.kind === 'text' ? { ...item, origin: { bucket, key, version, chunk: ++chunk } } : item;
  }
  if (connection.broken !== undefined) throw connection.broken.error;
}
