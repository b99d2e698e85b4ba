/** Judges what waits and what was given up: queues, their dead letters, and asynchronous calls that failed. */
import { findingsOf, type Finding, type Observed } from './finding.ts';
import { age, counted, secondsSince } from './wording.ts';

/** The queues between the functions, by the names of the stack's outputs. */
export const QUEUES = ['Batches', 'Objects', 'Alerts'] as const;

/** One of the queues between the functions. */
export type QueueName = (typeof QUEUES)[number];

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

/** What takes from each queue, and the age from which on its messages wait too long, as the alarms have it. */
const TAKERS: Readonly<Record<QueueName, { readonly by: string; readonly most: number; readonly what: string }>> = {
  Batches: { by: 'archive', most: 900, what: 'deliveries that are not in the lake yet' },
  Objects: { by: 'collect', most: 3_600, what: 'objects that are not in the lake yet' },
  Alerts: { by: 'notify', most: 300, what: 'alerts that nobody was told of yet' },
};

/** The findings about the queues. */
export function checkQueues(stack: string, looks: Readonly<Record<QueueName, QueueLook>>): readonly Finding[] {
  const findings = findingsOf('queues');
  for (const name of QUEUES) {
    const { by, most, what } = TAKERS[name];
    const look = looks[name];
    findings.look(name, look.queue, ({ waiting, inFlight, oldestSeconds }) => {
      const oldest = oldestSeconds === undefined || waiting === 0 ? '' : `, the oldest for ${age(oldestSeconds)}`;
      const seen = `${counted(waiting, 'message')} waiting${oldest}, ${inFlight.toLocaleString('en-US')} being worked on`;
      if (waiting === 0 || (oldestSeconds ?? 0) <= most) findings.ok(name, seen);
      else {
        findings.problem(
          name,
          `${seen}: ${what}`,
          `\`${by}\` fails or can't keep up; see why: \`aws logs tail /aws/lambda/${stack}-${by} --since 1h\` (a backfill may take hours: then wait)`,
        );
      }
    });
    const dead = `${name}Dead`;
    findings.look(dead, look.dead, (count) => {
      if (count === 0) findings.ok(dead, 'no dead letters');
      else {
        findings.problem(
          dead,
          `${counted(count, 'message')} that \`${by}\` gave up on; SQS deletes them after 14 days`,
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
    if (all.length === 0) findings.ok('failed calls', 'none of the asynchronous calls failed for good');
    for (const { function: name, count, oldest } of all) {
      const short = name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
      findings.problem(
        'failed calls',
        `${counted(count, 'call')} of \`${name}\` failed three times, the oldest ${age(secondsSince(oldest, now))} ago; S3 deletes them after 15 days`,
        `mend what \`aws logs tail /aws/lambda/${name} --since 1h\` shows, then: \`npx sekisho redrive --queue ${short}\``,
      );
    }
  });
  return findings.found;
}
