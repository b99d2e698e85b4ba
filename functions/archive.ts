/** Deliveries from the queue, many at once. */
import { archiveMessages } from '../shared/archive-messages.ts';
import { patiently } from './patience.ts';
import { pipeline, transit } from './pipeline.ts';
import { fromQueue, measuredOf } from './queue.ts';
import { metrics } from './telemetry.ts';
import { withRules } from './with-rules.ts';

/** Messages that can't be read come again alone, and in the end lie with the dead letters. */
export const handler = withRules(
  fromQueue(
    patiently(['stream'], async (messages) => {
      const { archived, failed } = await archiveMessages(messages, pipeline, transit);
      metrics.add(measuredOf(archived));
      return failed;
    }),
  ),
);
