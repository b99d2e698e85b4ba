/** Deliveries from the queue, many at once. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { archiveMessages } from '../shared/archive-messages.ts';
import { pipeline, transit } from './pipeline.ts';
import { answerTo, measuredOf, receivedIn } from './queue.ts';
import { metrics } from './telemetry.ts';
import { withRules } from './with-rules.ts';

/** Messages that can't be read come again alone, and in the end lie with the dead letters. */
export const handler = withRules(async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const { archived, failed } = await archiveMessages(receivedIn(event), pipeline, transit);
  metrics.add(measuredOf(archived));
  return answerTo(failed);
});
