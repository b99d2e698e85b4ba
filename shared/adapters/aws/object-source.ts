/** Objects of S3 that are to be collected, opened as streams. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { OpenObject } from '../../envelope/object-message.ts';
import { STREAMS } from './limits.ts';
import { describeS3Error, s3Error, statusOf } from './s3-errors.ts';

/**
 * What opens objects of any bucket. An object that was deleted is gone; for S3 to say so, the reader must be allowed to
 * list the bucket: else it is a refusal, and throws like one, as does an object that lies in an archive.
 */
export function openObjectSource(
  client = new S3Client({
    // a bucket may lie in any region, and knows which
    followRegionRedirects: true,
    ...STREAMS,
  }),
): OpenObject {
  return async ({ bucket, key, version }) => {
    const place = `s3://${bucket}/${key}`;
    try {
      const { Body, ETag, VersionId } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }),
      );
      const known = VersionId === undefined || VersionId === 'null' ? ETag!.replaceAll('"', '') : VersionId;
      return { kind: 'opened', version: known, body: Body as unknown as AsyncIterable<Uint8Array> };
    } catch (error) {
      if (isGone(error)) return { kind: 'gone', message: `\`${place}\` was deleted before it was read` };
      if (statusOf(error) === 403) throw refused(place, error);
      throw s3Error('read', place, error);
    }
  };
}

/** Of a bucket that may not be listed, what was deleted is refused as well. */
function refused(place: string, error: unknown): Error {
  const message = `${describeS3Error('read', place, error)}; or it was deleted, which S3 tells only who may list the bucket`;
  return new Error(message, { cause: error });
}

/** No such object or version; or (405) what the version names is the mark of a deletion. */
function isGone(error: unknown): boolean {
  const status = statusOf(error);
  const isBucket = error instanceof Error && error.name === 'NoSuchBucket';
  return (status === 404 || status === 405) && !isBucket;
}
