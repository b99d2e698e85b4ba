/** The metrics that alarms and the dashboard look at. */
import type { MetricName } from '../shared/adapters/aws/metrics.ts';
import type { DeploymentConfig } from '../shared/config/config.ts';
import { stackName } from '../shared/operations/deployed-names.ts';
import { attribute, ref } from './fragment.ts';

/** A metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** A metric that the functions write themselves; see functions/ for when. */
export function ownMetric(deployment: DeploymentConfig): (metric: MetricName) => Metric {
  const dimensions = [{ Name: 'Deployment', Value: stackName(deployment) }];
  return (metric) => ({ namespace: 'Sekisho', name: metric, dimensions });
}

/** A metric of one of the functions, by its logical id without `LambdaFunction`. */
export function functionMetric(id: string, metric: string): Metric {
  return {
    namespace: 'AWS/Lambda',
    name: metric,
    dimensions: [{ Name: 'FunctionName', Value: ref(`${id}LambdaFunction`) }],
  };
}

/** A metric of one of the queues, by its logical id. */
export function queueMetric(id: string, metric: string): Metric {
  return { namespace: 'AWS/SQS', name: metric, dimensions: [{ Name: 'QueueName', Value: attribute(id, 'QueueName') }] };
}

/** A metric of a log group's subscription, over all its destinations of one kind. */
export function subscriptionMetric(logGroup: string, metric: string, filter: unknown): Metric {
  return {
    namespace: 'AWS/Logs',
    name: metric,
    dimensions: [
      { Name: 'LogGroupName', Value: logGroup },
      { Name: 'DestinationType', Value: 'Lambda' },
      { Name: 'FilterName', Value: filter },
    ],
  };
}
