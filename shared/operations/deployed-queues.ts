/** The queues between a deployment's functions: infra/ makes them so, the commands find them so. */
import type { FunctionName } from './deployed-functions.ts';

/** The queues, by their logical ids, which are the names of the stack's outputs as well. */
export const QUEUES = ['Batches', 'Objects', 'Backfill', 'Alerts'] as const;

/** One of the queues. */
export type QueueName = (typeof QUEUES)[number];

/** What a queue is for. */
export interface QueueUse {
  /** The function that takes from it. */
  readonly by: FunctionName;
  /** Seconds after which a message has waited too long. */
  readonly mostSeconds: number;
  /** Whether messages that wait are what the queue is for, so that no alarm rings. */
  readonly mayWait: boolean;
  /** What its messages stand for. */
  readonly what: string;
}

/** What each queue is for. */
export const QUEUE_USES: Readonly<Record<QueueName, QueueUse>> = {
  Batches: { by: 'archive', mostSeconds: 900, mayWait: false, what: 'deliveries that are not in the lake yet' },
  Objects: { by: 'collect', mostSeconds: 3_600, mayWait: false, what: 'objects that are not in the lake yet' },
  // years of old objects take hours, and what comes meanwhile must not wait behind them; SQS forgets them after 14 days
  Backfill: {
    by: 'collect',
    mostSeconds: 10 * 86_400,
    mayWait: true,
    what: 'old objects that are not in the lake yet',
  },
  Alerts: { by: 'notify', mostSeconds: 300, mayWait: false, what: 'alerts that nobody was told of yet' },
};

/** So often a message is tried before it becomes a dead letter: over more than two hours, see shared/retry-delay.ts. */
export const TRIES = 14;

/** Days for which SQS keeps messages and dead letters: it takes no more. */
export const MESSAGE_DAYS = 14;
