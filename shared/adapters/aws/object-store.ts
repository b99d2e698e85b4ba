/** Objects in a bucket of S3: the store of whatever runs on AWS. */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../ports.ts';
import { s3Error, statusOf, type S3Verb } from './s3-errors.ts';

/** How often a write is tried again that S3 gave up because another one was under way (409). */
const MOST_CONFLICTS = 10;

/**
 * The store whose objects are those of a bucket.
 *
 * A version is an ETag, which tells bodies apart: writing the same body again leaves it as it is, which is no harm, as
 * what was read is then still what is there. Listings come in the order of UTF-8, which is that of UTF-16 for all keys
 * without characters from U+E000 to U+FFFF. Throttling and broken connections are tried again by the client.
 */
export function openBucketStore(client: S3Client, bucket: string): ObjectStore {
  /** Runs `action`; what S3 refuses becomes an error for people. */
  const attempt = async <T>(verb: S3Verb, key: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw s3Error(verb, `s3://${bucket}/${key}`, error);
    }
  };

  const get: ObjectStore['get'] = (key) =>
    attempt('read', key, async () => {
      const found = await unless([404], () => client.send(new GetObjectCommand({ Bucket: bucket, Key: checked(key) })));
      return found && { body: await found.Body!.transformToByteArray(), version: found.ETag! };
    });

  const put = async (
    key: string,
    body: Uint8Array,
    condition: Partial<PutObjectCommandInput> = {},
  ): Promise<string> => {
    const written = await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...condition }));
    return written.ETag!;
  };

  return {
    get,

    async put(key, body) {
      await attempt('write', key, () => put(checked(key), body));
    },

    async putIfAbsent(key, body) {
      return attempt('write', key, async () => {
        for (let conflicts = 0; ; conflicts++) {
          try {
            await put(checked(key), body, { IfNoneMatch: '*' });
            return true;
          } catch (error) {
            const status = statusOf(error);
            // the writer that is under way may yet fail: only a second try tells
            if (status === 409 && conflicts < MOST_CONFLICTS) continue;
            if (status !== 412) throw error;
            // the client may have met its own first try, whose answer was lost
            return attemptsOf(error) > 1 && isSame((await get(key))?.body, body);
          }
        }
      });
    },

    async putIfUnchanged(key, body, version) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      // 404: it was deleted since
      return attempt('write', key, () => unless([404, 409, 412], () => put(checked(key), body, condition)));
    },

    async copy(from, to) {
      const source = [bucket, ...checked(from).split('/')].map(encodeURIComponent).join('/');
      const command = new CopyObjectCommand({ Bucket: bucket, Key: checked(to), CopySource: source });
      await attempt('copy', from, () => client.send(command));
    },

    async delete(key) {
      await attempt('delete', key, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: checked(key) })));
    },

    async *list(prefix) {
      try {
        for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          for (const { Key, Size, LastModified } of Contents ?? []) {
            yield { key: Key!, size: Size!, modified: LastModified! };
          }
        }
      } catch (error) {
        throw s3Error('list', `s3://${bucket}/${prefix}`, error);
      }
    },
  };
}

/** What `action` gives, or undefined where S3 answers with one of these statuses. */
async function unless<T>(statuses: readonly number[], action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    const status = statusOf(error);
    // a bucket that is not there is no answer to a question about an object
    const isBucket = error instanceof Error && error.name === 'NoSuchBucket';
    if (status !== undefined && statuses.includes(status) && !isBucket) return undefined;
    throw error;
  }
}

function attemptsOf(error: unknown): number {
  return (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata?.attempts ?? 1;
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

/** The key, if the port allows it: S3 itself would take nearly any. */
function checked(key: string): string {
  if (key.split('/').some((part) => ['', '.', '..'].includes(part))) {
    throw new Error(`\`${key}\` is no key: keys are relative, without empty segments, \`.\` or \`..\``);
  }
  return key;
}
