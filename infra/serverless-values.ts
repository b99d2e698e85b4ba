/** What serverless.yml takes from the configuration. */
import { stackName, topicId } from '../shared/operations/deployed-names.ts';
import type { Deployment } from './deployment.ts';
import { literal, ref, sub } from './fragment.ts';
import { databaseName } from './names.ts';
import { regionOf, type Call } from './region.ts';

/** The values, by the name under which serverless.yml asks for them. */
export async function serverlessValues(deployment: Deployment, call: Call): Promise<Readonly<Record<string, unknown>>> {
  const { operations } = deployment.config;
  const { name, stage, tags } = deployment.config.deployment;
  return {
    name,
    stage,
    region: await regionOf(deployment.config.deployment, call),
    logRetentionDays: operations.logRetentionDays,
    tags: { ...tags, application: name },
    environment: environment(deployment),
  };
}

/** What the functions are told where they run: names of what the stack made. Nothing here is a secret. */
function environment({ config }: Deployment): Readonly<Record<string, unknown>> {
  const stack = stackName(config.deployment);
  const topics = config.alerts.routes.map(({ name, topic }) => [
    name,
    topic === undefined ? `\${${topicId(name)}}` : literal(topic),
  ]);
  const references = config.alerts.routes.some(({ topic }) => topic === undefined);
  const text = JSON.stringify(Object.fromEntries(topics));
  return {
    POWERTOOLS_LOG_LEVEL: 'WARN',
    POWERTOOLS_SERVICE_NAME: stack,
    SEKISHO_LAKE: ref('Lake'),
    SEKISHO_TRANSIT: ref('Transit'),
    SEKISHO_BATCHES: ref('Batches'),
    SEKISHO_TOPICS: references ? sub(text) : text,
    SEKISHO_DATABASE: databaseName(config.deployment),
    SEKISHO_WORKGROUP: stack,
  };
}
