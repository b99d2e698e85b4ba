/** Alarms: what is wrong with the pipeline itself, told on the operations topic. */
import { CALL_RETRIES } from '../shared/operations/deployed-functions.ts';
import { MESSAGE_DAYS, QUEUE_USES, QUEUES, TRIES, type QueueName } from '../shared/operations/deployed-queues.ts';
import { HOUR, MINUTE, type Alarm } from './alarm.ts';
import type { Deployment } from './deployment.ts';
import { ref, type Fragment, type Resource } from './fragment.ts';
import { functionMetric, ownMetric, queueMetric, type Metric } from './metrics.ts';
import { FUNCTIONS, type FunctionName } from './names.ts';
import { sourceAlarms } from './source-alarms.ts';

/** Alarms of everything that can go wrong without anybody noticing; each has its heading in docs/operations.md. */
export function alarms(deployment: Deployment): Fragment {
  const all = Object.entries(alarmsOf(deployment));
  return { Resources: Object.fromEntries(all.map(([id, alarm]) => [`${id}Alarm`, resourceOf(alarm)])) };
}

function alarmsOf(deployment: Deployment): Readonly<Record<string, Alarm>> {
  const { config } = deployment;
  const own = ownMetric(config.deployment);
  const happened = { period: 5 * MINUTE, points: 1, of: 1, threshold: 1, missing: 'notBreaching' } as const;
  // what is tried again may fail once
  const often = { ...happened, points: 2, of: 3 } as const;
  const atLeast = { compare: 'GreaterThanOrEqualToThreshold' } as const;
  const over = { compare: 'GreaterThanThreshold' } as const;
  return {
    ...errorAlarms(),
    ...queueAlarms(),
    ...sourceAlarms(deployment),
    DetectDropped: {
      says: `Deliveries failed ${CALL_RETRIES.detect + 1} times and lie in the bucket Transit. Mend the cause, then run \`sekisho redrive\`.`,
      metrics: functionMetric('Detect', 'AsyncEventsDropped'),
      statistic: 'Sum',
      ...happened,
      ...atLeast,
    },
    SchedulesDead: {
      says: 'A schedule could not start its function, of which Lambda keeps no other trace. If it goes on, deploy again: the permission or the function is gone.',
      metrics: queueMetric('SchedulesDead', 'ApproximateNumberOfMessagesVisible'),
      statistic: 'Maximum',
      ...happened,
      ...atLeast,
    },
    DetectLost: {
      says: 'A failed delivery could not even be kept in the bucket Transit: check that its role may write there. CloudWatch Logs still has the lines: docs/operations.md tells how to bring an hour of them in.',
      metrics: functionMetric('Detect', 'DestinationDeliveryFailures'),
      statistic: 'Sum',
      ...happened,
      ...atLeast,
    },
    WindowsStopped: {
      says: 'Windows have not been folded for 15 minutes: no rule with a window can alert. Look at the log of the function `windows`.',
      metrics: functionMetric('Windows', 'Invocations'),
      statistic: 'Sum',
      period: 15 * MINUTE,
      points: 1,
      of: 1,
      compare: 'LessThanThreshold',
      threshold: 1,
      missing: 'breaching',
    },
    AlertDelay: {
      says: 'Alerts come more than half an hour after the traffic. AWS takes up to 15 minutes of it; `sekisho doctor` shows where the rest goes.',
      metrics: own('FlowToAlertSeconds'),
      statistic: 'p90',
      period: 5 * MINUTE,
      points: 3,
      of: 3,
      ...over,
      threshold: HOUR / 2,
      missing: 'notBreaching',
    },
    AlertFlood: {
      says: 'More alerts than are told one by one. All are in the lake; list the rules that raise them and give those that are wrong an `except`.',
      metrics: own('AlertsHeldBack'),
      statistic: 'Sum',
      period: HOUR,
      points: 1,
      of: 1,
      ...atLeast,
      threshold: 100,
      missing: 'notBreaching',
    },
    SkipData: {
      says: 'AWS skipped flow records (SKIPDATA) of more than one in a hundred: the evidence has holes. Nothing here can get them back.',
      ...moreThanOnePercent(own('SkipData'), own('Records')),
    },
    Quarantine: {
      says: 'More than one line in a hundred could not be read: probably `format` of a source is not that of its flow log. `sekisho doctor` compares them.',
      ...moreThanOnePercent(own('QuarantinedLines'), own('Records')),
    },
    Unreadable: {
      says: 'Deliveries came that are none of flow logs. They lie under quarantine/ in the lake.',
      metrics: own('UnreadableDeliveries'),
      statistic: 'Sum',
      ...happened,
      ...atLeast,
    },
    LateRecords: {
      says: 'More than one record in a hundred came after its hour was closed, a day after the last one for it: they are in the lake, but no rule with a window saw them. Find out what was held back for so long: a redrive, a backfill, or a log that is delivered late.',
      ...moreThanOnePercent(own('LateRecords'), own('Records')),
    },
    UnreadableState: {
      says: 'Window state can not be read: what belongs to it waits, and its windows do not alert, until that is mended. The log of the function `windows` names the objects and says what to do.',
      metrics: own('UnreadableState'),
      statistic: 'Sum',
      ...happened,
      ...atLeast,
    },
    UnreadableLists: {
      says: 'A list in S3 that rules name can not be read: functions use its former entries, and those that never had any leave these rules out. Their logs say which and why, as does `sekisho doctor`.',
      metrics: own('UnreadableLists'),
      statistic: 'Sum',
      ...often,
      ...atLeast,
    },
    FailedMessages: {
      says: 'Messages of the queues fail again and again, though the functions themselves run: the logs of `archive`, `collect` and `notify` say why. They are tried for two hours, then they are dead letters.',
      metrics: own('FailedMessages'),
      statistic: 'Sum',
      ...often,
      ...atLeast,
    },
    StateSize: {
      says: 'Window state is larger than windows.state_limit: a rule counts too many groups. `sekisho rules explain` shows what each one keeps.',
      metrics: own('WindowStateBytes'),
      statistic: 'Maximum',
      period: HOUR,
      points: 1,
      of: 1,
      ...over,
      threshold: config.windows.stateLimit,
      missing: 'notBreaching',
    },
  };
}

