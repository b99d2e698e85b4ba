/** The Athena workgroup: what a query may scan, and where results lie. */
import { stackName } from '../shared/operations/deployed-names.ts';
import type { Deployment } from './deployment.ts';
import { ref, sub, type Fragment } from './fragment.ts';

/** Prefix of query results in the bucket of what passes through, which deletes them after a while. */
export const ATHENA_RESULTS = 'athena-results/';

/** Athena takes no smaller limit, bytes. */
const SMALLEST_LIMIT = 10_000_000;

/** A workgroup whose settings hold for every query in it, whatever a client asks for. */
export function workgroup({ config }: Deployment): Fragment {
  const { deployment, budgets, storage } = config;
  const { kmsKey } = storage;
  const name = stackName(deployment);
  return {
    Resources: {
      Workgroup: {
        Type: 'AWS::Athena::WorkGroup',
        Properties: {
          Name: name,
          Description: `queries over the flow logs of ${name}`,
          State: 'ENABLED',
          // its history goes with the stack
          RecursiveDeleteOption: true,
          WorkGroupConfiguration: {
            EnforceWorkGroupConfiguration: true,
            PublishCloudWatchMetricsEnabled: true,
            RequesterPaysEnabled: false,
            BytesScannedCutoffPerQuery: Math.max(budgets.queryScan, SMALLEST_LIMIT),
            EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
            ResultConfiguration: {
              OutputLocation: sub(`s3://\${Transit}/${ATHENA_RESULTS}`),
              ExpectedBucketOwner: ref('AWS::AccountId'),
              EncryptionConfiguration:
                kmsKey === undefined ? { EncryptionOption: 'SSE_S3' } : { EncryptionOption: 'SSE_KMS', KmsKey: kmsKey },
            },
          },
        },
      },
    },
    Outputs: { Workgroup: { Description: 'workgroup of queries over the lake', Value: ref('Workgroup') } },
  };
}
