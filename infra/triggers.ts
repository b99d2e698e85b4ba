/** What sets the functions going beside clocks and subscriptions, and what becomes of asynchronous calls that fail. */
import { attribute, ref, type Fragment, type Resource } from './fragment.ts';
import type { FunctionName } from './names.ts';

/** How a function takes messages from a queue. */
interface QueueTrigger {
  readonly queue: string;
  /** Messages an invocation takes at most; Lambda takes fewer than 6 MB. */
  readonly most: number;
  /** Seconds that it waits for more to come. */
  readonly window: number;
}

/** Functions that queues feed. */
const QUEUE_TRIGGERS: Readonly<Partial<Record<FunctionName, QueueTrigger>>> = {
  // many deliveries make one object: requests are what small ones cost
  Archive: { queue: 'Batches', most: 10_000, window: 60 },
  // one object may take all of an invocation's time
  Collect: { queue: 'Objects', most: 1, window: 0 },
  // a person is told of what belongs together in one go
  Notify: { queue: 'Alerts', most: 100, window: 5 },
};

/** What Lambda does with an event of a function that is invoked asynchronously. */
interface Asynchronous {
  readonly retries: 0 | 1 | 2;
  /** Seconds after which an event is given up, 60 to 21,600. */
  readonly patience: number;
}

/** Functions that subscriptions and clocks invoke. What fails goes to the bucket Transit, which takes it whatever its size. */
const ASYNCHRONOUS: Readonly<Partial<Record<FunctionName, Asynchronous>>> = {
  // a delivery comes once: it is tried for as long as Lambda lets us
  Detect: { retries: 2, patience: 21_600 },
  // the next minute does all of the work
  Windows: { retries: 0, patience: 60 },
  // the next run looks at what this one missed; trying at once would pay again for a query that reads too much
  Rules: { retries: 0, patience: 1800 },
};

/** Mappings of queues to functions, and the ends of asynchronous calls. */
export function triggers(): Fragment {
  const fed = Object.entries(QUEUE_TRIGGERS) as [FunctionName, QueueTrigger][];
  const invoked = Object.entries(ASYNCHRONOUS) as [FunctionName, Asynchronous][];
  return {
    Resources: Object.fromEntries([
      ...fed.map(([name, trigger]) => [`${name}Trigger`, mapping(name, trigger)]),
      ...invoked.map(([name, settings]) => [`${name}Invocations`, invocations(name, settings)]),
    ]) as Fragment['Resources'],
  };
}

function mapping(name: FunctionName, { queue, most, window }: QueueTrigger): Resource {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: attribute(queue),
      FunctionName: ref(`${name}LambdaFunction`),
      BatchSize: most,
      MaximumBatchingWindowInSeconds: window,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // the fewest there can be: many small objects are what makes a lake slow
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  };
}

function invocations(name: FunctionName, { retries, patience }: Asynchronous): Resource {
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(`${name}LambdaFunction`),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: retries,
      MaximumEventAgeInSeconds: patience,
      DestinationConfig: { OnFailure: { Destination: attribute('Transit') } },
    },
  };
}
