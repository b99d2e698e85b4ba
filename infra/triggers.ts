/** What sets the functions going beside clocks and subscriptions, and what becomes of asynchronous calls that fail. */
import { CALL_RETRIES, KEPT_CALLS, type KeptCall } from '../shared/operations/deployed-functions.ts';
import { QUEUE_USES, QUEUES, type QueueName } from '../shared/operations/deployed-queues.ts';
import type { Deployment } from './deployment.ts';
import { attribute, ref, type Fragment, type Resource } from './fragment.ts';
import { functionId, type FunctionName } from './names.ts';

/** How a function takes messages from a queue. */
interface QueueTrigger {
  /** The mapping's logical id, without `Trigger`. */
  readonly id: string;
  /** Messages an invocation takes at most; Lambda takes fewer than 6 MB. */
  readonly most: number;
  /** Seconds that it waits for more to come. */
  readonly window: number;
}

/** How the functions take from the queues. */
const QUEUE_TRIGGERS: Readonly<Record<QueueName, QueueTrigger>> = {
  // many deliveries make one object: requests are what small ones cost
  Batches: { id: 'Archive', most: 10_000, window: 60 },
  // one object may take all of an invocation's time
  Objects: { id: 'Collect', most: 1, window: 0 },
  Backfill: { id: 'Backfill', most: 1, window: 0 },
  // a person is told of what belongs together in one go
  Alerts: { id: 'Notify', most: 100, window: 5 },
};

/** A function that subscriptions or clocks invoke. */
type Called = keyof typeof CALL_RETRIES;

/** Seconds after which Lambda gives up an event, 60 to 21,600. */
const PATIENCE: Readonly<Record<Called, number>> = {
  // a delivery comes once: it is tried for as long as Lambda lets us
  detect: 21_600,
  // the next minute does all of the work, also that of ticks that found the one before still at it
  windows: 60,
  // the next run looks at what this one missed; trying at once would pay again for a query that reads too much
  rules: 1800,
};

/** Mappings of queues to functions, and the ends of asynchronous calls. */
export function triggers({ config }: Deployment): Fragment {
  const invoked = Object.keys(PATIENCE) as Called[];
  return {
    Resources: Object.fromEntries([
      ...QUEUES.map((queue) => [`${QUEUE_TRIGGERS[queue].id}Trigger`, mapping(queue, QUEUE_TRIGGERS[queue])]),
      ...invoked.map((name) => [`${functionId(name)}Invocations`, invocations(name)]),
    ]) as Fragment['Resources'],
    extensions: config.deployment.reservedConcurrency
      ? Object.fromEntries(
          SINGLE.map((name) => [`${name}LambdaFunction`, { Properties: { ReservedConcurrentExecutions: 1 } }]),
        )
      : {},
  };
}

/** Of whom one at a time suffices; several are right too, and pay for what one of them does. */
const SINGLE: readonly FunctionName[] = ['Windows', 'Rules'];

function mapping(queue: QueueName, { most, window }: QueueTrigger): Resource {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: attribute(queue),
      FunctionName: ref(`${functionId(QUEUE_USES[queue].by)}LambdaFunction`),
      BatchSize: most,
      MaximumBatchingWindowInSeconds: window,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // the fewest there can be: many small objects are what makes a lake slow
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  };
}

function invocations(name: Called): Resource {
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(`${functionId(name)}LambdaFunction`),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: CALL_RETRIES[name],
      MaximumEventAgeInSeconds: PATIENCE[name],
      // the bucket takes an event whatever its size
      ...(isKept(name) ? { DestinationConfig: { OnFailure: { Destination: attribute('Transit') } } } : {}),
    },
  };
}

function isKept(name: Called): name is KeptCall {
  return (KEPT_CALLS as readonly string[]).includes(name);
}
