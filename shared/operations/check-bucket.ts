/** Judges a bucket to which flow logs are delivered: whether its objects are told of, and whether any come. */
import type { BucketSource } from '../config/config.ts';
import type { Stack } from './check-stack.ts';
import { findingsOf, type Finding, type Observed } from './finding.ts';
import { age, commandLine, secondsSince } from './wording.ts';

/** What S3 tells of whoever hears of a bucket's new objects. */
export interface BucketNotifications {
  readonly eventBridge: boolean;
  /** ARNs of queues. */
  readonly queues: readonly string[];
  /** The whole configuration, to be written back with a change: writing replaces all of it. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** All that was looked at of a bucket. */
export interface BucketLook {
  /** Its region; undefined where there is no such bucket. */
  readonly region: Observed<string | undefined>;
  readonly notifications: Observed<BucketNotifications>;
  /** When its newest flow-log object was written; undefined where there is none. */
  readonly newest: Observed<Date | undefined>;
}

/** The area of a bucket's findings. */
export function bucketArea({ bucket, prefix }: BucketSource): string {
  return `bucket s3://${bucket}/${prefix}`;
}

/** AWS delivers every five minutes, best effort; a network without any traffic still has NODATA records. */
const QUIET_SECONDS = 3_600;

/** The findings about a bucket that is a source. */
export function checkBucket(source: BucketSource, look: BucketLook, stack: Stack, now: Date): readonly Finding[] {
  const findings = findingsOf(bucketArea(source));
  if (look.region.kind === 'seen' && look.region.value === undefined) {
    findings.problem(
      'bucket',
      'there is no such bucket',
      source.create
        ? 'the deployment makes it: `npx osls deploy`'
        : 'mend the name in sekisho.yml, or set `create: true`',
    );
    return findings.found;
  }
  findings.look('bucket', look.region, (region) => {
    if (region === stack.region) findings.ok('bucket', `in ${region}`);
    else {
      findings.problem(
        'bucket',
        `it lies in ${region}, the deployment in ${stack.region}, and S3 tells of objects only within a region`,
        'deploy a stage there (`deployment.region`), or let the flow logs write to a bucket here',
      );
    }
  });
  findings.look('events', look.notifications, (notifications) => {
    const { partition, region, account, outputs } = stack;
    const objects = `arn:${partition}:sqs:${region}:${account}:${outputs['Objects']?.split('/').at(-1)}`;
    if (notifications.eventBridge) findings.ok('events', 'new objects are told to EventBridge');
    else if (source.create && notifications.queues.includes(objects))
      findings.ok('events', 'new objects are told to the queue');
    else {
      findings.problem(
        'events',
        'new objects are not told to EventBridge: none is collected',
        source.create
          ? 'the deployment sets it: `npx osls deploy`'
          : `switch it on, keeping what is set: \`${enable(source.bucket, notifications)}\``,
      );
    }
  });
  findings.look('objects', look.newest, (newest) => {
    if (newest === undefined) {
      findings.warning(
        'objects',
        `there is no flow log below \`${source.prefix}AWSLogs/\``,
        'check `prefix` in sekisho.yml, and that a flow log writes here: `aws ec2 describe-flow-logs`',
      );
      return;
    }
    const quiet = secondsSince(newest, now);
    if (quiet <= QUIET_SECONDS) findings.ok('objects', `the newest is ${age(quiet)} old`);
    else {
      findings.warning(
        'objects',
        `the newest is ${age(quiet)} old; AWS delivers every few minutes`,
        'look whether the flow log still delivers: `aws ec2 describe-flow-logs`',
      );
    }
  });
  return findings.found;
}

function enable(bucket: string, { configuration }: BucketNotifications): string {
  const changed = JSON.stringify({ ...configuration, EventBridgeConfiguration: {} });
  const words = ['--bucket', bucket, '--notification-configuration', changed];
  return commandLine('aws', 's3api', 'put-bucket-notification-configuration', ...words);
}
