/** SQL over the lake of a deployment, by Athena. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { openAthena } from '../../shared/adapters/aws/athena.ts';
import { openGlueCatalog } from '../../shared/adapters/aws/glue-catalog.ts';
import { openBucketStore } from '../../shared/adapters/aws/object-store.ts';
import type { Stack } from '../../shared/operations/check-stack.ts';
import type { QueryEngine } from '../../shared/ports.ts';
import { ensureViews } from '../../shared/query/ensure-views.ts';
import { VIEWS } from '../../shared/query/sql-scope.ts';
import { clientOptions, outputOf } from '../deployment.ts';
import type { Settings } from '../settings.ts';

/** Opens the deployment's workgroup and database, which is to be closed; the views are made where nobody needed them yet. */
export function openDeployedLake(settings: Settings, stack: Stack): QueryEngine {
  const options = { ...clientOptions(settings), region: stack.region };
  const s3 = new S3Client(options);
  const athena = new AthenaClient({ ...options, maxAttempts: 8 });
  const glue = new GlueClient(options);
  const database = outputOf(stack, 'Database');
  const store = openBucketStore(s3, outputOf(stack, 'Lake'));
  const engine = openAthena({ database, workgroup: outputOf(stack, 'Workgroup'), store, client: athena, files: s3 });
  const catalog = openGlueCatalog(database, glue);
  let isReady = false;

  const getReady = async (): Promise<void> => {
    const present = await Promise.all(Object.values(VIEWS).map((name) => catalog.has(name)));
    if (!present.every(Boolean)) await ensureViews({ engine, catalog, store, now: settings.clock.now() });
    isReady = true;
  };
  return {
    async query(sql, lists) {
      if (!isReady) await getReady();
      return engine.query(sql, lists);
    },
    async close() {
      await engine.close();
      for (const client of [athena, glue, s3]) client.destroy();
    },
  };
}
