/** What holds for the template of every configuration. */
import { describe, expect, test } from 'vitest';
import { readDeployment } from '../../infra/deployment.ts';
import { FUNCTIONS } from '../../infra/names.ts';
import { templateOf } from '../../infra/template.ts';
import {
  CONFIGURATIONS,
  MADE_BY_OSLS,
  ofType,
  references,
  statementsOf,
  templateOfFile,
  type Properties,
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

test('logical ids stay when sources change places: else CloudFormation would delete and make them again', () => {
  const file = CONFIGURATIONS.find(([name]) => name === 'sources')![1];
  const deployment = readDeployment({ SEKISHO_CONFIG: file });
  const { config } = deployment;
  const turned = templateOf({ ...deployment, config: { ...config, sources: [...config.sources].reverse() } });
  const { Resources } = templateOf(deployment);
  const mine = (resources: object): object =>
    Object.fromEntries(
      Object.entries(resources).filter(([id]) => /^(Subscription|LogGroup|FlowLog|Deliveries|ObjectsOf)/.test(id)),
    );
  expect(Object.keys(mine(Resources)).length).toBeGreaterThan(15);
  expect(mine(turned.Resources)).toEqual(mine(Resources));
});
