/** Judges what waits and what was given up: queues, their dead letters, and asynchronous calls that failed. */
import { CALL_RETRIES, FAILED_CALL_DAYS } from './deployed-functions.ts';
import { MESSAGE_DAYS, QUEUE_USES, QUEUES, type QueueName } from './deployed-queues.ts';
import { keptCall } from './failed-call.ts';
import { findingsOf, type Finding, type Observed } from './finding.ts';
import { age, counted, secondsSince } from './wording.ts';

/** A queue as SQS tells of it; counts are approximate. */
export interface QueueState {
  readonly waiting: number;
  readonly inFlight: number;
  /** Seconds that its oldest message has waited; undefined where CloudWatch has no figure yet. */
  readonly oldestSeconds: number | undefined;
}

/** All that was looked at of a queue. */
export interface QueueLook {
  readonly queue: Observed<QueueState>;
  /** Messages in its dead-letter queue. */
  readonly dead: Observed<number>;
}

/** Asynchronous calls of one function that failed for good, kept in the bucket Transit. */
export interface FailedCalls {
  readonly function: string;
  readonly count: number;
  readonly oldest: Date;
}

/** The findings about the queues. */
export function checkQueues(stack: string, looks: Readonly<Record<QueueName, QueueLook>>): readonly Finding[] {
  const findings = findingsOf('queues');
  for (const name of QUEUES) {
    const { by, mostSeconds, what } = QUEUE_USES[name];
    const look = looks[name];
    findings.look(name, look.queue, ({ waiting, inFlight, oldestSeconds }) => {
      const oldest = oldestSeconds === undefined || waiting === 0 ? '' : `, the oldest for ${age(oldestSeconds)}`;
      const seen = `${counted(waiting, 'message')} waiting${oldest}, ${inFlight.toLocaleString('en-US')} being worked on`;
      if (waiting === 0 || (oldestSeconds ?? 0) <= mostSeconds) findings.ok(name, seen);
      else {
        findings.problem(
          name,
          `${seen}: ${what}`,
          `\`${by}\` fails or can't keep up; see why: \`aws logs tail /aws/lambda/${stack}-${by} --since 1h\``,
        );
      }
    });
    const dead = `${name}Dead`;
    findings.look(dead, look.dead, (count) => {
      if (count === 0) findings.ok(dead, 'no dead letters');
      else {
        findings.problem(
          dead,
          `${counted(count, 'message')} that \`${by}\` gave up on; SQS deletes them after ${MESSAGE_DAYS} days`,
          `mend what the log of \`${stack}-${by}\` says, then: \`npx sekisho redrive --queue ${name.toLowerCase()}\``,
        );
      }
    });
  }
  return findings.found;
}

/** The findings about asynchronous calls that failed. */
export function checkFailedCalls(
  stack: string,
  observed: Observed<readonly FailedCalls[]>,
  now: Date,
): readonly Finding[] {
  const findings = findingsOf('queues');
  findings.look('failed calls', observed, (all) => {
    // what another version kept of other functions was made up for long ago
    const kept = all.flatMap((calls) => {
      const short = keptCall(stack, calls.function);
      return short === undefined ? [] : [{ ...calls, short }];
    });
    if (kept.length === 0) findings.ok('failed calls', 'none of the asynchronous calls failed for good');
    for (const { function: name, short, count, oldest } of kept) {
      const tries = CALL_RETRIES[short] === 0 ? '' : ` ${CALL_RETRIES[short] + 1} times`;
      findings.problem(
        'failed calls',
        `${counted(count, 'call')} of \`${name}\` failed${tries}, the oldest ${age(secondsSince(oldest, now))} ago; S3 deletes them after ${FAILED_CALL_DAYS} days`,
        `mend what \`aws logs tail /aws/lambda/${name} --since 1h\` shows, then: \`npx sekisho redrive --queue ${short}\``,
      );
    }
  });
  return findings.found;
}
