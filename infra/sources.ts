/** Log groups that flow logs are written to: each is subscribed to, and made first where the configuration says so. */
import type { Config, DeploymentConfig, FlowLogSetting, LogGroupSource } from '../shared/config/config.ts';
import { formatString, parseFormat } from '../shared/flow/format.ts';
import { stackName } from '../shared/operations/deployed-names.ts';
import type { Deployment } from './deployment.ts';
import { attribute, logicalId, onlyOnce, policy, ref, sub, type Fragment, type Resource } from './fragment.ts';
import { FUNCTIONS, functionLogGroup, withinBoundary } from './names.ts';

/** A log group that is subscribed to. */
interface SubscribedGroup extends LogGroupSource {
  /** Logical id of its subscription filter. */
  readonly subscription: string;
}

/** The log groups that are subscribed to: those whose names are written in full. */
export function subscribedGroups({ sources }: Config): readonly SubscribedGroup[] {
  return sources
    .filter((source) => source.kind === 'log-group')
    .filter(({ logGroup }) => !logGroup.endsWith('*'))
    .map((source) => ({ ...source, subscription: logicalId('Subscription', source.logGroup) }));
}

/** The subscriptions of the configuration's log groups, and the flow logs that it wants made. */
export function sources({ config }: Deployment): Fragment {
  const own = new Set(FUNCTIONS.map((name) => functionLogGroup(config.deployment, name)));
  const groups = subscribedGroups(config);
  const loop = groups.find(({ logGroup }) => own.has(logGroup));
  if (loop !== undefined) {
    throw new Error(
      `\`${loop.logGroup}\` can't be a source: it is the log of one of this deployment's own functions, which would feed itself for ever; name the log group of a flow log`,
    );
  }
  const isMany = groups.length > MOST_PERMISSIONS;
  const permissions = isMany
    ? [[ANY_GROUP, permissionOf('*')] as const]
    : groups.map(({ logGroup, subscription }) => [`${subscription}Permission`, permissionOf(logGroup)] as const);
  return {
    Resources: onlyOnce([
      ...permissions,
      ...groups.flatMap((group): [string, Resource][] => [
        subscribe(group, config.deployment, isMany ? ANY_GROUP : `${group.subscription}Permission`),
        ...makeFlowLog(group, config),
      ]),
    ]),
  };
}

/** A function's policy holds 20 KB, and what lets a log group of the longest name call it is almost one. */
const MOST_PERMISSIONS = 16;
const ANY_GROUP = 'SubscriptionsPermission';

function subscribe(
  { logGroup, subscription, create }: SubscribedGroup,
  deployment: DeploymentConfig,
  permission: string,
): [string, Resource] {
  return [
    subscription,
    {
      Type: 'AWS::Logs::SubscriptionFilter',
      DependsOn: permission,
      Properties: {
        LogGroupName: create === undefined ? logGroup : ref(groupId(logGroup)),
        // known, so that one that somebody deleted can be put back under the name by which the stack knows it
        FilterName: stackName(deployment),
        FilterPattern: '',
        DestinationArn: attribute('DetectLambdaFunction'),
      },
    },
  ];
}

/** What lets CloudWatch Logs call the function for a log group, or for all of this account and region. */
function permissionOf(logGroup: string): Resource {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: ref('DetectLambdaFunction'),
      Principal: 'logs.amazonaws.com',
      SourceAccount: ref('AWS::AccountId'),
      SourceArn: logGroupArn(logGroup),
    },
  };
}
/** A flow log, the log group to which it writes, and the role with which it does. */
function makeFlowLog(source: SubscribedGroup, { storage, deployment }: Config): [string, Resource][] {
  const { logGroup, create } = source;
  const { kmsKey } = storage;
  if (create === undefined) return [];
  const group = groupId(logGroup);
  const role = logicalId('FlowLogRole', logGroup);
  return [
    [
      group,
      {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          LogGroupName: logGroup,
          RetentionInDays: create.retentionDays,
          ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
        },
      },
    ],
    [role, deliveryRole(logGroup, deployment)],
    [
      logicalId('FlowLog', logGroup),
      {
        Type: 'AWS::EC2::FlowLog',
        // what is written before anybody listens is not delivered later
        DependsOn: source.subscription,
        Properties: {
          ...watched(create),
          ...formatOf(source),
          MaxAggregationInterval: create.aggregation,
          LogDestinationType: 'cloud-watch-logs',
          LogGroupName: ref(group),
          DeliverLogsPermissionArn: attribute(role),
        },
      },
    ],
  ];
}

function groupId(logGroup: string): string {
  return logicalId('LogGroup', logGroup);
}

function logGroupArn(logGroup: string): object {
  return sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${logGroup}:*`);
}

/** Resource types by how ids begin; a transit gateway's flow log does not tell accepted from rejected. */
const RESOURCE_TYPES: readonly (readonly [string, string])[] = [
  ['tgw-attach-', 'TransitGatewayAttachment'],
  ['tgw-', 'TransitGateway'],
  ['subnet-', 'Subnet'],
  ['eni-', 'NetworkInterface'],
  ['vpc-', 'VPC'],
];

function watched({ resource, traffic }: FlowLogSetting): object {
  const type = RESOURCE_TYPES.find(([start]) => resource.startsWith(start))?.[1];
  if (type === undefined)
    throw new Error(
      `\`${resource}\` can't be watched: a flow log is of a \`vpc-…\`, \`subnet-…\`, \`eni-…\`, \`tgw-…\` or \`tgw-attach-…\``,
    );
  const about = { ResourceId: resource, ResourceType: type };
  return resource.startsWith('tgw-') ? about : { ...about, TrafficType: traffic.toUpperCase() };
}

/**
 * AWS's own default needs no words, and stays its own. Of a flow log nothing can be changed: another meaning of
 * `recommended` would have to make it anew, which the old one, writing to the same group, forbids.
 */
function formatOf({ formats }: LogGroupSource): object {
  const written = formats[0] ?? 'recommended';
  if (written === 'default' || written === 'transit-gateway') return {};
  const format = parseFormat(written);
  if ('kind' in format) throw new Error(format.message);
  return { LogFormat: formatString(format) };
}

/** What the flow log may do: write to its own log group. */
function deliveryRole(logGroup: string, deployment: DeploymentConfig): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...withinBoundary(deployment),
      AssumeRolePolicyDocument: policy([
        {
          Sid: 'DeliverFlowLogsOfThisAccount',
          Effect: 'Allow',
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
            ArnLike: {
              'aws:SourceArn': sub('arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*'),
            },
          },
        },
      ]),
      Policies: [
        {
          PolicyName: 'deliver',
          PolicyDocument: policy([
            {
              Sid: 'WriteToTheLogGroup',
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
              Resource: logGroupArn(logGroup),
            },
            {
              Sid: 'FindTheLogGroup',
              Effect: 'Allow',
              Action: 'logs:DescribeLogGroups',
              Resource: sub('arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*'),
            },
          ]),
        },
      ],
    },
  };
}
