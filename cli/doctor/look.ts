/** Everything that doctor judges, looked at with the clients of AWS. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { lookAtFlowLogs } from '../../shared/adapters/aws/flow-logs.ts';
import { lookAtConcurrency, lookAtFunction } from '../../shared/adapters/aws/function-states.ts';
import { lookAtFailedCalls, lookAtLake } from '../../shared/adapters/aws/lake-state.ts';
import { lookAtLogGroup } from '../../shared/adapters/aws/log-groups.ts';
import { lookAtQueue } from '../../shared/adapters/aws/queue-states.ts';
import { recentMetrics, type MetricWish } from '../../shared/adapters/aws/recent-metrics.ts';
import { lookAtBucket } from '../../shared/adapters/aws/source-buckets.ts';
import { lookAtAlarms, lookAtTopic } from '../../shared/adapters/aws/telling.ts';
import type { Config } from '../../shared/config/config.ts';
import type { FunctionCounts, FunctionLooks } from '../../shared/operations/check-functions.ts';
import type { QueueLook } from '../../shared/operations/check-queues.ts';
import type { LogGroupLook } from '../../shared/operations/check-log-group.ts';
import { functionArn, type Stack } from '../../shared/operations/check-stack.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/operations/deployed-functions.ts';
import { topicId } from '../../shared/operations/deployed-names.ts';
import { QUEUES, type QueueName } from '../../shared/operations/deployed-queues.ts';
import { bucketSources, subscribedGroups, type Looks } from '../../shared/operations/examine.ts';
import type { Observed } from '../../shared/operations/finding.ts';
import { clientOptions } from '../deployment.ts';
import { startSteps } from '../progress.ts';
import type { Settings } from '../settings.ts';
import { lookAtLists } from './lists.ts';

type Metrics = Observed<Readonly<Partial<Record<string, number>>>>;

/** Looks at everything, one area after the other, as a person may be watching. */
export async function lookAtDeployment(settings: Settings, stack: Stack): Promise<Looks> {
  const { config, clock } = settings;
  const now = clock.now();
  const options = { ...clientOptions(settings), region: stack.region };
  const s3 = new S3Client({ ...options, followRegionRedirects: true });
  const cloudWatch = new CloudWatchClient(options);
  const logs = new CloudWatchLogsClient(options);
  const ec2 = new EC2Client(options);
  const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
  const lambda = new LambdaClient(options);
  const sns = new SNSClient(options);
  const progress = startSteps(9, 'looking at');
  try {
    progress.next('log groups');
    const groups = subscribedGroups(config);
    const logGroups = await inTurn(
      groups,
      async ({ logGroup }) => [logGroup, await lookAtLogGroup(logs, logGroup)] as const,
    );
    progress.next('flow logs');
    const flowLogs = await lookAtFlowLogs(ec2);
    progress.next('buckets');
    const buckets = await inTurn(bucketSources(config), (source) => lookAtBucket(s3, source));
    progress.next('queues');
    const metrics = await recentMetrics(cloudWatch, wishesOf(stack, logGroups), now);
    const queues = await lookAtQueues(sqs, stack, metrics);
    progress.next('the lake');
    const lake = await lookAtLake(s3, outputOrEmpty(stack, 'Lake'), now);
    const failedCalls = await lookAtFailedCalls(s3, outputOrEmpty(stack, 'Transit'));
    progress.next('lists');
    const lists = await lookAtLists(settings, outputOrEmpty(stack, 'Lake'));
    progress.next('functions');
    const functions = await lookAtFunctions(lambda, stack, metrics);
    progress.next('topics');
    const topics = await inTurn(topicsOf(config, stack), ([name, arn]) => lookAtTopic(sns, name, arn));
    progress.next('alarms');
    const alarms = await lookAtAlarms(cloudWatch, `${stack.name}-`);
    return {
      stack,
      logGroups: new Map(
        logGroups.map(([name, look]) => [name, { ...look, deliveryErrors: figureOf(metrics, `errors of ${name}`) }]),
      ),
      flowLogs,
      buckets,
      queues,
      failedCalls,
      lake,
      lists,
      functions,
      topics,
      alarms,
    };
  } finally {
    progress.stop();
    for (const client of [s3, cloudWatch, logs, ec2, sqs, lambda, sns]) client.destroy();
  }
}

