/** `sources`: the log groups and buckets to which flow logs are written. */
import { z } from 'zod';
import type { FlowLogSetting, SourceConfig } from './config.ts';
import { bucketName, retentionDays } from './values.ts';

const createdFlowLog = z.strictObject({
  resource: z
    .string()
    .regex(
      /^(vpc|subnet|eni|tgw|tgw-attach)-[0-9a-f]{8,17}$/,
      'it is no id of what can be watched: write `vpc-…`, `subnet-…`, `eni-…`, `tgw-…` or `tgw-attach-…`, with the hexadecimal digits that AWS shows',
    )
    .describe('What is watched: a VPC, a subnet, a network interface, a transit gateway or one of its attachments.')
    .meta({ examples: ['vpc-0123456789abcdef0'] }),
  traffic: z
    .enum(['all', 'accept', 'reject'])
    .optional()
    .describe('What is recorded. Most rules need `all`.')
    .meta({ default: 'all' }),
  aggregation: z
    .literal([60, 600])
    .optional()
    .describe('Seconds that a record covers at most: alerts come the sooner the shorter it is.')
    .meta({ default: 60 }),
  retention_days: retentionDays
    .optional()
    .describe('Days that CloudWatch keeps the lines; the lake keeps every record.')
    .meta({ default: 14 }),
});

const logGroup = z.strictObject({
  log_group: z
    .string()
    .refine((name) => !name.startsWith('arn:'), {
      error: 'write the name alone, which in an ARN stands after `log-group:`',
      abort: true,
    })
    .regex(
      /^[A-Za-z0-9_/.#-]{0,511}([A-Za-z0-9_/.#-]|\*)$/,
      "a log group's name has 1 to 512 letters, digits and `_ - / . #`; a `*` at its end stands for any rest",
    )
    .describe(
      'Name of a log group of CloudWatch Logs. With `*` at its end it says how to read files: nothing is subscribed.',
    )
    .meta({ examples: ['/vpc/flow-logs'] }),
  format: z
    .union(
      [z.string().min(1), z.array(z.string().min(1)).min(1)],
      'write `default`, `recommended`, `transit-gateway`, a format string, or a list of them',
    )
    .optional()
    .describe(
      "The flow log's format: `default`, `recommended`, `transit-gateway`, or the string that `aws ec2 describe-flow-logs` prints. A list where flow logs of several formats share the group.",
    )
    .meta({ examples: ['default', 'recommended', '${version} ${srcaddr} ${dstaddr} ${action}'] }),
  create: createdFlowLog
    .optional()
    .describe('The flow log and its log group that the deployment makes. Without it both are there already.'),
});

const bucket = z.strictObject({
  bucket: bucketName.describe('Name of a bucket to which AWS delivers flow logs.').meta({ examples: ['my-flow-logs'] }),
  prefix: z
    .string()
    .optional()
    .describe('What comes before `AWSLogs/` in its keys.')
    .meta({ examples: ['logs/'], default: '' }),
  create: z
    .boolean()
    .optional()
    .describe('Whether the deployment makes the bucket, open to deliveries of this account and of `members`.')
    .meta({ default: false }),
  archive: z
    .boolean()
    .optional()
    .describe(
      '`false` where the objects are Parquet and are queried where they lie: rules see them, the lake gets no copy.',
    )
    .meta({ default: true }),
  layout: z
    .enum(['plain', 'hive'])
    .optional()
    .describe('Whether folders are written `year=2026/month=11/…` (`hive`). Needed with `archive: false`.')
    .meta({ default: 'plain' }),
  partition: z
    .enum(['hourly', 'daily'])
    .optional()
    .describe('Whether there is a folder an hour or a day. Needed with `archive: false`.')
    .meta({ default: 'daily' }),
});

/** The sources. */
export const sourceSettings = z
  .array(
    z.union([
      logGroup.meta({ title: 'a log group', anyOf: [{ required: ['format'] }, { required: ['create'] }] }),
      bucket.meta({ title: 'a bucket' }),
    ]),
  )
  .describe('Where flow logs come from.');

/** Every setting of either kind of source. */
export const SOURCE_KEYS: ReadonlySet<string> = new Set([...Object.keys(logGroup.shape), ...Object.keys(bucket.shape)]);

/** Sources as they are written. */
export type SourceSettings = z.output<typeof sourceSettings>;

/** Sources as the program takes them. */
export function toSources(read: SourceSettings): readonly SourceConfig[] {
  return read.map((source): SourceConfig => {
    if ('log_group' in source) {
      const { log_group, format = 'recommended', create } = source;
      const made = create === undefined ? undefined : toFlowLog(create);
      const formats = [format].flat();
      return {
        kind: 'log-group',
        logGroup: log_group,
        formats: made !== undefined && isTransitGateway(made.resource) ? formats.map(ofTransitGateway) : formats,
        create: made,
      };
    }
    const { bucket, prefix = '', create = false, archive = true, layout = 'plain', partition = 'daily' } = source;
    return { kind: 'bucket', bucket, prefix: withSlash(prefix), create, archive, layout, partition };
  });
}

function toFlowLog(read: z.output<typeof createdFlowLog>): FlowLogSetting {
  const { resource, traffic = 'all', aggregation = 60, retention_days: retention = 14 } = read;
  return { resource, traffic, aggregation, retentionDays: retention };
}

/** Whether an id names a transit gateway or an attachment of one. */
export function isTransitGateway(resource: string): boolean {
  return resource.startsWith('tgw-');
}

/** What is recommended for a transit gateway is what AWS takes by default: all of its fields. */
function ofTransitGateway(format: string): string {
  return format === 'default' || format === 'recommended' ? 'transit-gateway' : format;
}

/** A prefix of keys that ends where a folder does. */
export function withSlash(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
