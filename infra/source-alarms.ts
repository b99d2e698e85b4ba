/** Alarms of sources: each that can't deliver, or falls silent, has its own. */
import type { Config } from '../shared/config/config.ts';
import { HOUR, MINUTE, type Alarm } from './alarm.ts';
import { bucketSources, ruleId } from './deliveries.ts';
import type { Deployment } from './deployment.ts';
import { ref } from './fragment.ts';
import { queueMetric, subscriptionMetric, type Metric } from './metrics.ts';
import { subscribedGroups } from './sources.ts';

/** The alarms of all sources, by name. */
export function sourceAlarms({ config }: Deployment): Readonly<Record<string, Alarm>> {
  return { ...groupAlarms(config), ...bucketAlarms(config) };
}

/** CloudWatch pauses a subscription whose deliveries fail, and what comes meanwhile it skips. */
function groupAlarms(config: Config): Readonly<Record<string, Alarm>> {
  return Object.fromEntries(
    subscribedGroups(config).flatMap(({ subscription, logGroup }): [string, Alarm][] => [
      [
        `${subscription}Delivery`,
        {
          says: `CloudWatch Logs can not deliver from the log group ${logGroup}: it may skip records until that is mended. \`sekisho doctor\` checks the subscription.`,
          metrics: subscriptionMetric(logGroup, 'DeliveryErrors', ref(subscription)),
          statistic: 'Sum',
          period: 5 * MINUTE,
          points: 1,
          of: 1,
          compare: 'GreaterThanOrEqualToThreshold',
          threshold: 1,
          missing: 'notBreaching',
        },
      ],
      [
        `${subscription}Silence`,
        {
          says: `For an hour the log group ${logGroup} has delivered nothing: the subscription or the flow log is gone, or nothing runs. \`sekisho doctor\` tells which.`,
          metrics: subscriptionMetric(logGroup, 'ForwardedLogEvents', ref(subscription)),
          ...silent(1),
        },
      ],
    ]),
  );
}

/** S3 says of a bucket's events only what passes through EventBridge or the queue. */
function bucketAlarms(config: Config): Readonly<Record<string, Alarm>> {
  const sources = bucketSources(config);
  const watched = sources.filter(({ create }) => !create);
  const made = sources.filter(({ create }) => create).map(({ bucket }) => bucket);
  return {
    ...Object.fromEntries(
      watched.map((source): [string, Alarm] => [
        `${ruleId(source)}Silence`,
        {
          says: `For two hours no object has come from s3://${source.bucket}/${source.prefix}: the bucket sends EventBridge no events any more, or the flow log is gone. \`sekisho doctor\` tells which.`,
          metrics: ruleMetric(ruleId(source), 'Invocations'),
          ...silent(2),
        },
      ]),
    ),
    ...(made.length === 0
      ? {}
      : {
          DeliveriesSilence: {
            says: `For two hours no object has been announced, of ${made.join(', ')}${watched.length === 0 ? '' : ' or any other bucket'}: a notification or the flow log is gone. \`sekisho doctor\` tells which.`,
            metrics: queueMetric('Objects', 'NumberOfMessagesSent'),
            ...silent(2),
          } satisfies Alarm,
        }),
  };
}

/** Flow logs write something even of interfaces without traffic, so that silence is news. */
function silent(hours: number): Omit<Alarm, 'says' | 'metrics'> {
  return {
    statistic: 'Sum',
    period: HOUR,
    points: hours,
    of: hours,
    compare: 'LessThanThreshold',
    threshold: 1,
    missing: 'breaching',
  };
}

function ruleMetric(id: string, name: string): Metric {
  return { namespace: 'AWS/Events', name, dimensions: [{ Name: 'RuleName', Value: ref(id) }] };
}
