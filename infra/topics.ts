/** The topics on which alerts are told, and the one on which the pipeline tells of itself. */
import type { StorageConfig } from '../shared/config/config.ts';
import { stackName, topicId } from '../shared/operations/deployed-names.ts';
import type { Deployment } from './deployment.ts';
import { logicalId, onlyOnce, policy, ref, sub, type Fragment, type Resource, type Statement } from './fragment.ts';

/** A topic a route that brings none of its own, and `OperationsTopic`, each with its subscribers. */
export function topics({ config }: Deployment): Fragment {
  const { alerts, operations, members, storage, deployment, budgets } = config;
  const made = alerts.routes.filter(({ topic }) => topic === undefined);
  const services = ['cloudwatch.amazonaws.com', ...(budgets.monthly === undefined ? [] : ['budgets.amazonaws.com'])];
  const parts = [
    ...made.map(({ name, emails }): TopicParts => {
      const id = topicId(name);
      const properties = {
        // subscribers elsewhere know it by its ARN, which must outlive whatever else changes
        TopicName: `${stackName(deployment)}-${name}`,
        DisplayName: 'Sekisho',
        ...alertEncryption(storage),
      };
      return { id, emails, resource: topic(properties), statements: [...published(id), ...shared(id, members)] };
    }),
    {
      id: OPERATIONS,
      emails: operations.emails,
      resource: topic({ DisplayName: 'Sekisho operations', ...operationsEncryption(storage) }),
      statements: [...published(OPERATIONS), serving(OPERATIONS, services)],
    },
  ];
  const outputs = [
    ...made.map(({ name }) => [topicId(name), `ARN of the topic of the route ${name}`] as const),
    [OPERATIONS, 'ARN of the topic of alarms'] as const,
  ];
  return {
    Resources: onlyOnce(parts.flatMap(resourcesOf)),
    Outputs: onlyOnce(outputs.map(([id, Description]) => [id, { Description, Value: ref(id) }])),
  };
}

const OPERATIONS = 'OperationsTopic';

/** Nothing that begins so is a topic: a route may be called `ops`, and another `opsPolicy`. */
function policyId(topic: string): string {
  return `PolicyOf${topic}`;
}

interface TopicParts {
  readonly id: string;
  readonly emails: readonly string[];
  readonly resource: Resource;
  readonly statements: readonly Statement[];
}

function resourcesOf({ id, emails, resource, statements }: TopicParts): readonly [string, Resource][] {
  return [
    [id, resource],
    [
      policyId(id),
      {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: { Topics: [ref(id)], PolicyDocument: policy([tlsOnly(id), ...statements]) },
      },
    ],
    // by address: whoever has confirmed a subscription keeps it when others come and go
    ...emails.map((address): [string, Resource] => [
      logicalId(`EmailOf${id}`, address),
      { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: ref(id), Protocol: 'email', Endpoint: address } },
    ]),
  ];
}

function topic(properties: Readonly<Record<string, unknown>>): Resource {
  return { Type: 'AWS::SNS::Topic', Properties: properties };
}

/** Alerts hold addresses: the key that SNS has in each account serves, as only a role of this account publishes. */
function alertEncryption({ kmsKey }: StorageConfig): object {
  return { KmsMasterKeyId: kmsKey ?? 'alias/aws/sns' };
}

/**
 * Services of AWS can't use the key that SNS has in each account: alarms would be lost without a word. With a key of the
 * owner's, whose policy has to let them, it is used; without one, SNS encrypts its disks, and alarms hold numbers only.
 */
function operationsEncryption({ kmsKey }: StorageConfig): object {
  return kmsKey === undefined ? {} : { KmsMasterKeyId: kmsKey };
}

function tlsOnly(id: string): Statement {
  return {
    Sid: 'RefuseWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sns:Publish',
    Resource: ref(id),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** What this account allows its own roles is theirs to say. */
function published(id: string): readonly Statement[] {
  return [
    {
      Sid: 'PublishFromThisAccount',
      Effect: 'Allow',
      Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
      Action: 'sns:Publish',
      Resource: ref(id),
    },
  ];
}

function shared(id: string, { organization }: Deployment['config']['members']): readonly Statement[] {
  if (organization === undefined) return [];
  return [
    {
      Sid: 'ShareWithTheOrganization',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      // a deployment in another account may have this topic as one of its routes, which takes a key that it may use
      Action: ['sns:Subscribe', 'sns:Publish'],
      Resource: ref(id),
      Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
    },
  ];
}

function serving(id: string, services: readonly string[]): Statement {
  return {
    Sid: 'TellOfAlarms',
    Effect: 'Allow',
    Principal: { Service: services },
    Action: 'sns:Publish',
    Resource: ref(id),
    Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
  };
}
