import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG, type SourceConfig } from '../../shared/config/config.ts';
import { ofType, resourcesWith, templateOfFile, type Properties, type Resources } from './templates.ts';

const { Resources: resources } = templateOfFile('sources');

/** What there is of a type, by what `key` says of it. */
function byKey(type: string, key: string, of: Resources = resources): Readonly<Record<string, Properties>> {
  return Object.fromEntries(ofType(of, type).map(([, properties]) => [JSON.stringify(properties[key]), properties]));
}

/** Bytes of a permission in the function's policy, as Lambda writes it. */
function statementSize(id: string, arn: string): number {
  const resolved = arn.replace('${AWS::Partition}', 'aws').replace('${AWS::Region}', 'ap-northeast-1').replace('${AWS::AccountId}', '111122223333'); // prettier-ignore
  return JSON.stringify({
    Sid: `${'sekisho-'.padEnd(56, 'x')}-${id}-ABCDEFGHIJKL`.slice(0, 100),
    Effect: 'Allow',
    Principal: { Service: 'logs.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: `arn:aws:lambda:ap-northeast-1:111122223333:function:${'sekisho-'.padEnd(63, 'x')}`,
    Condition: { StringEquals: { 'AWS:SourceAccount': '111122223333' }, ArnLike: { 'AWS:SourceArn': resolved } },
  }).length;
}

describe('log groups', () => {
  test('are subscribed to without a filter, where their names are written in full', () => {
    const filters = ofType(resources, 'AWS::Logs::SubscriptionFilter');
    expect(filters).toHaveLength(4);
    for (const [id, filter] of filters) {
      expect(filter).toMatchObject({
        FilterPattern: '',
        DestinationArn: { 'Fn::GetAtt': ['DetectLambdaFunction', 'Arn'] },
      });
      // CloudWatch tries the function when it is subscribed
      expect(resources[id]!.DependsOn).toBe(`${id}Permission`);
      expect(resources[`${id}Permission`]!.Properties).toMatchObject({
        Principal: 'logs.amazonaws.com',
        SourceArn: { 'Fn::Sub': expect.stringMatching(/:log-group:\/(vpc|subnet|tgw)\/(there|made):\*$/) },
      });
    }
  });

  test('have filters of one name, which whoever deleted one can put back', () => {
    for (const [, filter] of ofType(resources, 'AWS::Logs::SubscriptionFilter')) {
      expect(filter['FilterName']).toBe('flows-test');
    }
  });

  test.each([
    [16, 16],
    [17, 1],
    [200, 1],
  ])('%i of them take %i permissions: a function’s policy holds 20 KB', (count, permissions) => {
    const group = (index: number): SourceConfig => ({
      kind: 'log-group',
      logGroup: `/vpc/${index}/`.padEnd(512, 'x'),
      formats: ['default'],
      create: undefined,
    });
    const deployment = { ...DEFAULT_CONFIG.deployment, stage: 'x'.repeat(48) };
    const many = resourcesWith({ deployment, sources: Array.from({ length: count }, (_, index) => group(index)) });
    const filters = ofType(many, 'AWS::Logs::SubscriptionFilter');
    expect(filters).toHaveLength(count);
    const needed = new Set(filters.map(([id]) => many[id]!.DependsOn as string));
    const made = ofType(many, 'AWS::Lambda::Permission').filter(
      ([, { Principal }]) => Principal === 'logs.amazonaws.com',
    );
    expect(new Set(made.map(([id]) => id))).toEqual(needed);
    expect(made).toHaveLength(permissions);
    const size = made.reduce((sum, [id, { SourceArn }]) => sum + statementSize(id, SourceArn['Fn::Sub']), 0);
    expect(size).toBeLessThan(20_480 - 1000);
  });

  test('are made where that is wished for, with their retention, and stay when the stack goes', () => {
    const groups = byKey('AWS::Logs::LogGroup', 'LogGroupName');
    expect(
      Object.fromEntries(Object.entries(groups).map(([name, { RetentionInDays }]) => [name, RetentionInDays])),
    ).toEqual({
      '"/vpc/made"': 30,
      '"/subnet/made"': 14,
      '"/tgw/made"': 14,
    });
    for (const [id] of ofType(resources, 'AWS::Logs::LogGroup')) {
      expect(resources[id]).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('of the functions themselves are no source: they would feed themselves', () => {
    const own: SourceConfig = {
      kind: 'log-group',
      logGroup: '/aws/lambda/sekisho-prod-archive',
      formats: ['default'],
      create: undefined,
    };
    expect(() => resourcesWith({ sources: [own] })).toThrow(
      "`/aws/lambda/sekisho-prod-archive` can't be a source: it is the log of one of this deployment's own functions",
    );
    expect(Object.keys(resourcesWith({ sources: [{ ...own, logGroup: '/aws/lambda/other' }] }))).not.toEqual([]);
  });
});

describe('flow logs', () => {
  const flowLogs = byKey('AWS::EC2::FlowLog', 'ResourceType');

  test('of VPCs have the recommended format, and tell accepted from rejected as they are told to', () => {
    expect(flowLogs['"VPC"']).toMatchObject({
      ResourceId: 'vpc-0123456789abcdef0',
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
      LogDestinationType: 'cloud-watch-logs',
      LogFormat: expect.stringMatching(
        /^\$\{version\} \$\{account-id\} \$\{interface-id\} .*\$\{tcp-flags\} .*\$\{flow-direction\} \$\{traffic-path\}$/,
      ),
    });
    expect(flowLogs['"Subnet"']).toMatchObject({
      TrafficType: 'REJECT',
      MaxAggregationInterval: 600,
      LogFormat: '${version} ${srcaddr} ${dstaddr} ${dstport} ${protocol} ${start} ${end} ${action} ${log-status}',
    });
  });

  test('of the recommended format are never written otherwise: AWS changes no flow log, and makes no second one beside it', () => {
    expect(flowLogs['"VPC"']!['LogFormat']).toBe(
      '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${vpc-id} ${subnet-id} ${instance-id} ${tcp-flags} ${pkt-srcaddr} ${pkt-dstaddr} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${flow-direction} ${traffic-path}',
    );
  });

  test('of transit gateways have AWS’s own format, and no type of traffic', () => {
    expect(flowLogs['"TransitGateway"']).toMatchObject({
      ResourceId: 'tgw-0123456789abcdef0',
      MaxAggregationInterval: 60,
    });
    expect(flowLogs['"TransitGateway"']).not.toHaveProperty('TrafficType');
    expect(flowLogs['"TransitGateway"']).not.toHaveProperty('LogFormat');
  });

  test('begin when somebody listens, and may write to their own log group alone', () => {
    for (const [id, { DeliverLogsPermissionArn: arn, LogGroupName: group }] of ofType(resources, 'AWS::EC2::FlowLog')) {
      expect(resources[id]!.DependsOn).toMatch(/^Subscription/);
      const name = resources[group.Ref as string]!.Properties['LogGroupName'] as string;
      const role = resources[arn['Fn::GetAtt'][0] as string]!.Properties;
      const [write, find] = role['Policies'][0].PolicyDocument.Statement as Properties[];
      expect(write!['Resource']['Fn::Sub']).toMatch(new RegExp(`:log-group:${name}:\\*$`));
      expect(find!['Action']).toBe('logs:DescribeLogGroups');
      expect(role['AssumeRolePolicyDocument'].Statement[0].Condition).toMatchObject({
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      });
    }
  });
});

describe('buckets', () => {
  const bucketOf = (of: Resources, name: string): [string, Properties] =>
    ofType(of, 'AWS::S3::Bucket').find(([, { BucketName }]) => BucketName === name)!;

  test('that are there announce flow logs through EventBridge, whatever else they hold', () => {
    const rules = ofType(resources, 'AWS::Events::Rule').filter(([id]) => id.startsWith('ObjectsOf'));
    expect(rules.map(([, rule]) => rule['EventPattern'].detail)).toEqual([
      { bucket: { name: ['example-flow-logs-there'] }, object: { key: [{ wildcard: 'logs/AWSLogs/*vpcflowlogs/*' }] } },
      { bucket: { name: ['example-flow-logs-parquet'] }, object: { key: [{ wildcard: 'AWSLogs/*vpcflowlogs/*' }] } },
    ]);
    for (const [queue, needed] of [
      ['Objects', true],
      ['ObjectsDead', true],
      ['Batches', false],
    ] as const) {
      const statements = resources[`${queue}Policy`]!.Properties['PolicyDocument'].Statement as Properties[];
      const open = statements.find(({ Sid }) => Sid === 'TakeEventsOfRules');
      expect(open?.['Condition'].ArnLike['aws:SourceArn']).toEqual(
        needed ? rules.map(([id]) => ({ 'Fn::GetAtt': [id, 'Arn'] })) : undefined,
      );
    }
    for (const [, rule] of rules) {
      expect(rule['Targets'][0]).toMatchObject({
        Arn: { 'Fn::GetAtt': ['Objects', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['ObjectsDead', 'Arn'] } },
      });
    }
  });

  test('that are made announce them themselves, when the queue lets them', () => {
    const [id, made] = bucketOf(resources, 'example-flow-logs-made');
    expect(made['NotificationConfiguration'].QueueConfigurations).toEqual([
      {
        Event: 's3:ObjectCreated:*',
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'AWSLogs/' }] } },
        Queue: { 'Fn::GetAtt': ['Objects', 'Arn'] },
      },
    ]);
    expect(resources[id]!.DependsOn).toBe('ObjectsPolicy');
    const statements = resources['ObjectsPolicy']!.Properties['PolicyDocument'].Statement as Properties[];
    expect(statements.find(({ Sid }) => Sid === 'TakeEventsOfBuckets')!['Condition'].ArnLike['aws:SourceArn']).toEqual([
      { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::example-flow-logs-made' },
    ]);
  });

  test('keep what is copied into the lake for a while, and what is not as the lake would', () => {
    const copied = bucketOf(resources, 'example-flow-logs-made')[1]['LifecycleConfiguration'].Rules as Properties[];
    expect(copied[0]).toMatchObject({ Prefix: '', ExpirationInDays: 90 });
    const { Resources: full } = templateOfFile('everything');
    const queried = bucketOf(full, 'example-flow-logs-made')[1]['LifecycleConfiguration'].Rules as Properties[];
    expect(queried[0]).toMatchObject({ ExpirationInDays: 2555, Transitions: { length: 4 } });
  });

  test('take deliveries of this account, of the accounts named, and of the organization, into their folders', () => {
    const { Resources: central } = templateOfFile('members');
    const [id] = bucketOf(central, 'example-central-flow-logs');
    const statements = central[`${id}Policy`]!.Properties['PolicyDocument'].Statement as Properties[];
    const bySid = Object.fromEntries(statements.map((statement) => [statement['Sid'], statement]));
    expect(bySid['DeliverOfAccounts']).toEqual({
      Sid: 'DeliverOfAccounts',
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: ['${AWS::AccountId}', '444455556666', '777788889999']
        .flatMap((account) => [account])
        .map((account) => ({ 'Fn::Sub': `\${${id}.Arn}/all/AWSLogs/${account}/*` }))
        .concat(
          ['${AWS::AccountId}', '444455556666', '777788889999'].map((account) => ({
            'Fn::Sub': `\${${id}.Arn}/all/AWSLogs/aws-account-id=${account}/*`,
          })),
        ),
      Condition: {
        StringEquals: {
          'aws:SourceAccount': [{ Ref: 'AWS::AccountId' }, '444455556666', '777788889999'],
          's3:x-amz-acl': 'bucket-owner-full-control',
        },
        ArnLike: {
          'aws:SourceArn': ['${AWS::AccountId}', '444455556666', '777788889999'].map((account) => ({
            'Fn::Sub': `arn:\${AWS::Partition}:logs:*:${account}:*`,
          })),
        },
      },
    });
    expect(bySid['DeliverOfOrganization']).toMatchObject({
      Action: 's3:PutObject',
      Resource: { 'Fn::Sub': `\${${id}.Arn}/all/AWSLogs/*` },
      Condition: { StringEquals: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' } },
    });
    const looks = statements.filter(({ Action }) => Action === 's3:GetBucketAcl');
    expect(looks.map(({ Sid }) => Sid)).toEqual(['CheckBeforeDelivering', 'CheckBeforeDeliveringOfOrganization']);
  });
});