/** What becomes of the work while a function fails. */
const MEANWHILE: Readonly<Record<FunctionName, string>> = {
  Detect: `Lambda tries a delivery ${CALL_RETRIES.detect + 1} times, then keeps it in the bucket Transit for \`sekisho redrive\`.`,
  Archive: `Nothing is lost yet: queues hold messages for ${MESSAGE_DAYS} days.`,
  Collect: `Nothing is lost yet: queues hold messages for ${MESSAGE_DAYS} days.`,
  Windows:
    'Nothing is lost: the first run that works makes up for all the others. Until then no rule with a window alerts.',
  Notify: `Nothing is lost yet: queues hold messages for ${MESSAGE_DAYS} days.`,
  Rules: 'Nothing is lost: a rule begins where its last run ended.',
};

/** One failure is retried; failing again and again is not. */
function errorAlarms(): Readonly<Record<string, Alarm>> {
  return Object.fromEntries(
    FUNCTIONS.map((name): [string, Alarm] => [
      `${name}Errors`,
      {
        says: `The function \`${name.toLowerCase()}\` keeps failing; its log says why. ${MEANWHILE[name]}`,
        metrics: functionMetric(name, 'Errors'),
        statistic: 'Sum',
        // what runs once an hour has no second data point to wait for
        ...(name === 'Rules' ? { period: HOUR, points: 1, of: 1 } : { period: 5 * MINUTE, points: 2, of: 3 }),
        compare: 'GreaterThanOrEqualToThreshold',
        threshold: 1,
        missing: 'notBreaching',
      },
    ]),
  );
}

function queueAlarms(): Readonly<Record<string, Alarm>> {
  return Object.fromEntries(
    QUEUES.flatMap((queue): [string, Alarm][] => [
      [
        `${queue}Dead`,
        {
          says: `Messages of the queue ${queue} failed ${TRIES} times. Look at the function's log, mend the cause, then run \`sekisho redrive --queue ${queue.toLowerCase()}\`.`,
          metrics: queueMetric(`${queue}Dead`, 'ApproximateNumberOfMessagesVisible'),
          statistic: 'Maximum',
          period: 5 * MINUTE,
          points: 1,
          of: 1,
          compare: 'GreaterThanOrEqualToThreshold',
          threshold: 1,
          missing: 'notBreaching',
        },
      ],
      ...ageAlarm(queue),
    ]),
  );
}

function ageAlarm(queue: QueueName): readonly [string, Alarm][] {
  const { mostSeconds, mayWait } = QUEUE_USES[queue];
  if (mayWait) return [];
  return [
    [
      `${queue}Age`,
      {
        says: `Messages wait in the queue ${queue} for longer than ${mostSeconds / MINUTE} minutes: the function behind it is throttled, failing, or too slow.`,
        metrics: queueMetric(queue, 'ApproximateAgeOfOldestMessage'),
        statistic: 'Maximum',
        period: 5 * MINUTE,
        points: 2,
        of: 2,
        compare: 'GreaterThanThreshold',
        threshold: mostSeconds,
        missing: 'notBreaching',
      },
    ],
  ];
}

/** Rings when more than one in a hundred of an hour is bad; nothing at all is no news. */
function moreThanOnePercent(bad: Metric, good: Metric): Omit<Alarm, 'says'> {
  return {
    metrics: {
      expression: 'IF(FILL(bad, 0) + FILL(good, 0) > 0, FILL(bad, 0) / (FILL(bad, 0) + FILL(good, 0)), 0)',
      of: { bad, good },
    },
    statistic: 'Sum',
    period: HOUR,
    points: 1,
    of: 1,
    compare: 'GreaterThanThreshold',
    threshold: 0.01,
    missing: 'notBreaching',
  };
}

function resourceOf({ says, metrics, statistic, period, points, of, compare, threshold, missing }: Alarm): Resource {
  const stat = (metric: Metric, returned: boolean, id: string): object => ({
    Id: id,
    ReturnData: returned,
    MetricStat: {
      Metric: { Namespace: metric.namespace, MetricName: metric.name, Dimensions: metric.dimensions },
      Period: period,
      Stat: statistic,
    },
  });
  const queries =
    'expression' in metrics
      ? [
          { Id: 'value', ReturnData: true, Expression: metrics.expression },
          ...Object.entries(metrics.of).map(([id, metric]) => stat(metric, false, id)),
        ]
      : [stat(metrics, true, 'value')];
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: says,
      Metrics: queries,
      ComparisonOperator: compare,
      Threshold: threshold,
      EvaluationPeriods: of,
      DatapointsToAlarm: points,
      TreatMissingData: missing,
      AlarmActions: [ref('OperationsTopic')],
      OKActions: [ref('OperationsTopic')],
    },
  };
}
