/** Topics: who may publish, who hears, and with which key. */
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG, type AlertRoute, type Config } from '../../shared/config/config.ts';
import { ofType, resourcesWith, type Properties, type Resources } from './templates.ts';

const KEY = 'arn:aws:kms:ap-northeast-1:111122223333:key/k';

const route = (name: string, parts: Partial<AlertRoute> = {}): AlertRoute => ({
  name,
  atLeast: 'info',
  topic: undefined,
  emails: [],
  format: 'default',
  ...parts,
});

const withRoutes = (routes: readonly AlertRoute[], settings: Partial<Config> = {}): Resources =>
  resourcesWith({ ...settings, alerts: { ...DEFAULT_CONFIG.alerts, routes } });

const statementsFor = (resources: Resources, id: string): Properties[] =>
  resources[`PolicyOf${id}`]!.Properties['PolicyDocument'].Statement as Properties[];

test('a route has a topic of its own unless it brings one', () => {
  const topic = 'arn:aws:sns:ap-northeast-1:111122223333:theirs';
  const resources = withRoutes([route('on-call'), route('theirs', { topic })]);
  expect(ofType(resources, 'AWS::SNS::Topic').map(([id]) => id)).toEqual(['Topiconcall', 'OperationsTopic']);
  expect(resources['Topiconcall']!.Properties['TopicName']).toBe('sekisho-prod-on-call');
});

test('alerts are always encrypted with a key; alarms with one only where services may use it', () => {
  const keyOf = (resources: Resources, id: string): unknown => resources[id]!.Properties['KmsMasterKeyId'];
  const plain = withRoutes([route('alerts')]);
  expect([keyOf(plain, 'Topicalerts'), keyOf(plain, 'OperationsTopic')]).toEqual(['alias/aws/sns', undefined]);
  const own = withRoutes([route('alerts')], { storage: { ...DEFAULT_CONFIG.storage, kmsKey: KEY } });
  expect([keyOf(own, 'Topicalerts'), keyOf(own, 'OperationsTopic')]).toEqual([KEY, KEY]);
});

test('every topic has a policy: this account publishes, and nobody without TLS', () => {
  const resources = withRoutes([route('alerts'), route('pager')]);
  for (const id of ['Topicalerts', 'Topicpager', 'OperationsTopic']) {
    expect(resources[`PolicyOf${id}`]!.Properties['Topics']).toEqual([{ Ref: id }]);
    const statements = statementsFor(resources, id);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: id },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
        Action: 'sns:Publish',
        Resource: { Ref: id },
      }),
    );
    // whoever else is allowed something is held to a condition
    for (const { Effect, Principal, Condition } of statements) {
      if (Effect === 'Allow' && Principal.AWS?.['Fn::Sub'] === undefined) expect(Condition).toBeDefined();
    }
  }
});

test('alarms are published by CloudWatch, and budgets where there is one, of this account', () => {
  const servicesOf = (resources: Resources): unknown =>
    statementsFor(resources, 'OperationsTopic').find(({ Sid }) => Sid === 'TellOfAlarms');
  const condition = { Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } };
  expect(servicesOf(withRoutes([]))).toMatchObject({
    Principal: { Service: ['cloudwatch.amazonaws.com'] },
    ...condition,
  });
  const limited = withRoutes([], { budgets: { ...DEFAULT_CONFIG.budgets, monthly: 100 } });
  expect(servicesOf(limited)).toMatchObject({
    Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
    ...condition,
  });
});

test('members of the organization may subscribe to alerts, and to nothing else', () => {
  const members = { organization: 'o-abc1234567', accounts: [] };
  const resources = withRoutes([route('alerts')], { members });
  expect(statementsFor(resources, 'Topicalerts')).toContainEqual({
    Sid: 'ShareWithTheOrganization',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['sns:Subscribe', 'sns:Publish'],
    Resource: { Ref: 'Topicalerts' },
    Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc1234567' } },
  });
  expect(JSON.stringify(statementsFor(resources, 'OperationsTopic'))).not.toContain('sns:Subscribe');
  expect(JSON.stringify(statementsFor(withRoutes([route('alerts')]), 'Topicalerts'))).not.toContain('sns:Subscribe');
});

test('an address keeps its subscription when others come and go', () => {
  const subscriptions = (emails: string[]): Record<string, unknown> =>
    Object.fromEntries(
      ofType(withRoutes([route('alerts', { emails })]), 'AWS::SNS::Subscription').map(
        ([id, { Endpoint, TopicArn }]) => [id, [Endpoint, TopicArn.Ref]],
      ),
    );
  const before = subscriptions(['a@example.com', 'b@example.com']);
  const after = subscriptions(['c@example.com', 'b@example.com']);
  expect(Object.values(before)).toEqual([
    ['a@example.com', 'Topicalerts'],
    ['b@example.com', 'Topicalerts'],
  ]);
  expect(Object.keys(before).filter((id) => id in after)).toEqual([
    Object.keys(before).find((id) => (before[id] as string[])[0] === 'b@example.com'),
  ]);
});

test('operations are told at their own addresses', () => {
  const operations = { ...DEFAULT_CONFIG.operations, emails: ['ops@example.com'] };
  const subscriptions = ofType(withRoutes([], { operations }), 'AWS::SNS::Subscription');
  expect(subscriptions.map(([, properties]) => properties)).toEqual([
    { TopicArn: { Ref: 'OperationsTopic' }, Protocol: 'email', Endpoint: 'ops@example.com' },
  ]);
});

test('routes whose names look like a part of another’s topic keep all of theirs', () => {
  const resources = withRoutes([route('ops', { emails: ['a@example.com'] }), route('opsPolicy'), route('opsEmail')]);
  const topics = ofType(resources, 'AWS::SNS::Topic').map(([, { TopicName }]) => TopicName as unknown);
  expect(topics).toEqual(['sekisho-prod-ops', 'sekisho-prod-opsPolicy', 'sekisho-prod-opsEmail', undefined]);
  const policies = ofType(resources, 'AWS::SNS::TopicPolicy').map(([, { Topics }]) => Topics[0].Ref as unknown);
  expect(policies).toEqual(['Topicops', 'TopicopsPolicy', 'TopicopsEmail', 'OperationsTopic']);
});
