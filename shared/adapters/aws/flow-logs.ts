/** The flow logs of an account and region. */
import { paginateDescribeFlowLogs, type EC2Client, type FlowLog as Described } from '@aws-sdk/client-ec2';
import type { FlowLog, FlowLogTarget } from '../../operations/check-flow-logs.ts';
import type { Observed } from '../../operations/finding.ts';
import { observe } from './call-errors.ts';

/** All of them. */
export function lookAtFlowLogs(client: EC2Client): Promise<Observed<readonly FlowLog[]>> {
  return observe('ec2:DescribeFlowLogs', async () => {
    const found: FlowLog[] = [];
    for await (const { FlowLogs } of paginateDescribeFlowLogs({ client }, {})) {
      for (const each of FlowLogs ?? []) found.push(flowLogOf(each));
    }
    return found;
  });
}

function flowLogOf(described: Described): FlowLog {
  return {
    id: described.FlowLogId ?? '',
    resource: described.ResourceId ?? '',
    traffic: described.TrafficType,
    status: described.FlowLogStatus ?? 'unknown',
    delivery: described.DeliverLogsStatus,
    deliveryError: described.DeliverLogsErrorMessage,
    format: described.LogFormat,
    aggregation: described.MaxAggregationInterval,
    target: targetOf(described),
  };
}

function targetOf({
  LogDestinationType,
  LogDestination = '',
  LogGroupName,
  DestinationOptions,
}: Described): FlowLogTarget {
  switch (LogDestinationType) {
    case 's3': {
      const [bucket = '', ...folders] = LogDestination.replace(/^arn:[^:]*:s3:::/, '').split('/');
      const prefix = folders.filter((folder) => folder !== '').join('/');
      return {
        kind: 'bucket',
        bucket,
        prefix: prefix === '' ? '' : `${prefix}/`,
        parquet: DestinationOptions?.FileFormat === 'parquet',
        hive: DestinationOptions?.HiveCompatiblePartitions === true,
        hourly: DestinationOptions?.PerHourPartition === true,
      };
    }
    case 'kinesis-data-firehose':
      return { kind: 'other' };
    case 'cloud-watch-logs':
    case undefined: {
      const [, ofArn] = /:log-group:(.+?)(?::\*)?$/.exec(LogDestination) ?? [];
      return { kind: 'log-group', name: LogGroupName ?? ofArn ?? LogDestination };
    }
    default:
      return { kind: 'other' };
  }
}
