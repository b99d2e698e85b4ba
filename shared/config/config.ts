/** sekisho.yml: the one file that says how a network's flow logs are to be read. */

/** A log group of CloudWatch Logs to which flow logs are written. */
export interface LogGroupSource {
  readonly kind: 'log-group';
  /** Its name; `*` at its end matches any rest, and is then for reading alone: nothing is subscribed. */
  readonly logGroup: string;
  /** As written: `default`, `recommended` or AWS's format string. Several where flow logs share the group. */
  readonly formats: readonly string[];
  /** The flow log (with its log group) that the deployment makes; undefined where both are there already. */
  readonly create: FlowLogSetting | undefined;
}

/** A flow log that a deployment makes, writing to a log group that it makes. */
export interface FlowLogSetting {
  /** What is watched: `vpc-…`, `subnet-…`, `eni-…`, `tgw-…` or `tgw-attach-…`. */
  readonly resource: string;
  readonly traffic: 'all' | 'accept' | 'reject';
  /** Seconds that a record covers at most. */
  readonly aggregation: 60 | 600;
  /** How long CloudWatch keeps the lines; the lake keeps every record. */
  readonly retentionDays: number;
}

/** A bucket to which AWS delivers flow logs. */
export interface BucketSource {
  readonly kind: 'bucket';
  readonly bucket: string;
  /** What comes before `AWSLogs/` in its keys, with a slash at its end; `` where nothing does. */
  readonly prefix: string;
  /** True where the deployment makes the bucket, open to deliveries of this account, and of `members`. */
  readonly create: boolean;
  /** False where the objects are Parquet and stay what is queried: rules see them, the lake gets no copy. */
  readonly archive: boolean;
  /** Whether folders are written `year=2026/month=11/…`: only a source that is not archived has to say so. */
  readonly layout: 'plain' | 'hive';
  /** How folders are cut: only a source that is not archived has to say so. */
  readonly partition: 'hourly' | 'daily';
}

/** Where flow logs come from. */
export type SourceConfig = LogGroupSource | BucketSource;

/** A list that is kept elsewhere, as it is written: in a `file`, or as an `object` of the lake or (`s3://…`) of S3. */
export interface OutsideListSetting {
  readonly file?: string | undefined;
  readonly object?: string | undefined;
  /** The column of a CSV file that holds the entries: its name in the header, or its number, from 1. */
  readonly column?: string | number | undefined;
  /** How often it is looked at anew while a run goes on, such as `5m`. */
  readonly refresh?: string | undefined;
}

/** A list's entries, or where they are kept. */
export type ListSetting = readonly string[] | OutsideListSetting;

/** The configuration, with defaults filled in. */
export interface Config {
  /** The owner's networks, in CIDR notation; undefined where the private ranges serve. */
  readonly networks: readonly string[] | undefined;
  /** Ports on which the owner's services listen, beside the well-known ones. */
  readonly servicePorts: readonly number[];
  readonly sources: readonly SourceConfig[];
  /** Rule files and folders, relative to the configuration's folder, evaluated beside the built-in rules. */
  readonly rules: readonly string[];
  /** Lists that rules may name, by name without `@`. */
  readonly lists: Readonly<Record<string, ListSetting>>;
  /** The time zone of times meant for people. */
  readonly timeZone: string;
  readonly alerts: AlertConfig;
  readonly windows: WindowConfig;
  readonly deployment: DeploymentConfig;
  readonly storage: StorageConfig;
  readonly schedules: ScheduleConfig;
  readonly budgets: BudgetConfig;
  readonly operations: OperationsConfig;
  readonly members: MemberConfig;
}

/** What the pipeline on AWS is called and where it lies; the stack is `<name>-<stage>`. */
export interface DeploymentConfig {
  readonly name: string;
  readonly stage: string;
  /** Undefined where the environment or the profile says it. */
  readonly region: string | undefined;
  /** Tags of everything that is deployed, beside `application`. */
  readonly tags: Readonly<Record<string, string>>;
  /** ARN of a policy that bounds every role that is made. */
  readonly permissionsBoundary: string | undefined;
  /** False where the account has no concurrency to spare: single writers then are so by agreement alone. */
  readonly reservedConcurrency: boolean;
}

