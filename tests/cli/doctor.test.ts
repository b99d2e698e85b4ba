/** A deployment that is well, and one in which much is wrong, looked at over the wire. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteSubscriptionFilterCommand,
  PutRetentionPolicyCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../shared/operations/finding.ts';
import { hasEmulator, startEmulator, type Emulator } from '../support/aws-emulator.ts';
import { clientOf } from '../support/deploy.ts';
import { openFaults, startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { startFlowLogApi, type FlowLogApi } from '../support/flow-log-api.ts';
import { createOperatedStack, STACK } from '../support/operated-stack.ts';
import { sekisho } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const GROUP = '/vpc/flow';
const CONFIG = `sources:
  - log_group: ${GROUP}
    format: default
  - bucket: old-logs
`;
const FORMAT =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}';
const FLOW_LOG = {
  flowLogId: 'fl-1',
  resourceId: 'vpc-1',
  trafficType: 'ALL',
  flowLogStatus: 'ACTIVE',
  logDestinationType: 'cloud-watch-logs',
  logGroupName: GROUP,
  logFormat: FORMAT,
  maxAggregationInterval: '60',
};

interface Report {
  readonly stack: string;
  readonly results: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

describe.skipIf(!hasEmulator)('doctor', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let ec2: FlowLogApi;
  let folder: string;
  let outputs: Readonly<Record<string, string>>;
  let clients: ReturnType<typeof openClients>;

  const openClients = () => {
    const options = clientOf(emulator.env);
    return {
      cloudFormation: new CloudFormationClient(options),
      cloudWatch: new CloudWatchClient(options),
      logs: new CloudWatchLogsClient(options),
      lambda: new LambdaClient(options),
      s3: new S3Client(options),
      sns: new SNSClient(options),
      sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
    };
  };

  beforeAll(async () => {
    folder = await makeFolder();
    writeFileSync(join(folder, 'sekisho.yml'), CONFIG);
    emulator = await startEmulator();
    proxy = await startFaultProxy();
    proxy.forwardTo(emulator.endpoint);
    ec2 = await startFlowLogApi();
    ec2.flowLogs = [FLOW_LOG];
    clients = openClients();
    const { logs, s3, sns, cloudWatch } = clients;
    outputs = await createOperatedStack(clients.cloudFormation);
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 14 }));
    const destinationArn = `arn:aws:lambda:us-east-1:000000000000:function:${STACK}-detect`;
    await logs.send(
      new PutSubscriptionFilterCommand({ logGroupName: GROUP, filterName: 'all', filterPattern: '', destinationArn }),
    );
    await s3.send(new CreateBucketCommand({ Bucket: 'old-logs' }));
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'old-logs', NotificationConfiguration }));
    const put = (bucket: string, key: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'x' }));
    await put('old-logs', 'AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/17/a.log.gz');
    await put(outputs['Lake']!, 'flows/raw/arrived=2026-11-17-01/a.parquet');
    for (const name of ['OperationsTopic', 'Topicalerts']) {
      const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:listener';
      await sns.send(new SubscribeCommand({ TopicArn: outputs[name]!, Protocol: 'sqs', Endpoint }));
    }
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: `${STACK}-Age`,
        AlarmDescription: 'look at archive',
        MetricName: 'm',
        Namespace: 'n',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  });
  afterAll(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await ec2.stop();
    await proxy.stop();
    await emulator.stop();
    await removeFolder(folder);
  });

  const doctor = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    sekisho(['doctor', ...args], {
      cwd: folder,
      env: { ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint, AWS_ENDPOINT_URL_EC2: ec2.endpoint, ...env },
    });
  const reportOf = async (...args: Parameters<typeof doctor>): Promise<Report> => {
    const { stdout, stderr } = await doctor(['--json', ...(args[0] ?? [])], args[1]);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Report;
  };
  const brief = ({ findings }: Report): readonly string[] =>
    findings.flatMap(({ area, check, result }) => (result === 'ok' ? [] : [`${result} ${area}: ${check}`]));

  test('all is well', async () => {
    const report = await reportOf();
    expect(brief(report)).toEqual([]);
    expect(report).toMatchObject({
      stack: STACK,
      region: 'us-east-1',
      account: '000000000000',
      results: { problem: 0 },
    });
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`\
log group /vpc/flow
  ok       class         standard
  ok       retention     14 days, 0 B now
  ok       subscription  \`all\` sends every line to \`sekisho-prod-detect\`
  ok       delivery      fl-1 writes all traffic of vpc-1
  ok       format        fl-1 writes the configured one
`);
    expect(stdout).toContain(`\nAll is well: ${report.findings.length} checks\n`);
  });

  test('lists in S3 are read, each once', async () => {
    const { s3 } = clients;
    await s3.send(new PutObjectCommand({ Bucket: 'old-logs', Key: 'a.csv', Body: 'ip,seen\n192.0.2.1,x\nbad,x\n' }));
    await s3.send(
      new PutObjectCommand({ Bucket: outputs['Lake']!, Key: 'lists/b.txt', Body: '192.0.2.1\n192.0.2.2\n' }),
    );
    const lists = `${CONFIG}lists:
  a: { object: 's3://old-logs/a.csv', column: ip }
  b: { object: lists/b.txt }
  gone: { object: lists/gone.txt }
rules: [own.yml]
`;
    writeFileSync(join(folder, 'lists.yml'), lists);
    writeFileSync(
      join(folder, 'own.yml'),
      'lists:\n  again: { object: lists/b.txt }\nrules:\n  - id: own\n    where: srcaddr in @again\n',
    );
    const { findings } = await reportOf(['--config', 'lists.yml']);
    const lake = `s3://${outputs['Lake']!}/lists`;
    expect(
      findings.flatMap(({ area, result, check, seen }) => (area === 'lists' ? [`${result} ${check}: ${seen}`] : [])),
    ).toEqual([
      "warning s3://old-logs/a.csv: 1 entry, and 1 line that can't be used",
      `ok ${lake}/b.txt: 2 entries`,
      `problem ${lake}/gone.txt: cannot read \`${lake}/gone.txt\`: there is no such object; check the key`,
    ]);
  });

  test('a permission that is missing hides what it is for, and no more', async () => {
    const act = { kind: 'answer', status: 400, code: 'AccessDeniedException' } as const;
    await openFaults(proxy.endpoint).set(
      { operation: 'Logs.DescribeSubscriptionFilters', act },
      { operation: 'SQS.GetQueueAttributes', act: { ...act, code: 'AccessDenied' } },
    );
    ec2.denied = true;
    const report = await reportOf();
    const { code, stdout } = await doctor();
    await openFaults(proxy.endpoint).set();
    ec2.denied = false;
    expect(brief(report)).toEqual([
      `hidden log group ${GROUP}: subscription`,
      `hidden log group ${GROUP}: flow logs`,
      'hidden bucket s3://old-logs/: flow logs',
      ...['Batches', 'Objects', 'Backfill', 'Alerts'].flatMap((name) => [
        `hidden queues: ${name}`,
        `hidden queues: ${name}Dead`,
      ]),
    ]);
    expect(report.findings.find(({ check }) => check === 'flow logs')?.mend).toBe(
      'allow `ec2:DescribeFlowLogs` to whoever runs this',
    );
    expect(code).toBe(3);
    expect(stdout).toContain(`\
  hidden   several       access denied: Batches, BatchesDead, Objects, ObjectsDead, Backfill,
                         BackfillDead, Alerts, AlertsDead
                         → allow \`sqs:GetQueueAttributes\` to whoever runs this
`);
    expect(stdout).toMatch(/\n11 could not be looked at, \d+ ok\n$/);
  });

  test('what is wrong is found, and comes with what mends it', async () => {
    const { cloudWatch, lambda, logs, s3, sqs } = clients;
    await logs.send(new DeleteSubscriptionFilterCommand({ logGroupName: GROUP, filterName: 'all' }));
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'old-logs', NotificationConfiguration: {} }));
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs['ObjectsDead']!, MessageBody: 'x' }));
    const failed = `aws/lambda/async/${STACK}-detect/2026/11/24/x`;
    await s3.send(new PutObjectCommand({ Bucket: outputs['Transit']!, Key: failed, Body: '{}' }));
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: `${STACK}-archive`, ReservedConcurrentExecutions: 0 }),
    );
    await cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: `${STACK}-Age`, StateValue: 'ALARM', StateReason: 'too old' }),
    );
    await s3.send(
      new PutObjectCommand({ Bucket: outputs['Lake']!, Key: 'windows/deltas/20261117T010000000Z-a.zst', Body: 'x' }),
    );
    ec2.flowLogs = [
      { ...FLOW_LOG, logFormat: `${FORMAT} \${vpc-id}` },
      { ...FLOW_LOG, flowLogId: 'fl-2', maxAggregationInterval: '600' },
      { ...FLOW_LOG, flowLogId: 'fl-3', logGroupName: '/other' },
    ];
    const later = new Date(Date.now() + 7_200_000).toISOString();
    const report = await reportOf(['--now', later]);
    expect(brief(report)).toEqual([
      `problem log group ${GROUP}: subscription`,
      `problem log group ${GROUP}: format`,
      `warning log group ${GROUP}: aggregation`,
      `problem log group ${GROUP}: sharing`,
      'problem bucket s3://old-logs/: events',
      'warning bucket s3://old-logs/: objects',
      'problem queues: ObjectsDead',
      'problem queues: failed calls',
      'problem lake: records',
      'problem lake: windows',
      'problem functions: archive',
      'problem functions: windows',
      'problem alarms: alarms',
    ]);
    for (const { result, mend } of report.findings) expect(mend === null).toBe(result === 'ok');
    const { code, stdout } = await doctor(['--now', later]);
    expect(code).toBe(3);
    // a command stands on a line of its own, whole
    expect(stdout).toMatch(/\n +aws ec2 delete-flow-logs --flow-log-ids fl-2\n/);
    expect(stdout).toMatch(/\n +npx sekisho redrive --queue objects\n/);
    expect(stdout).toContain('`sekisho-prod-Age` rings: too old');
    expect(stdout).toMatch(/\n11 problems, 2 warnings, \d+ ok\n$/);
    expect(stdout).not.toContain('\u001B');
  });

  test('figures of CloudWatch: how long messages wait, what fails', async () => {
    const { cloudWatch, sqs } = clients;
    const datum = (metric: string, value: number, dimensions: Readonly<Record<string, string>>) => ({
      MetricName: metric,
      Value: value,
      Timestamp: new Date(Date.now() - 60_000),
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs['Alerts']!, MessageBody: 'x' }));
    const QueueName = outputs['Alerts']!.split('/').at(-1)!;
    const age = datum('ApproximateAgeOfOldestMessage', 4_000, { QueueName });
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/SQS', MetricData: [age] }));
    const errors = datum('Errors', 7, { FunctionName: `${STACK}-notify` });
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData: [errors] }));
    const { findings } = await reportOf();
    const seenOf = (check: string) => findings.filter((each) => each.check === check).map(({ seen }) => seen);
    expect(seenOf('Alerts')).toEqual([
      '1 message waiting, the oldest for 67 min, 0 being worked on: alerts that nobody was told of yet',
    ]);
    expect(seenOf('notify')).toEqual(['7 errors in 0 calls of the last hour']);
  });

  test('no stack is a finding; no credentials, or no permission to look for it, end it', async () => {
    const { code, stdout } = await doctor([], { AWS_REGION: 'eu-west-1' });
    expect(code).toBe(3);
    expect(stdout).toBe(`\
sekisho-prod in eu-west-1

stack
  problem  exists  there is no stack \`sekisho-prod\` in eu-west-1
                   → deploy it, or set \`deployment.name\`, \`stage\` and \`region\` to where it is:
                     npx osls deploy

1 problem, 0 ok
`);
    const nobody = { AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', HOME: folder };
    expect(await sekisho(['doctor'], { cwd: folder, env: nobody })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'sekisho: cannot look for the stack `sekisho-prod`: there are no AWS credentials; set `AWS_PROFILE`, or sign in with `aws sso login`\n',
    });
    const { AWS_REGION: _, ...nowhere } = emulator.env;
    expect(await sekisho(['doctor'], { cwd: folder, env: { ...nowhere, HOME: folder } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no AWS region is set; set `deployment.region` in sekisho.yml, or `AWS_REGION`'),
    });
    const act = { kind: 'answer', status: 403, code: 'AccessDenied' } as const;
    await openFaults(proxy.endpoint).set({ operation: 'CLOUDFORMATION.DescribeStacks', act });
    expect(await doctor()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('allow `cloudformation:DescribeStacks` to whoever runs this'),
    });
    await openFaults(proxy.endpoint).set();
  });
});
