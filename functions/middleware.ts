/** What stands around every function: its failure is one line of the log, and what it counted becomes metrics. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { enter, fail, metrics } from './telemetry.ts';

/**
 * A Lambda handler around `work`. An error is logged and thrown again, for Lambda (or the queue) to try again.
 *
 * Middy's own early timeout stays off: work that it leaves behind would go on when the process is thawed, perhaps an
 * hour later, and write where readers no longer expect anything. Lambda's own timeout ends the process.
 */
export function withMiddleware<Event, Answer>(
  work: (event: Event, context: Context) => Promise<Answer>,
): (event: Event, context: Context) => Promise<Answer> {
  return middy<Event, Answer>((event: Event, context: Context) => work(event, context), {
    timeoutEarlyInMillis: 0,
  }).use({
    before: ({ context }) => enter(context),
    after: () => metrics.publish(),
    onError: async ({ error }) => {
      await fail(error);
      await metrics.publish();
    },
  });
}