/** One after the other: accounts have few requests a second for such questions. */
async function inTurn<T, R>(items: readonly T[], look: (item: T) => Promise<R>): Promise<readonly R[]> {
  const looks: R[] = [];
  for (const item of items) looks.push(await look(item));
  return looks;
}

/** A stack without an output is told by its own check; what would be there is then not found. */
function outputOrEmpty({ outputs }: Stack, name: string): string {
  return outputs[name] ?? `no-output-${name.toLowerCase()}`;
}

const COUNTS = { invocations: 'Invocations', errors: 'Errors', throttles: 'Throttles' } as const;

function wishesOf(
  stack: Stack,
  groups: readonly (readonly [name: string, look: LogGroupLook])[],
): Record<string, MetricWish> {
  const wishes: Record<string, MetricWish> = {};
  const detect = functionArn(stack, 'detect');
  for (const [name, { filters }] of groups) {
    const ours = filters.kind === 'seen' ? filters.value.find(({ destination }) => destination === detect) : undefined;
    if (ours === undefined) continue;
    wishes[`errors of ${name}`] = {
      namespace: 'AWS/Logs',
      metric: 'DeliveryErrors',
      dimensions: { LogGroupName: name, DestinationType: 'Lambda', FilterName: ours.name },
      statistic: 'Sum',
    };
  }
  for (const name of QUEUES) {
    const queue = outputOrEmpty(stack, name).split('/').at(-1)!;
    wishes[name] = {
      namespace: 'AWS/SQS',
      metric: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: queue },
      statistic: 'Maximum',
    };
  }
  for (const name of FUNCTIONS) {
    for (const [count, metric] of Object.entries(COUNTS)) {
      wishes[`${name} ${count}`] = {
        namespace: 'AWS/Lambda',
        metric,
        dimensions: { FunctionName: `${stack.name}-${name}` },
        statistic: 'Sum',
      };
    }
  }
  return wishes;
}

function figureOf(metrics: Metrics, name: string): number | undefined {
  return metrics.kind === 'seen' ? metrics.value[name] : undefined;
}

async function lookAtQueues(client: SQSClient, stack: Stack, metrics: Metrics): Promise<Record<QueueName, QueueLook>> {
  const looks = await inTurn(QUEUES, async (name) => {
    const oldest = figureOf(metrics, name);
    const [url, dead] = [outputOrEmpty(stack, name), outputOrEmpty(stack, `${name}Dead`)];
    return [name, await lookAtQueue(client, url, dead, oldest)] as const;
  });
  return Object.fromEntries(looks) as Record<QueueName, QueueLook>;
}

async function lookAtFunctions(client: LambdaClient, stack: Stack, metrics: Metrics): Promise<FunctionLooks> {
  const states = await inTurn(
    FUNCTIONS,
    async (name) => [name, await lookAtFunction(client, `${stack.name}-${name}`)] as const,
  );
  const countsOf = (name: FunctionName): FunctionCounts => {
    const figure = (count: string): number => figureOf(metrics, `${name} ${count}`) ?? 0;
    return { invocations: figure('invocations'), errors: figure('errors'), throttles: figure('throttles') };
  };
  const counts = Object.fromEntries(FUNCTIONS.map((name) => [name, countsOf(name)])) as Record<
    FunctionName,
    FunctionCounts
  >;
  return {
    states: Object.fromEntries(states) as FunctionLooks['states'],
    counts: metrics.kind === 'hidden' ? metrics : { kind: 'seen', value: counts },
    account: await lookAtConcurrency(client),
  };
}

/** The topics of routes, those that were there before among them, and that of alarms. */
function topicsOf({ alerts }: Config, { outputs }: Stack): readonly (readonly [name: string, arn: string])[] {
  const routes = alerts.routes.map(({ name, topic }) => [name, topic ?? outputs[topicId(name)]] as const);
  const all = [...routes, ['operations', outputs['OperationsTopic']] as const];
  return all.flatMap(([name, arn]) => (arn === undefined ? [] : [[name, arn] as const]));
}