/** How the lake on AWS is kept. */
export interface StorageConfig {
  /** The lake's bucket; undefined for a name that CloudFormation makes up. */
  readonly bucket: string | undefined;
  /** ARN of a KMS key that encrypts everything at rest; undefined for keys that S3, SQS and SNS own. */
  readonly kmsKey: string | undefined;
  readonly versioning: boolean;
  /** Days after which compacted records move on; 0 where they never do. */
  readonly tiers: {
    readonly infrequentAccess: number;
    readonly glacierInstantRetrieval: number;
    /** What lies in these Athena skips without a word: 0 unless somebody chose them. */
    readonly glacierFlexibleRetrieval: number;
    readonly deepArchive: number;
  };
  /** Days after which compacted records are deleted; undefined for never. Raw records are never deleted by age. */
  readonly expireAfter: number | undefined;
  /** Days after which results of Athena's queries are deleted. */
  readonly queryResults: number;
}

/** How often what is scheduled runs, as EventBridge writes it: `rate(1 day)`, `cron(0 1 * * ? *)`. */
export interface ScheduleConfig {
  /** Rules with a long memory. */
  readonly rules: string;
}

/** What may be spent. */
export interface BudgetConfig {
  /** Bytes that one query of Athena may scan. */
  readonly queryScan: number;
  /** USD a month for everything that carries the deployment's tag; undefined for no budget. */
  readonly monthly: number | undefined;
}

/** Who hears of what is wrong with the pipeline itself. */
export interface OperationsConfig {
  readonly emails: readonly string[];
  /** Days that the functions' own logs are kept. */
  readonly logRetentionDays: number;
}

/** Other accounts that deliver here. */
export interface MemberConfig {
  /** `o-…`; undefined for none. */
  readonly organization: string | undefined;
  readonly accounts: readonly string[];
}

/** How rules with memory are kept. */
export interface WindowConfig {
  /** Bytes of window state from which on a run warns; nothing is ever dropped for its size. */
  readonly stateLimit: number;
}

/** How alerts are told. */
export interface AlertConfig {
  /** Alerts told one by one in a minute; of the rest their number. */
  readonly notificationsPerMinute: number;
  /** Who is told of what, on AWS; each is a topic. */
  readonly routes: readonly AlertRoute[];
  /** True where alerts also become findings of AWS Security Hub. */
  readonly securityHub: boolean;
}

/** How a message on a topic is written: for people and programs (e-mail text and JSON), for chat, or in a standard's JSON. */
export const ALERT_FORMATS = ['default', 'chat', 'asff', 'ocsf'] as const;

/** Alerts of some severities, told on a topic. */
export interface AlertRoute {
  /** Letters, digits and `-`: part of the topic's name. */
  readonly name: string;
  readonly atLeast: (typeof ALERT_SEVERITIES)[number];
  /** ARN of a topic that is there already; undefined where the deployment makes one. */
  readonly topic: string | undefined;
  /** Subscribed to a topic that the deployment makes. */
  readonly emails: readonly string[];
  readonly format: (typeof ALERT_FORMATS)[number];
}

/** How bad an alert can be, least first; the same as a rule's severities, which come later in the house. */
export const ALERT_SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

/** The configuration of somebody who wrote none. */
export const DEFAULT_CONFIG: Config = {
  networks: undefined,
  servicePorts: [],
  sources: [],
  rules: [],
  lists: {},
  timeZone: 'UTC',
  alerts: {
    notificationsPerMinute: 10,
    routes: [{ name: 'alerts', atLeast: 'info', topic: undefined, emails: [], format: 'default' }],
    securityHub: false,
  },
  windows: { stateLimit: 256_000_000 },
  deployment: {
    name: 'sekisho',
    stage: 'prod',
    region: undefined,
    tags: {},
    permissionsBoundary: undefined,
    reservedConcurrency: true,
  },
  storage: {
    bucket: undefined,
    kmsKey: undefined,
    versioning: false,
    tiers: { infrequentAccess: 30, glacierInstantRetrieval: 90, glacierFlexibleRetrieval: 0, deepArchive: 0 },
    expireAfter: undefined,
    queryResults: 7,
  },
  schedules: { rules: 'rate(1 day)' },
  budgets: { queryScan: 10_000_000_000, monthly: undefined },
  operations: { emails: [], logRetentionDays: 14 },
  members: { organization: undefined, accounts: [] },
};
