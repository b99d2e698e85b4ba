/** What the buckets of a deployment tell about how far it is. */
import { GetObjectCommand, ListObjectsV2Command, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { LEDGER, QUARANTINE, tierPrefix } from '../../lake/layout.ts';
import type { LakeLook } from '../../operations/check-lake.ts';
import type { FailedCalls } from '../../operations/check-queues.ts';
import { FAILED_CALLS } from '../../operations/deployed-functions.ts';
import { functionOfKey } from '../../operations/failed-call.ts';
import type { Observed } from '../../operations/finding.ts';
import { DELTAS, HOURS } from '../../windows/layout.ts';
import { observe } from './call-errors.ts';

const DAY_MS = 86_400_000;
/** Beyond so many objects of one kind their number tells nothing more. */
const MOST = 10_000;

interface Entry {
  readonly key: string;
  readonly modified: Date;
}

/** Looks at the bucket of the lake. */
export async function lookAtLake(client: S3Client, bucket: string, now: Date): Promise<LakeLook> {
  const list = 's3:ListBucket';
  const newest = await observe(list, () => newestRecords(client, bucket));
  const [readable, windows, newestRun, quarantined] = await Promise.all([
    observe('s3:GetObject` and `kms:Decrypt', async () => {
      if (newest.kind === 'hidden' || newest.value === undefined) return undefined;
      const { key } = newest.value;
      // a byte is enough to need the key that the object is encrypted with
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: 'bytes=0-0' }));
      await Body?.transformToByteArray();
      return { key };
    }),
    observe(list, async () => {
      const hours = await entriesOf(client, bucket, HOURS);
      const deltas = await entriesOf(client, bucket, DELTAS);
      return { written: latest(hours), waiting: deltas.length, oldest: earliest(deltas) };
    }),
    observe(list, async () => latest(await entriesOf(client, bucket, await lastFolder(client, bucket, LEDGER)))),
    observe(list, async () => {
      const days = [now, new Date(now.getTime() - DAY_MS)].map((day) => day.toISOString().slice(0, 10));
      const found = await Promise.all(days.map((day) => entriesOf(client, bucket, `${QUARANTINE}day=${day}/`)));
      return found.flat().length;
    }),
  ]);
  const newestTime: LakeLook['newestRecords'] =
    newest.kind === 'hidden' ? newest : { kind: 'seen', value: newest.value?.modified };
  return { newestRecords: newestTime, readable, windows, newestRun, quarantined };
}

/** Looks at the calls that failed for good, function by function. */
export function lookAtFailedCalls(client: S3Client, transit: string): Promise<Observed<readonly FailedCalls[]>> {
  return observe('s3:ListBucket', async () => {
    const entries = await entriesOf(client, transit, FAILED_CALLS);
    const groups = Map.groupBy(entries, ({ key }) => functionOfKey(key));
    return [...groups].flatMap(([name, calls]) =>
      name === undefined ? [] : [{ function: name, count: calls.length, oldest: earliest(calls)! }],
    );
  });
}

/** Folders of arrival hours sort by time, so that the last one holds the newest object; both tables have some. */
async function newestRecords(client: S3Client, bucket: string): Promise<Entry | undefined> {
  const tables = await Promise.all(
    (['vpc', 'tgw'] as const).map(async (table) =>
      entriesOf(client, bucket, await lastFolder(client, bucket, tierPrefix(table, 'raw'))),
    ),
  );
  return tables.flat().reduce<Entry | undefined>(newer, undefined);
}

function newer(a: Entry | undefined, b: Entry): Entry {
  return a === undefined || b.modified > a.modified ? b : a;
}

/** The last folder below a prefix, in key order; the prefix itself where there is none. */
async function lastFolder(client: S3Client, bucket: string, prefix: string): Promise<string> {
  let last = prefix;
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' });
  for await (const { CommonPrefixes } of pages) last = CommonPrefixes?.at(-1)?.Prefix ?? last;
  return last;
}

async function entriesOf(client: S3Client, bucket: string, prefix: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const { Contents, NextContinuationToken } = await client.send(command);
    for (const { Key = '', LastModified } of Contents ?? []) {
      entries.push({ key: Key, modified: LastModified ?? new Date(0) });
    }
    token = NextContinuationToken;
  } while (token !== undefined && entries.length < MOST);
  return entries;
}

function latest(entries: readonly Entry[]): Date | undefined {
  return entries.reduce<Entry | undefined>(newer, undefined)?.modified;
}

function earliest(entries: readonly Entry[]): Date | undefined {
  return entries.reduce<Date | undefined>(
    (first, { modified }) => (first === undefined || modified < first ? modified : first),
    undefined,
  );
}
