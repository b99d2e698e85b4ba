/** All checks of a deployment, over what was looked at. */
import type { BucketSource, Config, LogGroupSource } from '../config/config.ts';
import { bucketArea, checkBucket, type BucketLook } from './check-bucket.ts';
import { checkBucketFlowLogs, checkLogGroupFlowLogs, type FlowLog } from './check-flow-logs.ts';
import { checkFunctions, type FunctionLooks } from './check-functions.ts';
import { checkLake, type LakeLook } from './check-lake.ts';
import { checkLists, type ListLook } from './check-lists.ts';
import { checkLogGroup, type LogGroupLook } from './check-log-group.ts';
import { checkFailedCalls, checkQueues, type FailedCalls, type QueueLook } from './check-queues.ts';
import { checkStack, type Stack } from './check-stack.ts';
import { checkAlarms, checkTopics, type Alarm, type TopicLook } from './check-telling.ts';
import type { QueueName } from './deployed-queues.ts';
import { findingsOf, type Finding, type Observed } from './finding.ts';
import { secondsSince } from './wording.ts';

/** Everything that was looked at. */
export interface Looks {
  readonly stack: Stack;
  /** By the group's name. */
  readonly logGroups: ReadonlyMap<string, LogGroupLook>;
  readonly flowLogs: Observed<readonly FlowLog[]>;
  /** In the order of the configuration's buckets. */
  readonly buckets: readonly BucketLook[];
  readonly queues: Readonly<Record<QueueName, QueueLook>>;
  readonly failedCalls: Observed<readonly FailedCalls[]>;
  readonly lake: LakeLook;
  /** Those that are kept in S3. */
  readonly lists: readonly ListLook[];
  readonly functions: FunctionLooks;
  readonly topics: readonly TopicLook[];
  readonly alarms: Observed<readonly Alarm[]>;
}

/** The log groups to which something can be subscribed: not those with a `*`. */
export function subscribedGroups({ sources }: Config): readonly LogGroupSource[] {
  return sources.filter((source) => source.kind === 'log-group' && !source.logGroup.endsWith('*')) as LogGroupSource[];
}

/** The buckets among the sources. */
export function bucketSources({ sources }: Config): readonly BucketSource[] {
  return sources.filter((source) => source.kind === 'bucket');
}

/** The findings about a deployment, area by area on a record's way. */
export function examine(config: Config, looks: Looks, now: Date): readonly Finding[] {
  const { stack } = looks;
  const groups = subscribedGroups(config);
  const buckets = bucketSources(config);
  return [
    ...checkStack(stack.name, stack.region, stack),
    ...checkSources(config),
    ...groups.flatMap((source) => {
      const look = looks.logGroups.get(source.logGroup);
      if (look === undefined) return [];
      return [...checkLogGroup(source, look, stack), ...checkLogGroupFlowLogs(source, looks.flowLogs)];
    }),
    ...buckets.flatMap((source, index) => {
      const look = looks.buckets[index];
      if (look === undefined) return [];
      const area = bucketArea(source);
      return [...checkBucket(source, look, stack, now), ...checkBucketFlowLogs(source, area, looks.flowLogs)];
    }),
    ...checkQueues(stack.name, looks.queues),
    ...checkFailedCalls(stack.name, looks.failedCalls, now),
    ...checkLake(stack.name, looks.lake, now, { streams: groups.length > 0 }),
    ...checkLists(looks.lists),
    ...checkFunctions(looks.functions, {
      stack: stack.name,
      deployedSeconds: secondsSince(stack.changed, now),
      feeding: feeding(groups, buckets, looks.flowLogs),
    }),
    ...checkTopics(looks.topics),
    ...checkAlarms(looks.alarms),
  ];
}

/** The findings about what sekisho.yml names as sources, whatever there is. */
export function checkSources({ sources }: Pick<Config, 'sources'>): readonly Finding[] {
  const findings = findingsOf('sources');
  if (sources.length === 0) {
    findings.problem(
      'sources',
      'sekisho.yml names no source: nothing is watched',
      'name a log group or a bucket under `sources`; `npx sekisho init` asks for it',
    );
  }
  for (const source of sources) {
    if (source.kind !== 'log-group' || !source.logGroup.endsWith('*')) continue;
    findings.warning(
      source.logGroup,
      'a name for many says how files are read: nothing is subscribed',
      'name each log group in full under `sources`, then: `npx osls deploy`',
    );
  }
  return findings.found;
}

/** The flow logs that write to one of the sources. */
function feeding(
  groups: readonly LogGroupSource[],
  buckets: readonly BucketSource[],
  observed: Observed<readonly FlowLog[]>,
): readonly FlowLog[] {
  if (observed.kind === 'hidden') return [];
  const names = new Set(groups.map(({ logGroup }) => logGroup));
  return observed.value.filter(({ target }) => {
    if (target.kind === 'log-group') return names.has(target.name);
    return (
      target.kind === 'bucket' &&
      buckets.some(({ bucket, prefix }) => bucket === target.bucket && prefix === target.prefix)
    );
  });
}
