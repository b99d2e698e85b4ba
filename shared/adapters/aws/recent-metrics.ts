/** Figures of the last hour from CloudWatch's metrics, all in one request. */
import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Observed } from '../../operations/finding.ts';
import { observe } from './call-errors.ts';

/** A figure that is asked for. */
export interface MetricWish {
  readonly namespace: string;
  readonly metric: string;
  /** Values by the dimensions' names. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum` is of the hour, `Maximum` the newest there is. */
  readonly statistic: 'Sum' | 'Maximum';
}

const HOUR_MS = 3_600_000;

/** The figures by the wishes' names; one that CloudWatch has nothing of is undefined. At most 500 at a time. */
export function recentMetrics<N extends string>(
  client: CloudWatchClient,
  wishes: Readonly<Record<N, MetricWish>>,
  now: Date,
): Promise<Observed<Readonly<Partial<Record<N, number>>>>> {
  const names = Object.keys(wishes) as N[];
  return observe('cloudwatch:GetMetricData', async () => {
    const command = new GetMetricDataCommand({
      StartTime: new Date(now.getTime() - HOUR_MS),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: names.map((name, index) => {
        const { namespace, metric, dimensions, statistic } = wishes[name];
        return {
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: metric,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 300,
            Stat: statistic,
          },
        };
      }),
    });
    const { MetricDataResults = [] } = await client.send(command);
    const figures: Partial<Record<N, number>> = {};
    for (const { Id, Values } of MetricDataResults) {
      const name = names[Number(Id?.slice(1))];
      if (name === undefined || Values === undefined || Values.length === 0) continue;
      figures[name] = wishes[name].statistic === 'Sum' ? Values.reduce((sum, value) => sum + value, 0) : Values[0]!;
    }
    return figures;
  });
}
