/** The queues between the functions, each with one for what could not be worked off. */
import { attribute, ref, type Fragment } from './fragment.ts';

const FOURTEEN_DAYS = 1_209_600;

/** Batches (deliveries to be archived), Objects (keys to be collected), Alerts (keys to be told). */
export function queues(): Fragment {
  const names = { Batches: 720, Objects: 5400, Alerts: 360 };
  const pairs = Object.entries(names).flatMap(([name, visibility]) => [
    [
      name,
      {
        Type: 'AWS::SQS::Queue',
        Properties: {
          MessageRetentionPeriod: FOURTEEN_DAYS,
          VisibilityTimeout: visibility,
          RedrivePolicy: { deadLetterTargetArn: attribute(`${name}Dead`), maxReceiveCount: 5 },
        },
      },
    ],
    [`${name}Dead`, { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: FOURTEEN_DAYS } }],
  ]);
  const outputs = Object.keys(names).flatMap((name) => [
    [name, { Description: `URL of the queue`, Value: ref(name) }],
    [`${name}Dead`, { Description: `URL of its dead letters`, Value: ref(`${name}Dead`) }],
  ]);
  return {
    Resources: {
      ...(Object.fromEntries(pairs) as Fragment['Resources']),
      AlertsPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [ref('Alerts')],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 's3.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: attribute('Alerts'),
                Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
              },
            ],
          },
        },
      },
    },
    Outputs: Object.fromEntries(outputs) as NonNullable<Fragment['Outputs']>,
  };
}
