/** Lists that are objects of S3, read with the user's own credentials. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { FetchedList } from '../../rules/outside-lists.ts';
import { LISTS, LISTS_SOON, LISTS_WITHIN, type ClientLimits } from './limits.ts';
import { describeS3Error, statusOf } from './s3-errors.ts';

/** Looks at an object, and reads it if its ETag is not `known`. The region and credentials are those of the AWS CLI. */
export function fetchListObject(bucket: string, key: string, known: string | undefined): Promise<FetchedList> {
  return fetchUnless(bucket, key, known, LISTS);
}

/** The same where records wait for it: what has not been read in a few seconds can't be read. */
export async function fetchListObjectSoon(
  bucket: string,
  key: string,
  known: string | undefined,
): Promise<FetchedList> {
  const signal = AbortSignal.timeout(LISTS_WITHIN);
  const message = `cannot read \`s3://${bucket}/${key}\`: it has not come within ${LISTS_WITHIN / 1000} seconds`;
  // the client hears of it too, but not while it waits for another try, or reads the body
  const ended = new Promise<FetchedList>((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'failed', message }), { once: true });
  });
  const fetched = await Promise.race([fetchUnless(bucket, key, known, LISTS_SOON, signal), ended]);
  return signal.aborted && fetched.kind === 'failed' ? { kind: 'failed', message } : fetched;
}

/** One for all lists: it keeps connections and credentials. */
const clients = new Map<ClientLimits, S3Client>();

function clientOf(limits: ClientLimits): S3Client {
  // the bucket may lie in any region, and knows which
  const client = clients.get(limits) ?? new S3Client({ ...limits, followRegionRedirects: true });
  clients.set(limits, client);
  return client;
}

async function fetchUnless(
  bucket: string,
  key: string,
  known: string | undefined,
  limits: ClientLimits,
  abortSignal?: AbortSignal,
): Promise<FetchedList> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: known });
    const { Body, ETag } = await clientOf(limits).send(command, abortSignal === undefined ? {} : { abortSignal });
    return { kind: 'bytes', bytes: await Body!.transformToByteArray(), version: ETag! };
  } catch (error) {
    if (statusOf(error) === 304) return { kind: 'unchanged' };
    return { kind: 'failed', message: describeS3Error('read', `s3://${bucket}/${key}`, error) };
  }
}
