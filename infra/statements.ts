/** What functions may do, a statement a purpose; `Sid` names it. Resources are prefixes of the buckets, never all of them. */
import { ALERTS, TELLING } from '../shared/alerts/layout.ts';
import type { BucketSource, Config } from '../shared/config/config.ts';
import { LEDGER, QUARANTINE, tierPrefix } from '../shared/lake/layout.ts';
import { FAILED_CALLS } from '../shared/operations/deployed-functions.ts';
import { stackName, topicId } from '../shared/operations/deployed-names.ts';
import { LIST_ENTRIES } from '../shared/query/athena-tables.ts';
import { CLOSED, DELTAS, HOURS, JUDGED } from '../shared/windows/layout.ts';
import { bucketSources } from './deliveries.ts';
import type { Deployment } from './deployment.ts';
import { attribute, literal, ref, sub, type Statement } from './fragment.ts';
import { databaseName, functionLogGroup, functionName, type FunctionName } from './names.ts';
import { PARKED } from './storage.ts';
import { ATHENA_RESULTS } from './workgroup.ts';

const SCHEDULED = 'windows/scheduled/';

function allow(
  Sid: string,
  Action: Statement['Action'],
  Resource: unknown,
  Condition?: Statement['Condition'],
): Statement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

function inBucket(bucketId: string, prefixes: readonly string[]): readonly unknown[] {
  return prefixes.map((prefix) => sub(`\${${bucketId}.Arn}/${literal(prefix)}*`));
}

/**
 * Leave to list, without which S3 calls what is not there forbidden (403), and not missing (404). A GET names no prefix
 * to hold that question to, hence `IfExists`.
 */
function list(Sid: string, buckets: readonly unknown[], prefixes: readonly string[]): Statement {
  return allow(Sid, 's3:ListBucket', buckets, {
    StringLikeIfExists: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) },
  });
}

/** Leave to list these prefixes and no more: to whoever looks for what is there, and never for one key. */
function listWithin(Sid: string, buckets: readonly unknown[], prefixes: readonly string[]): Statement {
  return allow(Sid, 's3:ListBucket', buckets, { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } });
}

