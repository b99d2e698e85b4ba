/** Messages that name objects to collect: S3's own notifications, EventBridge's events, and a backfill's. */
import type { BadMessage } from './batch-message.ts';

const SCHEMA = 'sekisho.object/1';

/** An object of S3, as a message names it. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  /** Its version id, in a bucket that keeps versions. */
  readonly version?: string;
  /** Bytes. */
  readonly size?: number;
}

/** What a message asks for: several objects, or none where it only tests the way or tells of something else. */
export type ObjectMessage = { readonly kind: 'objects'; readonly objects: readonly ObjectName[] } | BadMessage;

/** An object of S3 that is open. */
export interface OpenedObject {
  readonly kind: 'opened';
  /** Its version id, or its ETag where the bucket keeps no versions. */
  readonly version: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** An object that is not there any more. */
export interface GoneObject {
  readonly kind: 'gone';
  readonly message: string;
}

/** Opens an object; throws what is wrong where it is there and can't be read. */
export type OpenObject = (object: ObjectName) => Promise<OpenedObject | GoneObject>;

/** A message of a backfill. */
export function encodeObjectMessage({ bucket, key, version, size }: ObjectName): string {
  return JSON.stringify({ schema: SCHEMA, bucket, key, version, size });
}

/** Reads any message that names objects. */
export function parseObjectMessage(text: string): ObjectMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('the message is not JSON');
  }
  const message = fields(value);
  if (message['schema'] === SCHEMA) return one(message, message['bucket'], message['key'], message['version']);
  if (typeof message['schema'] === 'string') return bad(`the message's schema is not \`${SCHEMA}\``);
  if (message['Event'] === 's3:TestEvent') return { kind: 'objects', objects: [] };
  if (message['source'] === 'aws.s3') return fromEventBridge(message);
  if (Array.isArray(message['Records'])) return fromNotification(message['Records']);
  // a notification that took the way over a topic
  if (message['Type'] === 'Notification' && typeof message['Message'] === 'string') {
    return parseObjectMessage(message['Message']);
  }
  return bad('the message is neither a notification of S3, an event of EventBridge nor one of a backfill');
}

/** S3's notification: keys are written as in the query of a URL. */
function fromNotification(records: readonly unknown[]): ObjectMessage {
  const objects: ObjectName[] = [];
  for (const record of records) {
    const { eventSource, eventName, s3 } = fields(record);
    if (eventSource !== 'aws:s3' || typeof eventName !== 'string') return bad('a record is no notification of S3');
    if (!eventName.startsWith('ObjectCreated:')) continue;
    const { bucket, object } = fields(s3);
    const { key, versionId } = fields(object);
    const decoded = typeof key === 'string' ? decodeKey(key) : undefined;
    const named = one(fields(object), fields(bucket)['name'], decoded, versionId);
    if (named.kind === 'bad') return named;
    objects.push(...named.objects);
  }
  return { kind: 'objects', objects };
}

/** EventBridge's event: keys are written as they are. */
function fromEventBridge(event: Readonly<Record<string, unknown>>): ObjectMessage {
  if (event['detail-type'] !== 'Object Created') return { kind: 'objects', objects: [] };
  const { bucket, object } = fields(event['detail']);
  return one(fields(object), fields(bucket)['name'], fields(object)['key'], fields(object)['version-id']);
}

function one(
  { size }: Readonly<Record<string, unknown>>,
  bucket: unknown,
  key: unknown,
  version: unknown,
): ObjectMessage {
  if (typeof bucket !== 'string' || bucket === '') return bad('the message names no bucket');
  if (typeof key !== 'string' || key === '') return bad('the message names no key that can be read');
  const object: ObjectName = {
    bucket,
    key,
    ...(typeof version === 'string' && version !== '' && version !== 'null' ? { version } : {}),
    ...(typeof size === 'number' ? { size } : {}),
  };
  return { kind: 'objects', objects: [object] };
}

/** A key as S3's notifications write it: percent-encoded UTF-8, with `+` for a space; undefined where it is neither. */
function decodeKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Record<string, unknown>;
}

function bad(reason: string): BadMessage {
  return { kind: 'bad', reason };
}
