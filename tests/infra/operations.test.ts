/** What watches the pipeline: alarms, the dashboard, the budget. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';
import type { Resource } from '../../infra/fragment.ts';
import { templateOf } from '../../infra/template.ts';

const config: Config = {
  ...DEFAULT_CONFIG,
  sources: [
    { kind: 'log-group', logGroup: '/vpc/flow', formats: ['default'], create: undefined },
    { kind: 'log-group', logGroup: 'odd/${name}', formats: ['default'], create: undefined },
  ],
  budgets: { ...DEFAULT_CONFIG.budgets, monthly: 20 },
  operations: { ...DEFAULT_CONFIG.operations, emails: ['ops@example.com'] },
};
const resourcesOf = (of: Config): Readonly<Record<string, Resource>> =>
  templateOf({ config: of, rules: [], lists: [] }).Resources;
const ofType = (type: string, of = config): [string, Resource][] =>
  Object.entries(resourcesOf(of)).filter(([, { Type }]) => Type === type);

interface Query {
  readonly Id: string;
  readonly ReturnData: boolean;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      Dimensions: { Name: string; Value: unknown }[];
    };
  };
}

const alarms = ofType('AWS::CloudWatch::Alarm').map(([id, { Properties }]) => ({
  id,
  ...(Properties as unknown as {
    AlarmDescription: string;
    Metrics: Query[];
    AlarmActions: unknown;
    TreatMissingData: string;
    DatapointsToAlarm: number;
    EvaluationPeriods: number;
  }),
}));
const metricsOf = (queries: readonly Query[]) =>
  queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));

describe('alarms', () => {
  test.each(alarms)(
    '$id tells operations what to do',
    ({ AlarmDescription, AlarmActions, Metrics, DatapointsToAlarm, EvaluationPeriods }) => {
      expect(AlarmActions).toEqual([{ Ref: 'OperationsTopic' }]);
      expect(AlarmDescription.length).toBeGreaterThan(60);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
      expect(Metrics.filter(({ ReturnData }) => ReturnData)).toHaveLength(1);
      expect(DatapointsToAlarm).toBeLessThanOrEqual(EvaluationPeriods);
    },
  );

  test('own metrics are told apart by deployment', () => {
    const own = alarms.flatMap(({ Metrics }) => metricsOf(Metrics)).filter(({ Namespace }) => Namespace === 'Sekisho');
    expect(own.length).toBeGreaterThan(8);
    for (const { Dimensions } of own) {
      expect(Dimensions).toEqual([{ Name: 'Deployment', Value: 'sekisho-prod' }]);
    }
  });

  test.each([
    'Errors',
    'AsyncEventsDropped',
    'ApproximateNumberOfMessagesVisible',
    'ApproximateAgeOfOldestMessage',
    'FlowToAlertSeconds',
    'SkipData',
    'QuarantinedLines',
    'ForwardedLogEvents',
    'AlertsHeldBack',
    'LateRecords',
    'UnreadableLists',
    'FailedMessages',
    'DeliveryErrors',
  ])('one looks at %s', (name) => {
    expect(alarms.flatMap(({ Metrics }) => metricsOf(Metrics)).map(({ MetricName }) => MetricName)).toContain(name);
  });

  test('silence alarms where something has to come, of each source by itself', () => {
    const silentOf = (sources: Config['sources']): readonly string[] =>
      ofType('AWS::CloudWatch::Alarm', { ...config, sources }).flatMap(([id, { Properties }]) =>
        Properties!['TreatMissingData'] === 'breaching' ? [id.replace(/[0-9a-f]{8}(?=Silence)/, '…')] : [],
      );
    const group = (logGroup: string) =>
      ({ kind: 'log-group', logGroup, formats: ['default'], create: undefined }) as const;
    const bucket = (name: string, create: boolean) =>
      ({
        kind: 'bucket',
        bucket: name,
        prefix: '',
        create,
        archive: true,
        layout: 'plain',
        partition: 'daily',
      }) as const;
    expect(silentOf([])).toEqual(['WindowsStoppedAlarm']);
    expect(silentOf([group('a'), group('b')])).toEqual(['SubscriptionA…SilenceAlarm', 'SubscriptionB…SilenceAlarm', 'WindowsStoppedAlarm']); // prettier-ignore
    expect(silentOf([bucket('logs', false), bucket('more', false)])).toEqual(['ObjectsOfLogs…SilenceAlarm', 'ObjectsOfMore…SilenceAlarm', 'WindowsStoppedAlarm']); // prettier-ignore
    expect(silentOf([bucket('logs', true), bucket('more', true)])).toEqual(['DeliveriesSilenceAlarm', 'WindowsStoppedAlarm']); // prettier-ignore
  });

  test('each queue, function and subscription has its own', () => {
    const dimensions = new Set(
      alarms
        .flatMap(({ Metrics }) => metricsOf(Metrics))
        .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => JSON.stringify(Value))),
    );
    // old objects may wait: the dead letters of their queue have an alarm
    for (const [id] of ofType('AWS::SQS::Queue').filter(([name]) => name !== 'Backfill'))
      expect(dimensions).toContain(JSON.stringify({ 'Fn::GetAtt': [id, 'QueueName'] }));
    for (const [id] of ofType('AWS::Logs::SubscriptionFilter'))
      expect(dimensions).toContain(JSON.stringify({ Ref: id }));
    for (const name of ['Detect', 'Archive', 'Collect', 'Windows', 'Notify', 'Rules'])
      expect(dimensions).toContain(JSON.stringify({ Ref: `${name}LambdaFunction` }));
  });
});

describe('the dashboard', () => {
  const body = (ofType('AWS::CloudWatch::Dashboard')[0]![1].Properties as { DashboardBody: { 'Fn::Sub': string } })
    .DashboardBody['Fn::Sub'];

  test('is JSON whose references stand in the template', () => {
    const { widgets } = JSON.parse(body) as { widgets: { x: number; y: number; width: number; height: number }[] };
    expect(widgets.length).toBeGreaterThan(8);
    const ids = Object.keys(resourcesOf(config));
    for (const [, id] of body.matchAll(/\$\{([A-Za-z]+)[.}]/g)) {
      if (!id!.endsWith('LambdaFunction')) expect(ids).toContain(id);
    }
  });

  test('leaves a name alone that looks like a reference', () => {
    expect(body).toContain('odd/${!name}');
  });

  test('widgets do not overlap', () => {
    const { widgets } = JSON.parse(body) as { widgets: { x: number; y: number; width: number; height: number }[] };
    const cells = widgets.flatMap(({ x, y, width }) => Array.from({ length: width }, (_, at) => `${x + at} ${y}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });
});

describe('the budget', () => {
  test('is there where one is wished for, and tells the operations topic', () => {
    const { Properties } = resourcesOf(config)['Budget']!;
    expect(Properties).toMatchObject({ Budget: { BudgetLimit: { Amount: 20, Unit: 'USD' } } });
    const { NotificationsWithSubscribers } = Properties as { NotificationsWithSubscribers: { Subscribers: unknown }[] };
    for (const { Subscribers } of NotificationsWithSubscribers) {
      expect(Subscribers).toEqual([{ SubscriptionType: 'SNS', Address: { Ref: 'OperationsTopic' } }]);
    }
    expect(ofType('AWS::Budgets::Budget', DEFAULT_CONFIG)).toEqual([]);
  });

  test('stays as it is when people come and go, and takes no name that another region may have', () => {
    const other = { ...config, operations: { ...config.operations, emails: ['b@example.com', 'c@example.com'] } };
    expect(resourcesOf(other)['Budget']).toEqual(resourcesOf(config)['Budget']);
    expect(JSON.stringify(resourcesOf(config)['Budget'])).not.toContain('BudgetName');
  });
});
