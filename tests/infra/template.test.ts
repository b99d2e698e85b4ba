/** What holds for the template of every configuration. */
import { describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../infra/names.ts';
import { templateOf } from '../../infra/template.ts';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';
import {
  CONFIGURATIONS,
  deploymentOfFile,
  MADE_BY_OSLS,
  ofType,
  references,
  statementsOf,
  templateOfFile,
  type Properties,
  type Resources,
} from './templates.ts';

const TLS_ONLY = { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

describe.each(CONFIGURATIONS.map(([name]) => name))('the configuration %s', (name) => {
  const { Resources: resources, Outputs, extensions } = templateOfFile(name);
  const known = new Set([...Object.keys(resources), ...MADE_BY_OSLS]);

  test('refers to nothing that is not there', () => {
    const named = references({ resources, Outputs, extensions });
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((id) => !known.has(id) && !id.startsWith('AWS::'))).toEqual([]);
    const awaited = Object.values(resources).flatMap(({ DependsOn = [] }) => [DependsOn].flat());
    expect(awaited.filter((id) => !known.has(id))).toEqual([]);
  });

  test('has no circle of resources that wait for each other', () => {
    const waits = new Map(
      Object.entries(resources).map(([id, { DependsOn = [], ...rest }]) => [
        id,
        [...references(rest), ...[DependsOn].flat()],
      ]),
    );
    // a function waits for its role and what its environment names
    const { Lake, Transit, Batches } = resources;
    expect([Lake, Transit, Batches]).not.toContain(undefined);
    for (const each of FUNCTIONS) waits.set(`${each}LambdaFunction`, [`${each}Role`, 'Lake', 'Transit', 'Batches']);
    const state = new Map<string, 'open' | 'done'>();
    const visit = (id: string, way: readonly string[]): void => {
      if (state.get(id) === 'done') return;
      if (state.get(id) === 'open') throw new Error([...way, id].join(' → '));
      state.set(id, 'open');
      for (const next of waits.get(id) ?? []) visit(next, [...way, id]);
      state.set(id, 'done');
    };
    for (const id of waits.keys()) visit(id, []);
  });

  test('allows no action and no resource by `*` alone', () => {
    const allowed = statementsOf(resources).filter(({ statement }) => statement.Effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(20);
    const wide = allowed.filter(
      ({ statement: { Action, Resource, Principal } }) =>
        [Action].flat().some((action) => action.includes('*')) || [Resource, Principal].flat().includes('*'),
    );
    expect(wide).toEqual([]);
  });

  test('lets services in only for this account, its members or a resource of its own', () => {
    const services = statementsOf(resources).filter(
      ({ statement }) =>
        statement.Effect === 'Allow' && (statement.Principal as Properties | undefined)?.['Service'] !== undefined,
    );
    // Lambda takes a role for one function, and says not for which
    const others = services.filter(
      ({ statement }) => (statement.Principal as Properties)['Service'] !== 'lambda.amazonaws.com',
    );
    const open = others.filter(({ statement }) => {
      const keys = Object.values(statement.Condition ?? {}).flatMap((tests) => Object.keys(tests));
      return !keys.some((key) => ['aws:SourceAccount', 'aws:SourceArn', 'aws:SourceOrgID'].includes(key));
    });
    expect(open).toEqual([]);
    for (const [, permission] of ofType(resources, 'AWS::Lambda::Permission')) {
      expect(permission).toMatchObject({ SourceAccount: { Ref: 'AWS::AccountId' }, SourceArn: expect.anything() });
    }
  });

  test('says of every statement what it is for, once a policy', () => {
    const said = statementsOf(resources).map(({ id, statement }) => `${id} ${statement.Sid}`);
    expect(said.filter((text) => text.endsWith('undefined'))).toEqual([]);
    expect(said.filter((text, index) => said.indexOf(text) !== index)).toEqual([]);
  });

  test('encrypts every queue, keeps messages for 14 days, and takes none without TLS', () => {
    const queues = ofType(resources, 'AWS::SQS::Queue');
    const policies = ofType(resources, 'AWS::SQS::QueuePolicy');
    expect(queues).toHaveLength(9);
    for (const [id, queue] of queues) {
      const isEncrypted = queue['SqsManagedSseEnabled'] === true || queue['KmsMasterKeyId'] !== undefined;
      expect({ id, isEncrypted }).toEqual({ id, isEncrypted: true });
      expect(queue).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
      const own = policies.filter(([, { Queues }]) => Queues[0].Ref === id);
      expect(own).toHaveLength(1);
      expect(own[0]![1]['PolicyDocument'].Statement).toContainEqual(expect.objectContaining(TLS_ONLY));
    }
  });

  test('gives every queue dead letters that take from it alone', () => {
    for (const [id, queue] of ofType(resources, 'AWS::SQS::Queue')) {
      if (id.endsWith('Dead')) continue;
      expect(queue['RedrivePolicy']).toEqual({
        deadLetterTargetArn: { 'Fn::GetAtt': [`${id}Dead`, 'Arn'] },
        maxReceiveCount: 14,
      });
      const arn = resources[`${id}Dead`]!.Properties['RedriveAllowPolicy'].sourceQueueArns[0]['Fn::Sub'] as string;
      expect(arn.split(':').at(-1)).toBe(queue['QueueName']);
    }
  });

  test('closes and keeps every bucket, encrypts it, and gives up unfinished uploads', () => {
    const policies = ofType(resources, 'AWS::S3::BucketPolicy');
    const buckets = ofType(resources, 'AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThanOrEqual(2);
    for (const [id, properties] of buckets) {
      expect(resources[id]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
      expect(Object.values(properties['PublicAccessBlockConfiguration'])).toEqual([true, true, true, true]);
      expect(properties).toMatchObject({
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
      const [{ ServerSideEncryptionByDefault: encryption, BucketKeyEnabled: hasBucketKey }] =
        properties['BucketEncryption'].ServerSideEncryptionConfiguration;
      expect({ id, algorithm: encryption.SSEAlgorithm, hasBucketKey }).toEqual(
        encryption.KMSMasterKeyID === undefined
          ? { id, algorithm: 'AES256', hasBucketKey: undefined }
          : { id, algorithm: 'aws:kms', hasBucketKey: true },
      );
      const rules = properties['LifecycleConfiguration'].Rules as Properties[];
      const giveUp = rules.filter((rule) => rule['AbortIncompleteMultipartUpload'] !== undefined);
      expect({ id, prefixes: giveUp.map((rule) => rule['Prefix']) }).toEqual({ id, prefixes: [undefined] });
      const own = policies.find(([, { Bucket }]) => Bucket.Ref === id);
      expect(own?.[1]['PolicyDocument'].Statement).toContainEqual(
        expect.objectContaining({ ...TLS_ONLY, Action: 's3:*' }),
      );
    }
  });

  test('has a place for what every function could not work off, but for what the next minute makes up for', () => {
    for (const each of FUNCTIONS.filter((name) => name !== 'Windows')) {
      const target = { Ref: `${each}LambdaFunction` };
      const mapping = ofType(resources, 'AWS::Lambda::EventSourceMapping').find(
        ([, { FunctionName }]) => FunctionName.Ref === target.Ref,
      );
      if (mapping !== undefined) {
        const [queue] = references(mapping[1]['EventSourceArn']);
        expect(resources[queue!]!.Properties['RedrivePolicy']).toBeDefined();
        continue;
      }
      const invocations = ofType(resources, 'AWS::Lambda::EventInvokeConfig').find(
        ([, { FunctionName }]) => FunctionName.Ref === target.Ref,
      );
      expect(invocations?.[1]).toMatchObject({
        Qualifier: '$LATEST',
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Transit', 'Arn'] } } },
      });
      const role = statementsOf(resources).filter(({ id }) => id === `${each}Role`);
      const keeping = role.find(({ statement }) => statement.Sid === 'KeepFailedEvents')?.statement;
      expect(JSON.stringify(keeping?.Resource)).toContain(`aws/lambda/async/`);
      expect(JSON.stringify(keeping?.Resource)).toContain(`-${each.toLowerCase()}/*`);
    }
  });
});

/** What CloudFormation takes as a resource's name: a new one has it make another, and one name can't be in two at once. */
const NAMES = [
  'BucketName',
  'LogGroupName',
  'FilterName',
  'QueueName',
  'TopicName',
  'Endpoint',
  'FunctionName',
  'Name',
];

/** Names of what is made for each source, route and address, by logical id. */
function namesOf(config: Config): Readonly<Record<string, unknown>> {
  const { Resources } = templateOf({ config, rules: [], lists: [] });
  return Object.fromEntries(
    Object.entries(Resources).map(([id, { Properties = {} }]) => {
      const { TableInput } = Properties as Properties;
      return [id, { ...Object.fromEntries(NAMES.map((name) => [name, Properties[name]])), table: TableInput?.Name }];
    }),
  );
}

describe.each(['sources', 'everything'])('of the configuration %s', (name) => {
  const { config } = deploymentOfFile(name);
  const before = namesOf(config);

  test('logical ids stay when sources change places: else CloudFormation would delete and make them again', () => {
    const after = namesOf({ ...config, sources: [...config.sources].reverse() });
    expect(Object.keys(before).filter((id) => /^(Subscription|FlowLog|Deliver|Objects|SourceT)/.test(id)).length).toBeGreaterThan(7); // prettier-ignore
    expect(after).toEqual(before);
  });

  test('no logical id takes the name of another when a source, a route or an address goes', () => {
    const { sources, alerts, operations } = config;
    const without = <T>(all: readonly T[]): readonly (readonly T[])[] => all.map((each) => all.filter((other) => other !== each)); // prettier-ignore
    const smaller: readonly Config[] = [
      ...without(sources).map((left) => ({ ...config, sources: left })),
      ...without(alerts.routes).map((routes) => ({ ...config, alerts: { ...alerts, routes } })),
      ...without(operations.emails).map((emails) => ({ ...config, operations: { ...operations, emails } })),
    ];
    expect(smaller.length).toBeGreaterThan(6);
    for (const each of smaller) {
      const after = namesOf(each);
      expect(before).toEqual({ ...before, ...after });
    }
  });
});

test('sources of one bucket that are queried where they lie keep their tables, whichever comes first', () => {
  const source = { kind: 'bucket', create: false, archive: false, layout: 'plain', partition: 'daily' } as const;
  const [a, b] = ['a/', 'a-/'].map((prefix) => ({ ...source, bucket: 'logs', prefix }));
  const both = namesOf({ ...DEFAULT_CONFIG, sources: [a!, b!] });
  expect(Object.keys(both).filter((id) => id.startsWith('SourceTable'))).toHaveLength(2);
  expect(both).toEqual({ ...both, ...namesOf({ ...DEFAULT_CONFIG, sources: [b!] }) });
});

test('every role that is made stays within the boundary', () => {
  const permissionsBoundary = 'arn:aws:iam::111122223333:policy/boundary';
  const { config } = deploymentOfFile('sources');
  const bounded = templateOf({
    config: { ...config, deployment: { ...config.deployment, permissionsBoundary } },
    rules: [],
    lists: [],
  });
  const roles = ofType(bounded.Resources as Resources, 'AWS::IAM::Role');
  expect(roles.length).toBe(FUNCTIONS.length + 3);
  for (const [id, role] of roles) expect([id, role['PermissionsBoundary']]).toEqual([id, permissionsBoundary]);
  const free = ofType(templateOf({ config, rules: [], lists: [] }).Resources as Resources, 'AWS::IAM::Role');
  for (const [, role] of free) expect(role).not.toHaveProperty('PermissionsBoundary');
});
