/** The buckets: the lake, and what only passes through. */
import { ALERTS } from '../shared/alerts/layout.ts';
import type { StorageConfig } from '../shared/config/config.ts';
import { tierPrefix } from '../shared/lake/layout.ts';
import { FAILED_CALL_DAYS, FAILED_CALLS } from '../shared/operations/deployed-functions.ts';
import { MESSAGE_DAYS } from '../shared/operations/deployed-queues.ts';
import type { Deployment } from './deployment.ts';
import { bucketEncryption } from './encryption.ts';
import { attribute, policy, ref, sub, type Fragment, type Resource, type Statement } from './fragment.ts';
import { expiryRule, lifecycle, tieredRules, UNFINISHED_UPLOADS, type LifecycleRule } from './lifecycle.ts';
import { ATHENA_RESULTS } from './workgroup.ts';

/** What a message names has to be there for longer than the message. */
const PARKED_DAYS = MESSAGE_DAYS + 1;

/** Days that former versions stay, where versions are kept; window state is written every minute. */
const FORMER_VERSIONS_DAYS = 30;
const FORMER_STATE_DAYS = 1;

/** Where batches lie that are too large for a queue. */
export const PARKED = 'parked/';

/** The lake keeps what it holds when the stack goes; nothing in it is deleted by age unless the configuration says so. */
export function storage({ config }: Deployment): Fragment {
  const { storage: settings } = config;
  const lake = bucket(settings, [...lakeRules(settings), UNFINISHED_UPLOADS], {
    ...(settings.bucket === undefined ? {} : { BucketName: settings.bucket }),
    ...(settings.versioning ? { VersioningConfiguration: { Status: 'Enabled' } } : {}),
    NotificationConfiguration: {
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: ALERTS }] } },
          Queue: attribute('Alerts'),
        },
      ],
    },
  });
  const transit = bucket(settings, [
    expiryRule('parked-batches', PARKED, PARKED_DAYS),
    expiryRule('failed-events', FAILED_CALLS, FAILED_CALL_DAYS),
    expiryRule('query-results', ATHENA_RESULTS, settings.queryResults),
    UNFINISHED_UPLOADS,
  ]);
  return {
    Resources: {
      // S3 tries a notification's queue when it is set
      Lake: { ...lake, DependsOn: 'AlertsPolicy' },
      LakePolicy: bucketPolicy('Lake'),
      Transit: transit,
      TransitPolicy: bucketPolicy('Transit'),
    },
    Outputs: {
      Lake: { Description: 'Bucket of the lake', Value: ref('Lake') },
      Transit: { Description: 'Bucket of what passes through', Value: ref('Transit') },
    },
  };
}

/** A bucket that is encrypted, closed to the public, without ACLs, and stays when the stack goes. */
export function bucket(
  settings: StorageConfig,
  rules: readonly LifecycleRule[],
  properties: Readonly<Record<string, unknown>> = {},
): Resource {
  return {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      ...properties,
      BucketEncryption: bucketEncryption(settings),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: lifecycle(rules),
    },
  };
}

/** A bucket's policy: no way to it without TLS, and what else is said. */
export function bucketPolicy(bucketId: string, statements: readonly Statement[] = []): Resource {
  const tlsOnly: Statement = {
    Sid: 'RefuseWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [attribute(bucketId), sub(`\${${bucketId}.Arn}/*`)],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return {
    Type: 'AWS::S3::BucketPolicy',
    // a policy that went before its bucket would leave that open to plain HTTP
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: { Bucket: ref(bucketId), PolicyDocument: policy([tlsOnly, ...statements]) },
  };
}

/** Compacted records grow old; raw ones go when compaction has published them, and everything else is small. */
function lakeRules(settings: StorageConfig): readonly LifecycleRule[] {
  const former = (days: number): object => ({ NoncurrentVersionExpiration: { NoncurrentDays: days } });
  return [
    ...tieredRules('flows', tierPrefix('vpc', 'compact'), settings),
    ...tieredRules('transit-gateway-flows', tierPrefix('tgw', 'compact'), settings),
    // also for a bucket that has kept versions once
    { Id: 'former-state', Status: 'Enabled', Prefix: 'windows/', ...former(FORMER_STATE_DAYS) },
    { Id: 'former-versions', Status: 'Enabled', ...former(FORMER_VERSIONS_DAYS), ExpiredObjectDeleteMarker: true },
  ];
}
