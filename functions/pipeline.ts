/** The pipeline as the functions share it: made once a process. */
import { S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { deployment } from './deployment.ts';
import { openBucketStore } from '../shared/adapters/aws/object-store.ts';
import { openBatchQueue } from '../shared/adapters/aws/batch-queue.ts';
import { systemClock } from '../shared/adapters/local/clock.ts';
import { noAlertMemory } from '../shared/alerts/memory.ts';
import { decodeDelivery } from '../shared/flow/decode.ts';
import { servicePortTable } from '../shared/flow/direction.ts';
import { parseFormat, type Format } from '../shared/flow/format.ts';
import { networkTest } from '../shared/flow/networks.ts';
import { compilePipelineRules, type Pipeline } from '../shared/pipeline.ts';
import { alertQueries } from '../shared/query/alert-queries.ts';
import { PRIVATE_NETWORKS } from '../shared/rules/built-in-lists.ts';
import { loadRules } from '../shared/rules/load.ts';

const { config } = deployment;
const networks = config.networks ?? PRIVATE_NETWORKS;
const rules = compilePipelineRules(loadRules(deployment.rules, { networks }).rules);
const groups = config.sources.filter((source) => source.kind === 'log-group');

function formatsOf(logGroup: string): readonly Format[] | undefined {
  const group = groups.find((each) => each.logGroup === logGroup);
  const formats = group?.formats.map(parseFormat);
  return formats?.filter((format): format is Format => !('kind' in format));
}

/** What all functions work with. */
export const pipeline: Pipeline = {
  store: openBucketStore(new S3Client(), process.env['SEKISHO_LAKE']!),
  queue: openBatchQueue(process.env['SEKISHO_BATCHES']!),
  sink: undefined,
  clock: systemClock,
  random: () => randomBytes(6).toString('hex'),
  decode: (arrival) =>
    decodeDelivery(arrival, {
      formats: { given: undefined, ofLogGroup: formatsOf },
      inNetworks: networkTest(networks),
      servicePorts: servicePortTable(config.servicePorts),
      arrival: Date.now() / 1000,
    }),
  rules,
  queriesOf: alertQueries(networks),
  seen: noAlertMemory(),
};
