/** What sets the functions going: queues and schedules. */
import type { Deployment } from './deployment.ts';
import { attribute, ref, type Fragment, type Resource } from './fragment.ts';

/** Mappings of queues, schedules, and what becomes of asynchronous calls that fail. */
export function triggers({ config }: Deployment): Fragment {
  return {
    Resources: {
      ArchiveTrigger: fromQueue('Batches', 'ArchiveLambdaFunction', 1000, 60),
      CollectTrigger: fromQueue('Objects', 'CollectLambdaFunction', 1, 0),
      NotifyTrigger: fromQueue('Alerts', 'NotifyLambdaFunction', 100, 5),
      ...schedule('Windows', 'rate(1 minute)'),
      ...schedule('Rules', config.schedules.rules),
    },
  };
}

function fromQueue(queue: string, target: string, batchSize: number, window: number): Resource {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: attribute(queue),
      FunctionName: ref(target),
      BatchSize: batchSize,
      MaximumBatchingWindowInSeconds: window,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  };
}

function schedule(name: string, expression: string): Record<string, Resource> {
  const target = `${name}LambdaFunction`;
  return {
    [`${name}Schedule`]: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: expression, Targets: [{ Id: name, Arn: attribute(target) }] },
    },
    [`${name}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref(target),
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(`${name}Schedule`),
      },
    },
  };
}
