/** Flow logs that AWS delivers to S3: buckets made for them, and the events of those that are there already. */
import type { BucketSource, Config, MemberConfig } from '../shared/config/config.ts';
import type { Deployment } from './deployment.ts';
import { attribute, literal, logicalId, ref, sub, type Fragment, type Resource, type Statement } from './fragment.ts';
import { expiryRule, tieredRules, UNFINISHED_UPLOADS } from './lifecycle.ts';
import { bucket, bucketPolicy } from './storage.ts';

/** Delivered objects whose records the lake holds stay for so long, should they have to be read again. */
const DELIVERED_DAYS = 90;

/** The buckets of the configuration: each announces new objects on the queue Objects. */
export function deliveries({ config }: Deployment): Fragment {
  const made = bucketSources(config).filter(({ create }) => create);
  const there = bucketSources(config).filter(({ create }) => !create);
  return {
    Resources: Object.fromEntries([...made.flatMap((source) => makeBucket(source, config)), ...there.map(eventRule)]),
    Outputs: Object.fromEntries(
      made.map((source) => [
        bucketId(source),
        { Description: `Bucket to which flow logs are delivered`, Value: ref(bucketId(source)) },
      ]),
    ),
  };
}

/** Logical ids of the rules that watch buckets which are there already. */
export function objectRules(config: Config): readonly string[] {
  return bucketSources(config).flatMap((source) => (source.create ? [] : [ruleId(source)]));
}

/** The configuration's buckets. */
export function bucketSources({ sources }: Config): readonly BucketSource[] {
  return sources.filter((source) => source.kind === 'bucket');
}

/** Keys of the flow logs that AWS delivers there, as a pattern: other logs may lie beside them. */
function deliveredKeys({ prefix }: BucketSource): string {
  return `${prefix.replaceAll(/[*\\]/g, '\\$&')}AWSLogs/*vpcflowlogs/*`;
}

function bucketId({ bucket: name }: BucketSource): string {
  return logicalId('Deliveries', name);
}

/** The logical id of the rule that watches a bucket which is there already. */
export function ruleId({ bucket: name, prefix }: BucketSource): string {
  return logicalId('ObjectsOf', prefix === '' ? name : `${name}/${prefix}`);
}

/** A bucket of this deployment's, open to deliveries of its own account and of members. */
function makeBucket(source: BucketSource, config: Config): [string, Resource][] {
  const id = bucketId(source);
  // what stays the only copy is kept as the lake's own records are
  const rules = source.archive
    ? [expiryRule('delivered', source.prefix, DELIVERED_DAYS)]
    : tieredRules('delivered', source.prefix, config.storage);
  const made = bucket(config.storage, [...rules, UNFINISHED_UPLOADS], {
    BucketName: source.bucket,
    NotificationConfiguration: {
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: `${source.prefix}AWSLogs/` }] } },
          Queue: attribute('Objects'),
        },
      ],
    },
  });
  return [
    [id, { ...made, DependsOn: 'ObjectsPolicy' }],
    [`${id}Policy`, bucketPolicy(id, deliveryStatements(id, source, config.members))],
  ];
}

/** What the service that delivers logs may do, for which accounts. */
function deliveryStatements(id: string, { prefix }: BucketSource, members: MemberConfig): readonly Statement[] {
  const accounts = [ref('AWS::AccountId'), ...members.accounts];
  const folders = accounts.map((account) => (typeof account === 'string' ? account : '${AWS::AccountId}'));
  const inOrganization = members.organization !== undefined;
  const folder = (text: string): unknown => sub(`\${${id}.Arn}/${literal(prefix)}AWSLogs/${text}/*`);
  const ofAccounts = {
    StringEquals: { 'aws:SourceAccount': accounts },
    ArnLike: { 'aws:SourceArn': folders.map((account) => sub(`arn:\${AWS::Partition}:logs:*:${account}:*`)) },
  };
  const ofOrganization = { StringEquals: { 'aws:SourceOrgID': members.organization } };
  const deliver = (Sid: string, Resource: unknown, Condition: NonNullable<Statement['Condition']>): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service: 'delivery.logs.amazonaws.com' },
    Action: 's3:PutObject',
    Resource,
    Condition: {
      ...Condition,
      StringEquals: { ...Condition['StringEquals'], 's3:x-amz-acl': 'bucket-owner-full-control' },
    },
  });
  const look = (Sid: string, Condition: NonNullable<Statement['Condition']>): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service: 'delivery.logs.amazonaws.com' },
    Action: 's3:GetBucketAcl',
    Resource: attribute(id),
    Condition,
  });
  return [
    // plain folders, and the same in Hive's manner
    deliver(
      'DeliverOfAccounts',
      [...folders.map(folder), ...folders.map((account) => folder(`aws-account-id=${account}`))],
      ofAccounts,
    ),
    look('CheckBeforeDelivering', ofAccounts),
    ...(inOrganization
      ? [
          deliver('DeliverOfOrganization', sub(`\${${id}.Arn}/${literal(prefix)}AWSLogs/*`), ofOrganization),
          look('CheckBeforeDeliveringOfOrganization', ofOrganization),
        ]
      : []),
  ];
}

/** New objects of a bucket that somebody else configures: it has to send its events to EventBridge. */
function eventRule(source: BucketSource): [string, Resource] {
  return [
    ruleId(source),
    {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [source.bucket] }, object: { key: [{ wildcard: deliveredKeys(source) }] } },
        },
        Targets: [
          {
            Id: 'Objects',
            Arn: attribute('Objects'),
            RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
            DeadLetterConfig: { Arn: attribute('ObjectsDead') },
          },
        ],
      },
    },
  ];
}
