/** Around the functions that use rules: lists that are kept in S3 are looked at anew where their time has come. */
import type { Context } from 'aws-lambda';
import { withMiddleware } from './middleware.ts';
import { refreshRules } from './pipeline.ts';

/** A Lambda handler around `work`, whose rules have their lists as they are by now. */
export function withRules<Event, Answer>(
  work: (event: Event, context: Context) => Promise<Answer>,
): (event: Event, context: Context) => Promise<Answer> {
  return withMiddleware(async (event: Event, context: Context) => {
    await refreshRules();
    return work(event, context);
  });
}
