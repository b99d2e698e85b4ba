/** What AWS says in the keys under which it delivers flow logs to S3, also in a copy of such a folder. */

/** The account that owns a flow log, and the region it watches. */
export interface PathOwner {
  readonly account: string;
  readonly region: string;
}

const SERVICE = '(?:vpcflowlogs|transitgateway|transitgatewayflowlogs)';
const PATTERNS = [
  new RegExp(`(?:^|/)AWSLogs/(\\d{12})/${SERVICE}/([a-z]{2}[a-z0-9-]+)/`),
  new RegExp(`(?:^|/)AWSLogs/aws-account-id=(\\d{12})/aws-service=${SERVICE}/aws-region=([a-z]{2}[a-z0-9-]+)/`),
  // the object's own name says the same, where its folders were left behind
  new RegExp(`(?:^|/)(\\d{12})_${SERVICE}_([a-z]{2}[a-z0-9-]+)_fl-[0-9a-f]+_`),
];

/**
 * The owner that a path names, in AWS's plain or Hive-compatible layout:
 * `AWSLogs/{account}/vpcflowlogs/{region}/…`, `AWSLogs/aws-account-id=…/aws-service=…/aws-region=…/…`.
 */
export function ownerOfPath(path: string): PathOwner | undefined {
  for (const pattern of PATTERNS) {
    const [, account, region] = pattern.exec(path) ?? [];
    if (account !== undefined && region !== undefined) return { account, region };
  }
  return undefined;
}

/** What AWS's services write only to see whether they may, by the last part of the key. */
const TEST_OBJECTS: ReadonlySet<string> = new Set([
  'aws-logs-write-test',
  'aws-programmatic-access-test-object',
  'ELBAccessLogTestFile',
]);

/** Whether an object can hold no records: a folder's marker, an empty object, or AWS's own test. */
export function holdsNothing(key: string, size: number | undefined): boolean {
  return size === 0 || key.endsWith('/') || TEST_OBJECTS.has(key.slice(key.lastIndexOf('/') + 1));
}
