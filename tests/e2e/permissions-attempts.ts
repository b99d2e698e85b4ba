/** Single operations as a role, to see whether it may: what a service of AWS does in a function's name, a test does here. */
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTableCommand,
  GetDatabaseCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { EnforcingSystem } from './permissions-system.ts';

/** Clients of one role. */
export type Actor = ReturnType<typeof openActor>;

/** The clients with which a role's operations are tried. */
export function openActor(options: Awaited<ReturnType<EnforcingSystem['actAs']>>) {
  return {
    endpoint: options.endpoint,
    s3: new S3Client(options),
    sqs: new SQSClient(options),
    sns: new SNSClient(options),
    logs: new CloudWatchLogsClient(options),
    glue: new GlueClient(options),
    athena: new AthenaClient(options),
  };
}

/** Closes its connections. */
export function closeActor({ s3, sqs, sns, logs, glue, athena }: Actor): void {
  for (const client of [s3, sqs, sns, logs, glue, athena]) client.destroy();
}

/** What a request is about, taken apart from an ARN. */
interface Target {
  /** The last part of the ARN: a queue, a database, a bucket with or without a key. */
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly arn: string;
  /** What a listing is asked for. */
  readonly prefix: string | undefined;
}

type Attempt = (actor: Actor, target: Target) => Promise<unknown>;

const UPLOAD = 'no-such-upload';
const QUERY = '01234567-89ab-cdef-0123-456789abcdef';

const queue = ({ endpoint }: Actor, { name }: Target): string => `${endpoint}/000000000000/${name}`;

/** By action; that there is nothing of the kind is no matter, as permissions are looked at first. */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  's3:GetObject': ({ s3 }, { bucket, key }) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
  's3:GetObjectVersion': ({ s3 }, { bucket, key }) =>
    s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: '0123456789abcdef' })),
  's3:PutObject': ({ s3 }, { bucket, key }) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'test' })),
  's3:DeleteObject': ({ s3 }, { bucket, key }) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })),
  's3:ListBucket': ({ s3 }, { bucket, prefix }) =>
    s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })),
  's3:GetBucketLocation': ({ s3 }, { bucket }) => s3.send(new GetBucketLocationCommand({ Bucket: bucket })),
  's3:ListBucketMultipartUploads': ({ s3 }, { bucket }) => s3.send(new ListMultipartUploadsCommand({ Bucket: bucket })),
  's3:ListMultipartUploadParts': ({ s3 }, { bucket, key }) =>
    s3.send(new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: UPLOAD })),
  's3:AbortMultipartUpload': ({ s3 }, { bucket, key }) =>
    s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: UPLOAD })),
  'sqs:SendMessage': (actor, target) =>
    actor.sqs.send(new SendMessageCommand({ QueueUrl: queue(actor, target), MessageBody: '{}' })),
  'sqs:ReceiveMessage': (actor, target) =>
    actor.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue(actor, target), VisibilityTimeout: 0 })),
  'sqs:DeleteMessage': (actor, target) =>
    actor.sqs.send(new DeleteMessageCommand({ QueueUrl: queue(actor, target), ReceiptHandle: 'none' })),
  'sqs:ChangeMessageVisibility': (actor, target) =>
    actor.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue(actor, target),
        ReceiptHandle: 'none',
        VisibilityTimeout: 0,
      }),
    ),
  'sqs:GetQueueAttributes': (actor, target) =>
    actor.sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue(actor, target), AttributeNames: ['All'] })),
  'sns:Publish': ({ sns }, { arn }) => sns.send(new PublishCommand({ TopicArn: arn, Message: 'test' })),
  'logs:CreateLogStream': ({ logs }, { name }) =>
    logs.send(new CreateLogStreamCommand({ logGroupName: name, logStreamName: `${process.hrtime.bigint()}` })),
  'logs:PutLogEvents': ({ logs }, { name }) =>
    logs.send(new PutLogEventsCommand({ logGroupName: name, logStreamName: 'none', logEvents: [{ timestamp: Date.now(), message: 'test' }] })), // prettier-ignore
  'glue:GetDatabase': ({ glue }, { name }) => glue.send(new GetDatabaseCommand({ Name: name })),
  'glue:GetTable': ({ glue }, { name }) => glue.send(new GetTableCommand({ DatabaseName: name, Name: 'none' })),
  'glue:GetTables': ({ glue }, { name }) => glue.send(new GetTablesCommand({ DatabaseName: name })),
  'glue:GetPartition': ({ glue }, { name }) =>
    glue.send(new GetPartitionCommand({ DatabaseName: name, TableName: 'none', PartitionValues: [] })),
  'glue:GetPartitions': ({ glue }, { name }) =>
    glue.send(new GetPartitionsCommand({ DatabaseName: name, TableName: 'none' })),
  'glue:CreateTable': ({ glue }, { name }) =>
    glue.send(new CreateTableCommand({ DatabaseName: name, TableInput: { Name: `made_${process.hrtime.bigint()}` } })),
  'athena:StartQueryExecution': ({ athena }, { name }) =>
    athena.send(new StartQueryExecutionCommand({ QueryString: 'SELECT 1', WorkGroup: name })),
  'athena:GetQueryExecution': ({ athena }) => athena.send(new GetQueryExecutionCommand({ QueryExecutionId: QUERY })),
  'athena:GetQueryResults': ({ athena }) => athena.send(new GetQueryResultsCommand({ QueryExecutionId: QUERY })),
  'athena:StopQueryExecution': ({ athena }) => athena.send(new StopQueryExecutionCommand({ QueryExecutionId: QUERY })),
};

/** Whether a role may do this to that; `arn` is written out, without `*`. */
export async function isAllowed(actor: Actor, action: string, arn: string, prefix?: string): Promise<boolean> {
  const attempt = ATTEMPTS[action];
  if (attempt === undefined) throw new Error(`nobody has said how \`${action}\` is tried`);
  const resource = arn.split(':').slice(5).join(':');
  const [bucket = '', ...key] = resource.split('/');
  const name = resource.replace(/^(log-group:|database\/|workgroup\/)/, '').replace(/:\*$/, '');
  try {
    await attempt(actor, { name, bucket, key: key.join('/'), arn, prefix });
    return true;
  } catch (error) {
    const { name: code, message } = error as Error;
    return !/AccessDenied|Forbidden|AuthorizationError/.test(code) && !message.includes('not authorized to perform');
  }
}
