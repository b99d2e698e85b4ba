/** The buckets: the lake, and what only passes through. */
import type { Deployment } from './deployment.ts';
import { ref, type Fragment } from './fragment.ts';

/** The lake keeps what it holds when the stack goes. */
export function storage({ config }: Deployment): Fragment {
  const { storage: settings } = config;
  return {
    Resources: {
      Lake: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        DependsOn: 'AlertsPolicy',
        Properties: {
          ...(settings.bucket === undefined ? {} : { BucketName: settings.bucket }),
          NotificationConfiguration: {
            QueueConfigurations: [
              {
                Event: 's3:ObjectCreated:*',
                Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'alerts/' }] } },
                Queue: { 'Fn::GetAtt': ['Alerts', 'Arn'] },
              },
            ],
          },
        },
      },
      Transit: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    },
    Outputs: {
      Lake: { Description: 'bucket of the lake', Value: ref('Lake') },
      Transit: { Description: 'bucket of what passes through', Value: ref('Transit') },
    },
  };
}
