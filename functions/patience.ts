/** Work on a queue's messages that would better have lists which can't be read at the moment. */
import type { Context } from 'aws-lambda';
import type { FailedMessage, ReceivedMessage } from '../shared/archive-messages.ts';
import type { Memory } from '../shared/rules/rule.ts';
import { missingLists } from './pipeline.ts';

/** So often a message is received before it is worked off without them: a minute and a half after the first time. */
const MOST_PATIENT = 3;

type Work = (messages: readonly ReceivedMessage[], context: Context) => Promise<readonly FailedMessage[]>;

/**
 * The same work, for which messages wait while rules of these memories can't decide: not for long, as the lake is not to
 * depend on a list. What is worked off then these rules never see.
 */
export function patiently(memories: readonly Memory[], work: Work): Work {
  return async (messages, context) => {
    const reason = missingLists(...memories);
    if (reason === undefined) return work(messages, context);
    const waits = ({ received = MOST_PATIENT }: ReceivedMessage): boolean => received < MOST_PATIENT;
    const ready = messages.filter((message) => !waits(message));
    const failed = ready.length === 0 ? [] : await work(ready, context);
    return [...messages.filter(waits).map(({ id }) => ({ id, reason })), ...failed];
  };
}
