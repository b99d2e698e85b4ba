/** What EC2 tells of flow logs, in its own words. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtFlowLogs } from '../../../shared/adapters/aws/flow-logs.ts';
import { startFlowLogApi, type FlowLogApi } from '../../support/flow-log-api.ts';

let api: FlowLogApi;
let client: EC2Client;
beforeAll(async () => {
  api = await startFlowLogApi();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new EC2Client({ endpoint: api.endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await api.stop();
});

const BASE = { flowLogId: 'fl-1', resourceId: 'vpc-1', flowLogStatus: 'ACTIVE' };
const DESTINATION = 'arn:aws:logs:us-east-1:123456789012:log-group:/vpc/flow:*';

test('all of their targets are told, over all pages', async () => {
  api.flowLogs = [
    {
      ...BASE,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: '/vpc/flow',
      logDestination: DESTINATION,
      deliverLogsStatus: 'FAILED',
      deliverLogsErrorMessage: 'Access error',
      logFormat: '${version} ${account-id}',
      maxAggregationInterval: '60',
    },
    { ...BASE, logDestinationType: 'cloud-watch-logs', logDestination: DESTINATION },
    {
      ...BASE,
      logDestinationType: 's3',
      logDestination: 'arn:aws:s3:::logs/net/team/',
      destinationOptions:
        '<fileFormat>parquet</fileFormat><hiveCompatiblePartitions>true</hiveCompatiblePartitions><perHourPartition>false</perHourPartition>',
    },
    { ...BASE, logDestinationType: 's3', logDestination: 'arn:aws-cn:s3:::logs' },
    { ...BASE, logDestinationType: 'kinesis-data-firehose', logDestination: 'arn:aws:firehose:us-east-1:1:x' },
  ];
  const observed = await lookAtFlowLogs(client);
  if (observed.kind === 'hidden') throw new Error(observed.reason);
  expect(observed.value[0]).toEqual({
    id: 'fl-1',
    resource: 'vpc-1',
    traffic: 'ALL',
    status: 'ACTIVE',
    delivery: 'FAILED',
    deliveryError: 'Access error',
    format: '${version} ${account-id}',
    aggregation: 60,
    target: { kind: 'log-group', name: '/vpc/flow' },
  });
  const bucket = { kind: 'bucket', bucket: 'logs' };
  expect(observed.value.slice(1).map(({ target }) => target)).toEqual([
    { kind: 'log-group', name: '/vpc/flow' },
    { ...bucket, prefix: 'net/team/', parquet: true, hive: true, hourly: false },
    { ...bucket, prefix: '', parquet: false, hive: false, hourly: false },
    { kind: 'other' },
  ]);
});

test('who may not ask is told the permission', async () => {
  api.denied = true;
  expect(await lookAtFlowLogs(client)).toEqual({
    kind: 'hidden',
    permission: 'ec2:DescribeFlowLogs',
    reason: 'access denied',
  });
});
