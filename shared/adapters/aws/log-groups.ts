/** Log groups and their subscriptions. */
import {
  paginateDescribeLogGroups,
  paginateDescribeSubscriptionFilters,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogGroupLook } from '../../operations/check-log-group.ts';
import { observe } from './call-errors.ts';

/** Looks at the log group of a name. */
export async function lookAtLogGroup(client: CloudWatchLogsClient, name: string): Promise<LogGroupLook> {
  const [group, filters] = await Promise.all([
    observe('logs:DescribeLogGroups', async () => {
      for await (const { logGroups } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: name })) {
        const found = logGroups?.find(({ logGroupName }) => logGroupName === name);
        if (found !== undefined) {
          const { logGroupClass = 'STANDARD', retentionInDays, storedBytes } = found;
          return { class: logGroupClass, retentionDays: retentionInDays, storedBytes };
        }
      }
      return undefined;
    }),
    observe('logs:DescribeSubscriptionFilters', async () => {
      const found: { name: string; destination: string; pattern: string }[] = [];
      for await (const { subscriptionFilters } of paginateDescribeSubscriptionFilters(
        { client },
        { logGroupName: name },
      )) {
        for (const { filterName = '', destinationArn = '', filterPattern = '' } of subscriptionFilters ?? []) {
          found.push({ name: filterName, destination: destinationArn, pattern: filterPattern });
        }
      }
      return found;
    }),
  ]);
  return { group, filters };
}
