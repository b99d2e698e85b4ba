/** SQL over the lake of a deployment, by Athena. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { openAthena } from '../../shared/adapters/aws/athena.ts';
import { openBucketStore } from '../../shared/adapters/aws/object-store.ts';
import type { Stack } from '../../shared/operations/check-stack.ts';
import type { QueryEngine } from '../../shared/ports.ts';
import { clientOptions, outputOf } from '../deployment.ts';
import type { Settings } from '../settings.ts';

/** Opens the deployment's workgroup and database; to be closed. */
export function openDeployedLake(settings: Settings, stack: Stack): QueryEngine {
  const options = { ...clientOptions(settings), region: stack.region };
  const s3 = new S3Client(options);
  const client = new AthenaClient({ ...options, maxAttempts: 8 });
  const engine = openAthena({
    database: outputOf(stack, 'Database'),
    workgroup: outputOf(stack, 'Workgroup'),
    store: openBucketStore(s3, outputOf(stack, 'Lake')),
    client,
    files: s3,
  });
  return {
    query: (sql, lists) => engine.query(sql, lists),
    async close() {
      await engine.close();
      client.destroy();
      s3.destroy();
    },
  };
}
