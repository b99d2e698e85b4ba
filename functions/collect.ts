/** Objects that AWS delivered to S3, or that a backfill named. */
import { openObjectSource } from '../shared/adapters/aws/object-source.ts';
import { collectObjects } from '../shared/collect-objects.ts';
import { deployment } from './deployment.ts';
import { patiently } from './patience.ts';
import { pipeline } from './pipeline.ts';
import { fromQueue, measuredOf } from './queue.ts';
import { metrics, warn } from './telemetry.ts';
import { withRules } from './with-rules.ts';

const open = openObjectSource();
const sources = deployment.config.sources.filter((source) => source.kind === 'bucket');

/** Messages that can't be read come again alone, and in the end lie with the dead letters. */
export const handler = withRules(
  fromQueue(
    patiently(['none', 'stream'], async (messages) => {
      const { archived, failed, gone } = await collectObjects(messages, pipeline, { open, sources });
      metrics.add(measuredOf(archived));
      metrics.add({ UnreadableDeliveries: gone.length });
      for (const { message } of gone) await warn(message);
      return failed;
    }),
  ),
);
