/** Buckets to which flow logs are delivered. */
import {
  GetBucketNotificationConfigurationCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BucketSource } from '../../config/config.ts';
import type { BucketLook } from '../../operations/check-bucket.ts';
import { observe } from './call-errors.ts';
import { statusOf } from './s3-errors.ts';

/** Looks at a bucket that is a source. */
export async function lookAtBucket(client: S3Client, { bucket, prefix }: BucketSource): Promise<BucketLook> {
  const [region, notifications, newest] = await Promise.all([
    observe('s3:ListBucket', async () => {
      try {
        const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
        return BucketRegion ?? (await client.config.region());
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    }),
    observe('s3:GetBucketNotification', async () => {
      const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
      const { $metadata: _, ...configuration } = await client.send(command);
      return {
        eventBridge: configuration.EventBridgeConfiguration !== undefined,
        queues: configuration.QueueConfigurations?.map(({ QueueArn }) => QueueArn ?? '') ?? [],
        configuration,
      };
    }),
    observe('s3:ListBucket', () => newestBelow(client, bucket, `${prefix}AWSLogs/`)),
  ]);
  return { region, notifications, newest };
}

/** Folders of one level that are looked into; above the dates these are accounts and regions. */
const MOST_FOLDERS = 10;
/** Below accounts, the service and regions lie at most year, month, day and hour. */
const DEEPEST = 10;

/**
 * When the newest object below a prefix was written: folders of dates sort by time, so that only the last of them is
 * looked into; of others all are, up to a number. A day's last listing page may be followed by more: then it is about right.
 */
async function newestBelow(client: S3Client, bucket: string, prefix: string, depth = 0): Promise<Date | undefined> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: '/' });
  const { CommonPrefixes = [], Contents = [] } = await client.send(command);
  const folders = CommonPrefixes.map(({ Prefix }) => Prefix ?? '').filter((each) => each !== prefix && each !== '');
  let newest = latest(Contents.map(({ LastModified }) => LastModified));
  if (depth >= DEEPEST) return newest;
  const dated = folders.filter((folder) => /\/(?:(?:year|month|day|hour)=)?\d{2,4}\/$/.test(folder));
  const others = folders.filter((folder) => !dated.includes(folder)).slice(-MOST_FOLDERS);
  for (const folder of [...others, ...dated.slice(-1)]) {
    newest = latest([newest, await newestBelow(client, bucket, folder, depth + 1)]);
  }
  return newest;
}

function latest(times: readonly (Date | undefined)[]): Date | undefined {
  return times.reduce(
    (last, time) => (last === undefined || (time !== undefined && time > last) ? time : last),
    undefined,
  );
}
