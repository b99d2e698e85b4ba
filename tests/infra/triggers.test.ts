import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { templateOf } from '../../infra/template.ts';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';
import { ofType, resourcesWith, templateOfFile, type Properties } from './templates.ts';

const resources = resourcesWith({});

interface FunctionSettings {
  readonly timeout: number;
  readonly reservedConcurrency?: number;
}

const tags = [{ tag: '!Sub', resolve: (text: string) => text }];
const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { customTags: tags }) as {
  readonly functions: Readonly<Record<string, FunctionSettings>>;
};

test('queues feed functions: many deliveries at once and few writers, one object, alerts that belong together', () => {
  const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([, mapping]) => [
    mapping['EventSourceArn']['Fn::GetAtt'][0],
    [mapping['FunctionName'].Ref, mapping['BatchSize'], mapping['MaximumBatchingWindowInSeconds']],
  ]);
  expect(Object.fromEntries(mappings)).toEqual({
    Batches: ['ArchiveLambdaFunction', 10_000, 60],
    Objects: ['CollectLambdaFunction', 1, 0],
    Backfill: ['CollectLambdaFunction', 1, 0],
    Alerts: ['NotifyLambdaFunction', 100, 5],
  });
  for (const [, mapping] of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  }
});

test('a message stays hidden for as long as a function may have it: its timeout, its batching window, and a minute', () => {
  for (const [, mapping] of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    const name = (mapping['FunctionName'].Ref as string).replace('LambdaFunction', '').toLowerCase();
    const queue = resources[mapping['EventSourceArn']['Fn::GetAtt'][0] as string]!.Properties;
    const longest = functions[name]!.timeout + (mapping['MaximumBatchingWindowInSeconds'] as number);
    expect(queue['VisibilityTimeout']).toBe(longest + 60);
    expect(queue['RedrivePolicy']).toMatchObject({ maxReceiveCount: 14 });
  }
});

test('a delivery is tried for as long as Lambda lets us; what runs on a schedule is not tried again', () => {
  const settings = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(([id, each]) => [
    id,
    [each['MaximumRetryAttempts'], each['MaximumEventAgeInSeconds']],
  ]);
  expect(Object.fromEntries(settings)).toEqual({
    DetectInvocations: [2, 21_600],
    WindowsInvocations: [0, 60],
    RulesInvocations: [0, 1800],
  });
  // a tick that found the one before still at it is no failure
  const kept = ofType(resources, 'AWS::Lambda::EventInvokeConfig').filter(([, each]) => 'DestinationConfig' in each);
  expect(kept.map(([id]) => id)).toEqual(['DetectInvocations', 'RulesInvocations']);
});

test('single writers run alone, and nothing else is held back, unless the account has none to spare', () => {
  const { deployment } = DEFAULT_CONFIG;
  const reserved = (settings: Partial<Config>): readonly string[] =>
    Object.entries(templateOf({ config: { ...DEFAULT_CONFIG, ...settings }, rules: [], lists: [] }).extensions).flatMap(
      ([id, { Properties }]) => (Properties['ReservedConcurrentExecutions'] === 1 ? [id] : []),
    );
  expect(reserved({})).toEqual(['WindowsLambdaFunction', 'RulesLambdaFunction']);
  expect(reserved({ deployment: { ...deployment, reservedConcurrency: false } })).toEqual([]);
  expect(Object.values(functions).filter((each) => 'reservedConcurrency' in each)).toEqual([]);
});

test('schedules are the configuration’s, and what they could not deliver is kept', () => {
  const { Resources } = templateOfFile('everything');
  const rules = ofType(Resources, 'AWS::Events::Rule').filter(([, rule]) => rule['ScheduleExpression'] !== undefined);
  expect(rules.map(([id, rule]) => [id, rule['ScheduleExpression']])).toEqual([
    ['WindowsSchedule', 'rate(1 minute)'],
    ['RulesSchedule', 'cron(0 * * * ? *)'],
  ]);
  const dead = Resources['SchedulesDeadPolicy']!.Properties['PolicyDocument'].Statement as Properties[];
  const senders = dead.find(({ Effect }) => Effect === 'Allow')!['Condition'].ArnLike['aws:SourceArn'];
  for (const [id, rule] of rules) {
    expect(rule['Targets'][0]).toMatchObject({
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SchedulesDead', 'Arn'] } },
      RetryPolicy: { MaximumRetryAttempts: 3 },
    });
    expect(senders).toContainEqual({ 'Fn::GetAtt': [id, 'Arn'] });
  }
});

test('new alerts come from the lake of this stack alone', () => {
  const sources = (resourcesOf: typeof resources): unknown => {
    const statements = resourcesOf['AlertsPolicy']!.Properties['PolicyDocument'].Statement as Properties[];
    return statements.find(({ Sid }) => Sid === 'TakeEventsOfBuckets')!['Condition'].ArnLike['aws:SourceArn'];
  };
  expect(sources(resources)).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::sekisho-prod-lake*' }]);
  expect(sources(templateOfFile('everything').Resources)).toEqual([
    { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::example-lake' },
  ]);
});
