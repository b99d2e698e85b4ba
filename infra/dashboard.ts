/** One dashboard: what came, what was told, what it runs on. */
import { QUEUES } from '../shared/operations/deployed-queues.ts';
import type { Deployment } from './deployment.ts';
import { literal, ref, sub, type Fragment } from './fragment.ts';
import { functionMetric, ownMetric, queueMetric, type Metric } from './metrics.ts';
import { FUNCTIONS } from './names.ts';
import { subscribedGroups } from './sources.ts';

/** CloudWatch's grid is so wide. */
const GRID = 24;

const HEIGHT = 6;

interface Chart {
  readonly title: string;
  /** Lines, each a metric and how its points are made. */
  readonly lines: readonly (readonly [metric: Metric, statistic: string, label: string])[];
  /** Seconds of a point. */
  readonly period?: number;
  /** How far back it looks, where that is not what the whole dashboard does. */
  readonly start?: string;
  /** Areas that add up. */
  readonly stacked?: boolean;
}

/** The dashboard of a deployment: it costs nothing as one of an account's first three. */
export function dashboard(deployment: Deployment): Fragment {
  const { name, stage } = deployment.config.deployment;
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: sub(`${name}-${stage}-\${AWS::Region}`),
          DashboardBody: sub(JSON.stringify({ start: '-PT24H', widgets: widgetsOf(rowsOf(deployment)) })),
        },
      },
    },
    Outputs: {
      Dashboard: { Description: 'name of the dashboard in CloudWatch', Value: ref('Dashboard') },
    },
  };
}

/** As S3's metrics call the classes in which records may lie, and what people call them. */
const STORAGE_CLASSES = [
  ['StandardStorage', 'Standard'],
  ['StandardIAStorage', 'Standard-IA'],
  ['GlacierInstantRetrievalStorage', 'Glacier Instant Retrieval'],
  ['GlacierStorage', 'Glacier Flexible Retrieval'],
  ['DeepArchiveStorage', 'Glacier Deep Archive'],
] as const;

/** What is counted once a day, and told a day late. */
const DAILY = { period: 86_400, start: '-P30D' } as const;

/** What is asked first stands first. */
function rowsOf({ config }: Deployment): readonly (readonly Chart[])[] {
  const own = ownMetric(config.deployment);
  const ofFunctions = (metric: string, statistic: string): Chart['lines'] =>
    FUNCTIONS.map((id) => [functionMetric(id, metric), statistic, id.toLowerCase()]);
  const ofQueues = (metric: string, suffix = ''): Chart['lines'] =>
    QUEUES.map((id) => [queueMetric(`${id}${suffix}`, metric), 'Maximum', id.toLowerCase()]);
  const logGroups = subscribedGroups(config);
  return [
    [
      { title: 'Records', lines: [[own('Records'), 'Sum', 'archived']] },
      {
        title: 'Alerts',
        lines: [
          [own('AlertsTold'), 'Sum', 'told'],
          [own('AlertsHeldBack'), 'Sum', 'held back (as a number)'],
        ],
        stacked: true,
      },
      {
        title: 'From the traffic to the alert, seconds',
        lines: [
          [own('FlowToAlertSeconds'), 'p50', 'half of them'],
          [own('FlowToAlertSeconds'), 'p90', 'nine of ten'],
        ],
      },
    ],
    [
      {
        title: 'Holes in the evidence',
        lines: [
          [own('SkipData'), 'Sum', 'skipped by AWS (SKIPDATA)'],
          [own('QuarantinedLines'), 'Sum', 'lines quarantined'],
          [own('UnreadableDeliveries'), 'Sum', 'deliveries unreadable'],
          [own('LateRecords'), 'Sum', 'records too late for windows'],
        ],
      },
      { title: 'Oldest waiting message, seconds', lines: ofQueues('ApproximateAgeOfOldestMessage') },
      { title: 'Dead letters', lines: ofQueues('ApproximateNumberOfMessagesVisible', 'Dead') },
    ],
    [
      { title: 'Invocations', lines: ofFunctions('Invocations', 'Sum'), stacked: true },
      { title: 'Errors', lines: ofFunctions('Errors', 'Sum') },
      { title: 'Duration of nine in ten, milliseconds', lines: ofFunctions('Duration', 'p90') },
    ],
    [
      {
        title: 'The lake, bytes by storage class',
        lines: STORAGE_CLASSES.map(([type, label]) => [bucketMetric('BucketSizeBytes', type), 'Average', label]),
        ...DAILY,
        stacked: true,
      },
      {
        title: 'Window state, bytes',
        lines: [[own('WindowStateBytes'), 'Maximum', 'state']],
      },
      logGroups.length > 0
        ? {
            title: 'What CloudWatch bills as ingested, bytes a day',
            lines: logGroups.map(({ logGroup }) => [ingested(logGroup), 'Sum', literal(logGroup)]),
            ...DAILY,
            stacked: true,
          }
        : { title: 'Messages waiting', lines: ofQueues('ApproximateNumberOfMessagesVisible') },
    ],
  ];
}

function bucketMetric(name: string, storageType: string): Metric {
  const dimensions = [
    { Name: 'BucketName', Value: ref('Lake') },
    { Name: 'StorageType', Value: storageType },
  ];
  return { namespace: 'AWS/S3', name, dimensions };
}

function ingested(logGroup: string): Metric {
  return { namespace: 'AWS/Logs', name: 'IncomingBytes', dimensions: [{ Name: 'LogGroupName', Value: logGroup }] };
}

function widgetsOf(rows: readonly (readonly Chart[])[]): readonly object[] {
  return rows.flatMap((row, y) =>
    row.map((chart, x) => ({
      type: 'metric',
      x: (x * GRID) / row.length,
      y: y * HEIGHT,
      width: GRID / row.length,
      height: HEIGHT,
      properties: {
        title: chart.title,
        region: '${AWS::Region}',
        view: 'timeSeries',
        stacked: chart.stacked ?? false,
        period: chart.period ?? 300,
        ...(chart.start === undefined ? {} : { start: chart.start, end: 'P0D' }),
        yAxis: { left: { min: 0 } },
        metrics: chart.lines.map(([metric, stat, label]) => [
          metric.namespace,
          metric.name,
          ...metric.dimensions.flatMap(({ Name, Value }) => [Name, textOf(Value)]),
          { stat, label },
        ]),
      },
    })),
  );
}

/** A reference as the text that `Fn::Sub` puts in its place; `$` in names of log groups is no reference. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return literal(value);
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly [string, string] };
  return Ref === undefined ? `\${${attribute!.join('.')}}` : `\${${Ref}}`;
}
