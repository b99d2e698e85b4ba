/** The queues between the functions, each with one for what could not be worked off. */
import { stackName } from '../shared/operations/deployed-names.ts';
import { MESSAGE_DAYS, QUEUES, TRIES, type QueueName } from '../shared/operations/deployed-queues.ts';
import type { Deployment } from './deployment.ts';
import { objectRules } from './deliveries.ts';
import { queueEncryption } from './encryption.ts';
import { attribute, policy, ref, sub, type Fragment, type Resource, type Statement } from './fragment.ts';
import { madeUpBucketName } from './names.ts';
import { scheduleRules } from './schedules.ts';

interface Queue {
  /**
   * Seconds that a message taken is hidden, unless its function says otherwise: its timeout and its batching window, so that
   * nobody else has the message while it works, and a minute. A message of a function that was killed comes again then.
   * (Six times the timeout are what AWS advises where calls are throttled: here there are only as many as may run.)
   */
  readonly visibility: number;
  /** Who may send to it, beside the roles that may. */
  readonly senders: readonly Statement[];
  /** Who may send to its dead letters, beside SQS itself. */
  readonly deadSenders: readonly Statement[];
}

/**
 * Batches (deliveries to be archived), Objects (keys to be collected), Backfill (keys of old objects, which nothing new has to
 * wait behind), Alerts (keys to be told), and undelivered schedules.
 */
export function queues(deployment: Deployment): Fragment {
  const all = queuesOf(deployment);
  const resources = QUEUES.flatMap((id) => pair(id, all[id], deployment));
  const outputs = QUEUES.flatMap((id) => [
    [id, { Description: `URL of the queue ${id}`, Value: ref(id) }],
    [`${id}Dead`, { Description: `URL of the dead letters of ${id}`, Value: ref(`${id}Dead`) }],
  ]);
  return {
    Resources: {
      ...(Object.fromEntries(resources) as Fragment['Resources']),
      ...schedulesDead(deployment),
    },
    Outputs: Object.fromEntries(outputs) as NonNullable<Fragment['Outputs']>,
  };
}

function queuesOf({ config }: Deployment): Readonly<Record<QueueName, Queue>> {
  const { deployment, storage, sources } = config;
  const lake = storage.bucket ?? madeUpBucketName(deployment, 'Lake');
  const made = sources.flatMap((source) => (source.kind === 'bucket' && source.create ? [source.bucket] : []));
  const rules = objectRules(config);
  return {
    Batches: { visibility: 120 + 60 + 60, senders: [], deadSenders: [] },
    Objects: {
      visibility: 900 + 60,
      senders: [...fromBuckets('Objects', made), ...fromRules('Objects', rules)],
      deadSenders: fromRules('ObjectsDead', rules),
    },
    Backfill: { visibility: 900 + 60, senders: [], deadSenders: [] },
    Alerts: { visibility: 60 + 5 + 60, senders: fromBuckets('Alerts', [lake]), deadSenders: [] },
  };
}

function pair(id: string, { visibility, senders, deadSenders }: Queue, deployment: Deployment): [string, Resource][] {
  const name = queueName(id, deployment);
  // by name, as the two queues' policies for each other would refer to each other in a circle
  const source = sub(`arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${name}`);
  return [
    [
      id,
      queue(deployment, {
        QueueName: name,
        VisibilityTimeout: visibility,
        RedrivePolicy: { deadLetterTargetArn: attribute(`${id}Dead`), maxReceiveCount: TRIES },
        RedriveAllowPolicy: { redrivePermission: 'denyAll' },
      }),
    ],
    [
      `${id}Dead`,
      queue(deployment, {
        QueueName: queueName(`${id}Dead`, deployment),
        RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [source] },
      }),
    ],
    [`${id}Policy`, queuePolicy(id, senders)],
    [`${id}DeadPolicy`, queuePolicy(`${id}Dead`, deadSenders)],
  ];
}

/** Events of schedules that Lambda did not take: they run again by themselves, so that these are evidence alone. */
function schedulesDead(deployment: Deployment): Readonly<Record<string, Resource>> {
  return {
    SchedulesDead: queue(deployment, {
      QueueName: queueName('SchedulesDead', deployment),
      RedriveAllowPolicy: { redrivePermission: 'denyAll' },
    }),
    SchedulesDeadPolicy: queuePolicy('SchedulesDead', fromRules('SchedulesDead', scheduleRules(deployment))),
  };
}

function queue({ config }: Deployment, properties: Readonly<Record<string, unknown>>): Resource {
  return {
    Type: 'AWS::SQS::Queue',
    Properties: { ...properties, MessageRetentionPeriod: MESSAGE_DAYS * 86_400, ...queueEncryption(config.storage) },
  };
}

function queueName(id: string, { config }: Deployment): string {
  return `${stackName(config.deployment)}-${id.replace(/Dead$/, '-dead').toLowerCase()}`;
}

function queuePolicy(id: string, senders: readonly Statement[]): Resource {
  const tlsOnly: Statement = {
    Sid: 'RefuseWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource: attribute(id),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [ref(id)], PolicyDocument: policy([tlsOnly, ...senders]) },
  };
}

function fromBuckets(queueId: string, buckets: readonly string[]): readonly Statement[] {
  if (buckets.length === 0) return [];
  const arns = buckets.map((name) => sub(`arn:\${AWS::Partition}:s3:::${name}`));
  return [sending('TakeEventsOfBuckets', 's3.amazonaws.com', queueId, arns)];
}

function fromRules(queueId: string, ruleIds: readonly string[]): readonly Statement[] {
  if (ruleIds.length === 0) return [];
  return [
    sending(
      'TakeEventsOfRules',
      'events.amazonaws.com',
      queueId,
      ruleIds.map((id) => attribute(id)),
    ),
  ];
}

function sending(sid: string, service: string, queueId: string, sources: readonly unknown[]): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: attribute(queueId),
    Condition: {
      StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
      ArnLike: { 'aws:SourceArn': sources },
    },
  };
}
