/** Where flow logs come from. */
import type { Deployment } from './deployment.ts';
import { attribute, ref, sub, type Fragment, type Resource } from './fragment.ts';

/** The subscriptions of the configuration's log groups. */
export function sources({ config }: Deployment): Fragment {
  const groups = config.sources.filter((source) => source.kind === 'log-group');
  const entries = groups
    .filter(({ logGroup }) => !logGroup.endsWith('*'))
    .flatMap(({ logGroup }, index): [string, Resource][] => [
      [
        `Subscription${index + 1}`,
        {
          Type: 'AWS::Logs::SubscriptionFilter',
          DependsOn: `SubscriptionPermission${index + 1}`,
          Properties: { LogGroupName: logGroup, FilterPattern: '', DestinationArn: attribute('DetectLambdaFunction') },
        },
      ],
      [
        `SubscriptionPermission${index + 1}`,
        {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: ref('DetectLambdaFunction'),
            Principal: 'logs.amazonaws.com',
            SourceAccount: ref('AWS::AccountId'),
            SourceArn: sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${logGroup}:*`),
          },
        },
      ],
    ]);
  return { Resources: Object.fromEntries(entries) };
}
