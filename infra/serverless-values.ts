/** What serverless.yml takes from the configuration. */
import type { Deployment } from './deployment.ts';
import { ref } from './fragment.ts';

/** The values, by the name under which serverless.yml asks for them. */
export function serverlessValues({ config }: Deployment): Readonly<Record<string, unknown>> {
  const { deployment, operations } = config;
  const { name, stage, region } = deployment;
  return {
    name,
    stage,
    region: region ?? process.env['AWS_REGION'] ?? 'us-east-1',
    logRetentionDays: operations.logRetentionDays,
    tags: { application: name },
    environment: {
      NODE_OPTIONS: '--enable-source-maps',
      POWERTOOLS_LOG_LEVEL: 'WARN',
      POWERTOOLS_SERVICE_NAME: `${name}-${stage}`,
      SEKISHO_LAKE: ref('Lake'),
      SEKISHO_TRANSIT: ref('Transit'),
      SEKISHO_BATCHES: ref('Batches'),
    },
  };
}
