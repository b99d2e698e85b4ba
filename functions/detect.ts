/** A delivery of CloudWatch Logs, as a subscription sends it. */
import { openSubscriptionEvent } from '../shared/envelope/subscription.ts';
import { detect } from '../shared/pipeline.ts';
import { withMiddleware } from './middleware.ts';
import { knowsLogGroup, missingLists, pipeline } from './pipeline.ts';
import { warnOnce } from './telemetry.ts';

/** Lambda calls it asynchronously: an error has it called again, and in the end the event kept. */
export const handler = withMiddleware(async (event: unknown): Promise<void> => {
  const { decoded } = await detect(openSubscriptionEvent(event), pipeline);
  // what is malformed is archive's to count: it is quarantined there
  const logGroup = decoded.kind === 'decoded' ? decoded.delivery.source.name : null;
  if (logGroup === null) return;
  if (!knowsLogGroup(logGroup)) {
    await warnOnce(
      `log group \`${logGroup}\` is not in sekisho.yml: its lines are read as the default format; add it to \`sources\` with its format`,
    );
  }
  const missing = missingLists('none');
  if (missing !== undefined) throw new Error(missing);
});