/** Its own log, and no other's. The group is the stack's. */
export function writeOwnLog({ deployment }: Config, name: FunctionName): Statement {
  const group = functionLogGroup(deployment, name);
  return allow(
    'WriteOwnLog',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}:*`),
  );
}

/** Lambda puts an event that failed into Transit, as the function. */
export function keepFailedEvents({ deployment }: Config, name: FunctionName): readonly Statement[] {
  const prefix = `${FAILED_CALLS}${functionName(deployment, name)}/`;
  return [
    allow('KeepFailedEvents', 's3:PutObject', inBucket('Transit', [prefix])),
    list('FindFailedEvents', [attribute('Transit')], [prefix]),
  ];
}

/** Takes messages of a queue, for Lambda to hand over, and says when those come again that failed. */
export function takeFrom(queue: string): Statement {
  return allow(
    `Take${queue}`,
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
    attribute(queue),
  );
}

/** Hands deliveries on. */
export const SEND_BATCHES: readonly Statement[] = [
  allow('SendBatches', 'sqs:SendMessage', attribute('Batches')),
  allow('ParkLargeBatches', 's3:PutObject', inBucket('Transit', [PARKED])),
];

/** Reads deliveries that were too large for the queue. */
export const READ_PARKED: readonly Statement[] = [
  allow('ReadLargeBatches', 's3:GetObject', inBucket('Transit', [PARKED])),
  list('FindLargeBatches', [attribute('Transit')], [PARKED]),
];

/** Creates alerts that are not there yet, and looks at those that are. */
export const RAISE_ALERTS: readonly Statement[] = [
  allow('RaiseAlerts', ['s3:GetObject', 's3:PutObject'], inBucket('Lake', [ALERTS])),
  list('FindAlerts', [attribute('Lake')], [ALERTS]),
];

/** Reads alerts, to tell of them, and finds what was told. */
export const READ_ALERTS: readonly Statement[] = [
  allow('ReadAlerts', 's3:GetObject', inBucket('Lake', [ALERTS])),
  list('FindAlerts', [attribute('Lake')], [ALERTS, TELLING]),
];

/** Remembers what was told in a minute, for all that tell at once. */
export const REMEMBER_TOLD: Statement = allow(
  'RememberTold',
  ['s3:GetObject', 's3:PutObject'],
  inBucket('Lake', [TELLING]),
);

/** Writes records, what could not be read, and deltas. */
export const ARCHIVE: Statement = allow(
  'ArchiveRecords',
  's3:PutObject',
  inBucket('Lake', [tierPrefix('vpc', 'raw'), tierPrefix('tgw', 'raw'), QUARANTINE, DELTAS]),
);

/** Folds deltas into window state; what scheduled rules remember lies beside it, and is not its own. */
export const FOLD_WINDOWS: readonly Statement[] = [
  allow('TakeDeltas', ['s3:GetObject', 's3:DeleteObject'], inBucket('Lake', [DELTAS])),
  allow('KeepHours', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], inBucket('Lake', [HOURS])),
  allow('MarkWhatIsDone', ['s3:GetObject', 's3:PutObject'], inBucket('Lake', [CLOSED, JUDGED])),
  list('FindWindows', [attribute('Lake')], [DELTAS, HOURS, CLOSED, JUDGED]),
];

/** Remembers how far rules with a long memory have come. */
export const REMEMBER_SCHEDULED: readonly Statement[] = [
  allow('RememberScheduledRules', ['s3:GetObject', 's3:PutObject'], inBucket('Lake', [SCHEDULED])),
  list('FindScheduledRules', [attribute('Lake')], [SCHEDULED]),
];

/** Reads the lists that rules name, each by its key. */
export function readLists({ lists }: Deployment): readonly Statement[] {
  const places = lists.map(({ source }) => source.place);
  const own = places.flatMap((place) => (place.kind === 'object' ? [place.key] : []));
  const others = places.filter((place) => place.kind === 's3');
  const arns = [
    ...own.map((key) => sub(`\${Lake.Arn}/${literal(key)}`)),
    ...others.map(({ bucket, key }) => sub(`arn:\${AWS::Partition}:s3:::${bucket}/${literal(key)}`)),
  ];
  if (arns.length === 0) return [];
  return [
    allow('ReadLists', 's3:GetObject', distinct(arns)),
    ...(own.length === 0 ? [] : [allowFinding('FindLists', own)]),
  ];
}

function allowFinding(Sid: string, keys: readonly string[]): Statement {
  return allow(Sid, 's3:ListBucket', attribute('Lake'), { StringEqualsIfExists: { 's3:prefix': [...new Set(keys)] } });
}

function distinct(arns: readonly object[]): readonly object[] {
  return [...new Map(arns.map((arn) => [JSON.stringify(arn), arn])).values()];
}

/** Reads the objects that AWS delivers to the configuration's buckets. */
export function readDeliveries(config: Config): readonly Statement[] {
  const sources = bucketSources(config);
  // somebody else's bucket may hold more than flow logs: without the leave to list, what is gone counts as refused there
  return [
    ...readDelivered(sources),
    ...findDeliveries(
      sources.filter(({ create }) => create),
      list,
    ),
  ];
}

/** How a statement that lets buckets be listed is made. */
type Listing = typeof list;

function readDelivered(sources: readonly BucketSource[]): readonly Statement[] {
  if (sources.length === 0) return [];
  const places = sources.map(({ bucket, prefix }) =>
    sub(`arn:\${AWS::Partition}:s3:::${bucket}/${literal(prefix)}AWSLogs/*`),
  );
  return [allow('ReadDeliveries', ['s3:GetObject', 's3:GetObjectVersion'], places)];
}

function findDeliveries(sources: readonly BucketSource[], listing: Listing): readonly Statement[] {
  if (sources.length === 0) return [];
  return [
    listing('FindDeliveries', bucketArns(sources), [...new Set(sources.map(({ prefix }) => `${prefix}AWSLogs/`))]),
  ];
}

function bucketArns(sources: readonly BucketSource[]): readonly object[] {
  return distinct(sources.map(({ bucket }) => sub(`arn:\${AWS::Partition}:s3:::${bucket}`)));
}

/** Tells of alerts: on the routes' topics, and to Security Hub where that is wished for. */
export function tell({ alerts }: Config): readonly Statement[] {
  const topics = alerts.routes.map(({ name, topic }) => topic ?? ref(topicId(name)));
  return [
    ...(topics.length === 0 ? [] : [allow('TellOfAlerts', 'sns:Publish', topics)]),
    ...(alerts.securityHub
      ? [
          allow(
            'ImportFindings',
            'securityhub:BatchImportFindings',
            sub('arn:${AWS::Partition}:securityhub:${AWS::Region}:${AWS::AccountId}:product/${AWS::AccountId}/default'),
          ),
        ]
      : []),
  ];
}

/** Asks Athena about the lake, within the deployment's own workgroup and database. */
export function queryLake(config: Config): readonly Statement[] {
  const glue = (part: string): object => sub(`arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:${part}`);
  const database = databaseName(config.deployment);
  const catalog = [glue('catalog'), glue(`database/${database}`), glue(`table/${database}/*`)];
  // alerts are read, too: whoever raises them may (RAISE_ALERTS)
  const read = ['flows/', 'tgw/', QUARANTINE, LEDGER, LIST_ENTRIES];
  const queried = bucketSources(config).filter(({ archive }) => !archive);
  return [
    allow(
      'QueryInOwnWorkgroup',
      ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
      sub(`arn:\${AWS::Partition}:athena:\${AWS::Region}:\${AWS::AccountId}:workgroup/${stackName(config.deployment)}`),
    ),
    allow(
      'ReadOwnCatalog',
      ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions'],
      catalog,
    ),
    // Athena looks at the region's own database, whichever a query is about
    allow('LookAtDefaultDatabase', 'glue:GetDatabase', [glue('catalog'), glue('database/default')]),
    // views are made by whoever needs them first, see shared/query/ensure-views.ts
    allow('MakeViews', 'glue:CreateTable', catalog),
    allow('ReadLake', 's3:GetObject', inBucket('Lake', read)),
    list('FindInLake', [attribute('Lake')], read),
    allow('LocateBuckets', 's3:GetBucketLocation', [attribute('Lake'), attribute('Transit'), ...bucketArns(queried)]),
    allow(
      'KeepQueryResults',
      ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      inBucket('Transit', [ATHENA_RESULTS]),
    ),
    allow('FindUnfinishedResults', 's3:ListBucketMultipartUploads', attribute('Transit')),
    list('FindQueryResults', [attribute('Transit')], [ATHENA_RESULTS]),
    allow('KeepQueriedLists', 's3:PutObject', inBucket('Lake', [LIST_ENTRIES])),
    ...readDelivered(queried),
    ...findDeliveries(queried, listWithin),
  ];
}
