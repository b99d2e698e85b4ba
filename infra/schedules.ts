/** What runs by the clock. */
import type { Deployment } from './deployment.ts';
import { attribute, ref, type Fragment, type Resource } from './fragment.ts';
import type { FunctionName } from './names.ts';

interface Schedule {
  readonly expression: string;
  /** Seconds for which EventBridge tries to hand over an event. */
  readonly patience: number;
}

/** The functions that run by the clock, with a rule and a permission each. */
export function schedules(deployment: Deployment): Fragment {
  const entries = Object.entries(schedulesOf(deployment)) as [FunctionName, Schedule][];
  return { Resources: Object.fromEntries(entries.flatMap(([name, schedule]) => resourcesOf(name, schedule))) };
}

/** Logical ids of the schedules' rules. */
export function scheduleRules(deployment: Deployment): readonly string[] {
  return Object.keys(schedulesOf(deployment)).map((name) => `${name}Schedule`);
}

function schedulesOf({ config }: Deployment): Readonly<Partial<Record<FunctionName, Schedule>>> {
  return {
    // the next minute does all of the work of one that was missed
    Windows: { expression: 'rate(1 minute)', patience: 60 },
    Rules: { expression: config.schedules.rules, patience: 900 },
  };
}

function resourcesOf(name: FunctionName, { expression, patience }: Schedule): [string, Resource][] {
  const target = `${name}LambdaFunction`;
  return [
    [
      `${name}Schedule`,
      {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: expression,
          Targets: [
            {
              Id: name,
              Arn: attribute(target),
              RetryPolicy: { MaximumEventAgeInSeconds: patience, MaximumRetryAttempts: 3 },
              DeadLetterConfig: { Arn: attribute('SchedulesDead') },
            },
          ],
        },
      },
    ],
    [
      `${name}Permission`,
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: ref(target),
          Principal: 'events.amazonaws.com',
          SourceArn: attribute(`${name}Schedule`),
          SourceAccount: ref('AWS::AccountId'),
        },
      },
    ],
  ];
}
