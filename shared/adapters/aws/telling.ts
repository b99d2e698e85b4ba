/** Topics with their subscribers, and alarms. */
import { paginateDescribeAlarms, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import type { Alarm, TopicLook, TopicSubscription } from '../../operations/check-telling.ts';
import type { Observed } from '../../operations/finding.ts';
import { observe } from './call-errors.ts';

/** Looks at who listens to a topic. */
export async function lookAtTopic(client: SNSClient, name: string, arn: string): Promise<TopicLook> {
  const subscriptions = await observe('sns:ListSubscriptionsByTopic', async () => {
    const found: TopicSubscription[] = [];
    for await (const { Subscriptions } of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) {
      for (const { Protocol = '', Endpoint = '', SubscriptionArn } of Subscriptions ?? []) {
        if (SubscriptionArn === 'Deleted') continue;
        // what is confirmed has an ARN
        found.push({ protocol: Protocol, endpoint: Endpoint, pending: SubscriptionArn?.startsWith('arn:') !== true });
      }
    }
    return found;
  });
  return { name, arn, subscriptions };
}

/** Looks at the alarms whose names begin so. */
export function lookAtAlarms(client: CloudWatchClient, prefix: string): Promise<Observed<readonly Alarm[]>> {
  return observe('cloudwatch:DescribeAlarms', async () => {
    const found: Alarm[] = [];
    for await (const { MetricAlarms } of paginateDescribeAlarms({ client }, { AlarmNamePrefix: prefix })) {
      for (const { AlarmName = '', StateValue = '', AlarmDescription, StateReason } of MetricAlarms ?? []) {
        found.push({ name: AlarmName, state: StateValue, description: AlarmDescription, reason: StateReason });
      }
    }
    return found;
  });
}
