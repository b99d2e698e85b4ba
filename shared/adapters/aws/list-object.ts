/** Lists that are objects of S3, read with the user's own credentials. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { FetchedList } from '../../rules/outside-lists.ts';
import { describeS3Error, statusOf } from './s3-errors.ts';

/** Looks at an object, and reads it if its ETag is not `known`. The region and credentials are those of the AWS CLI. */
export async function fetchListObject(bucket: string, key: string, known: string | undefined): Promise<FetchedList> {
  client ??= new S3Client({
    // the bucket may lie in any region, and knows which
    followRegionRedirects: true,
    // a run waits for its lists: not for ever
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: known });
    const { Body, ETag } = await client.send(command);
    return { kind: 'bytes', bytes: await Body!.transformToByteArray(), version: ETag! };
  } catch (error) {
    if (statusOf(error) === 304) return { kind: 'unchanged' };
    return { kind: 'failed', message: describeS3Error('read', `s3://${bucket}/${key}`, error) };
  }
}

/** One for all lists: it keeps connections and credentials. */
let client: S3Client | undefined;
