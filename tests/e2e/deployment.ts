/** The deployment that all tests drive: its configuration, what must be there before it, and who listens to it. */
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Emulator } from '../support/aws-emulator.ts';
import { clientOf, deploy, type Outputs } from '../support/deploy.ts';
import type { Fault } from '../support/fault-proxy.ts';

/** A pipeline in an emulator, as tests are told of it. */
export interface Deployed {
  /** The proxy through which the functions speak. */
  readonly proxy: string;
  /** What makes a client talk to the emulator itself: no fault happens to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Outputs;
  /** URLs of the queues that are subscribed to the topic of alerts. */
  readonly listeners: Readonly<Record<Listener, string>>;
}

/** Log groups that flow logs are written to, by what is written there. */
export const GROUPS = {
  default: '/e2e/default',
  custom: '/e2e/custom',
  both: '/e2e/both',
} as const;

/** Buckets of S3 that flow logs are delivered to, by who made them and what becomes of the records. */
export const BUCKETS = {
  /** Made by the deployment. */
  made: 'e2e-made',
  /** There before it; it sends its events to EventBridge. */
  there: 'e2e-there',
  /** Made by the deployment: what is delivered there is queried there. */
  kept: 'e2e-kept',
} as const;

/** Fields in an order of the owner's own. */
export const CUSTOM_FORMAT =
  '${account-id} ${vpc-id} ${interface-id} ${flow-direction} ${srcaddr} ${srcport} ${dstaddr} ${dstport} ${protocol} ${tcp-flags} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}';

/** The configuration, as a user would write it. */
export const SEKISHO_YML = `
sources:
  - log_group: ${GROUPS.default}
    format: default
  - log_group: ${GROUPS.custom}
    format: ${CUSTOM_FORMAT}
  - log_group: ${GROUPS.both}
    format: ['default', '${CUSTOM_FORMAT}']
  - bucket: ${BUCKETS.made}
    create: true
  - bucket: ${BUCKETS.there}
  - bucket: ${BUCKETS.kept}
    create: true
    archive: false
    layout: hive
    partition: daily
lists:
  # else one alert would be about all machines that talk to mining pools
  egress_ports: [80, 443, 3333]
alerts:
  notifications_per_minute: 1000
`;

/** What each listener wants to hear: filter policies of SNS. */
const LISTENERS = {
  everything: undefined,
  bad: { severity: ['high', 'critical'] },
  mining: { rule: ['crypto-mining-port'] },
} as const;

/** A queue behind a subscription. */
export type Listener = keyof typeof LISTENERS;

/**
 * Seconds after which a queue gives a message again that a function did not get done, for the tests not to wait as long
 * as the functions may run.
 */
export const VISIBILITY_SECONDS = 2;

/**
 * What happens all the time: functions can not say that what failed is to come again in half a minute, so that it does when
 * the queue's own time is over.
 */
export const ALWAYS: readonly Fault[] = [
  { operation: 'SQS.ChangeMessageVisibilityBatch', act: { kind: 'answer', status: 403, code: 'AccessDenied' } },
];

/** Deploys the pipeline. */
export async function deployPipeline({ env }: Emulator, proxy: string): Promise<Deployed> {
  const client = clientOf(env);
  const logs = new CloudWatchLogsClient(client);
  for (const logGroupName of Object.values(GROUPS)) await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const s3 = new S3Client(client);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKETS.there }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: BUCKETS.there,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );

  const outputs = await deploy('sekisho-prod', SEKISHO_YML, env);

  const sqs = new SQSClient(client);
  const sns = new SNSClient(client);
  for (const queue of ['Batches', 'Objects', 'Backfill', 'Alerts']) {
    const Attributes = { VisibilityTimeout: `${VISIBILITY_SECONDS}` };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: outputs[queue], Attributes }));
  }
  const listeners: Record<string, string> = {};
  for (const [name, policy] of Object.entries(LISTENERS)) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `listener-${name}` }));
    listeners[name] = QueueUrl!;
    await sns.send(
      new SubscribeCommand({
        TopicArn: outputs['Topicalerts'],
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:us-east-1:000000000000:listener-${name}`,
        Attributes: {
          RawMessageDelivery: 'true',
          ...(policy === undefined ? {} : { FilterPolicy: JSON.stringify(policy) }),
        },
      }),
    );
  }
  return { proxy, env, outputs, listeners: listeners as Deployed['listeners'] };
}
