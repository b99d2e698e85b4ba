/** Encryption at rest: with a key of the owner's where the configuration names one, else with the services' own. */
import type { StorageConfig } from '../shared/config/config.ts';
import { sub, type Statement } from './fragment.ts';

/** Encryption of a bucket. A bucket key saves nearly all requests to KMS. */
export function bucketEncryption({ kmsKey }: StorageConfig): object {
  const byDefault =
    kmsKey === undefined ? { SSEAlgorithm: 'AES256' } : { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey };
  return {
    ServerSideEncryptionConfiguration: [
      { ServerSideEncryptionByDefault: byDefault, ...(kmsKey === undefined ? {} : { BucketKeyEnabled: true }) },
    ],
  };
}

/** Encryption of a queue. A data key serves for an hour, so that requests to KMS do not grow with messages. */
export function queueEncryption({ kmsKey }: StorageConfig): object {
  return kmsKey === undefined
    ? { SqsManagedSseEnabled: true }
    : { KmsMasterKeyId: kmsKey, KmsDataKeyReusePeriodSeconds: 3600 };
}

/** Use of the key through services of AWS (`s3`, `sqs`, …), and never by itself; nothing where there is no key. */
export function useOfKey({ kmsKey }: StorageConfig, services: readonly string[]): readonly Statement[] {
  if (kmsKey === undefined) return [];
  return [
    {
      Sid: 'UseTheKey',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: kmsKey,
      Condition: {
        StringEquals: {
          'kms:ViaService': services.map((service) => sub(`${service}.\${AWS::Region}.\${AWS::URLSuffix}`)),
        },
      },
    },
  ];
}
