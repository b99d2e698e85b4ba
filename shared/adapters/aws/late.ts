/**
 * What functions need of the SDK only now and then, in one place: it is loaded when it is first needed (see
 * infra/late-parts.cjs), and what its clients share is there once.
 */
import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../ports.ts';
import { OBJECTS } from './limits.ts';
import { openBucketStore } from './object-store.ts';

export { giveBack } from './give-back.ts';
export { fetchListObjectSoon } from './list-object.ts';
export { sendWithClient } from './send-with-client.ts';

/** The store of a bucket, with region and credentials as the environment has them. */
export function openBucket(bucket: string): ObjectStore {
  return openBucketStore(new S3Client(OBJECTS), bucket);
}
