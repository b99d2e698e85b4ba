/** Buckets that are sources, as S3 tells of them. */
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookAtBucket } from '../../../shared/adapters/aws/source-buckets.ts';
import type { BucketSource } from '../../../shared/config/config.ts';
import { hasEmulator, startEmulator, type Emulator } from '../../support/aws-emulator.ts';
import { clientOf } from '../../support/deploy.ts';

const source = (bucket: string, prefix = ''): BucketSource => ({
  kind: 'bucket',
  bucket,
  prefix,
  create: false,
  archive: true,
  layout: 'plain',
  partition: 'daily',
});

describe.skipIf(!hasEmulator)('a bucket', () => {
  let emulator: Emulator;
  let client: S3Client;
  let buckets = 0;
  beforeAll(async () => {
    emulator = await startEmulator();
    client = new S3Client(clientOf(emulator.env));
  });
  afterAll(async () => {
    client.destroy();
    await emulator.stop();
  });
  const newBucket = async (...keys: readonly string[]): Promise<string> => {
    const Bucket = `logs-${++buckets}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    for (const Key of keys) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
      // S3 tells times to the second
      await setTimeout(1_100);
    }
    return Bucket;
  };
  /** The time of the newest object, and of the newest of all. */
  const newestOf = async (bucket: string, prefix?: string): Promise<Date | undefined> => {
    const { newest } = await lookAtBucket(client, source(bucket, prefix));
    if (newest.kind === 'hidden') throw new Error(newest.reason);
    return newest.value;
  };

  test('that is not there', async () => {
    const look = await lookAtBucket(client, source('no-such-bucket'));
    expect(look.region).toEqual({ kind: 'seen', value: undefined });
  });

  test('that tells nobody, and one that tells EventBridge', async () => {
    const bucket = await newBucket();
    const quiet = await lookAtBucket(client, source(bucket));
    expect(quiet).toEqual({
      region: { kind: 'seen', value: 'us-east-1' },
      notifications: { kind: 'seen', value: { eventBridge: false, queues: [], configuration: expect.anything() } },
      newest: { kind: 'seen', value: undefined },
    });
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await client.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }));
    expect((await lookAtBucket(client, source(bucket))).notifications).toMatchObject({
      value: { eventBridge: true, configuration: { EventBridgeConfiguration: {} } },
    });
  });

  test('whose newest object lies in the last folder of one of several accounts', async () => {
    const path = 'vpcflowlogs/us-east-1/2026/11';
    const before = new Date();
    const bucket = await newBucket(
      `AWSLogs/111111111111/${path}/18/b.log.gz`,
      `AWSLogs/222222222222/${path}/17/01/c.log.gz`,
      'other/AWSLogs/333333333333/d.log.gz',
    );
    const newest = await newestOf(bucket);
    expect(newest!.getTime()).toBeGreaterThan(before.getTime());
    const elsewhere = await newestOf(bucket, 'other/');
    expect(elsewhere!.getTime()).toBeGreaterThan(newest!.getTime());
    expect(await newestOf(bucket, 'none/')).toBeUndefined();
  });

  test('in the Hive-compatible layout', async () => {
    const path = 'AWSLogs/aws-account-id=111111111111/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11';
    const bucket = await newBucket(`${path}/day=17/hour=01/a.parquet`, `${path}/day=17/hour=02/b.parquet`);
    const first = await newestOf(bucket);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${path}/day=17/hour=02/c.parquet`, Body: 'x' }));
    expect((await newestOf(bucket))!.getTime()).toBeGreaterThan(first!.getTime());
  });
});
