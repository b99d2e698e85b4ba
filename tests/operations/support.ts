/** Deployments to be judged, as they would be seen. */
import type { BucketSource, LogGroupSource } from '../../shared/config/config.ts';
import type { FlowLog } from '../../shared/operations/check-flow-logs.ts';
import type { Stack } from '../../shared/operations/check-stack.ts';
import { QUEUES } from '../../shared/operations/deployed-queues.ts';
import type { Finding, Observed } from '../../shared/operations/finding.ts';

export const NOW = new Date('2026-11-24T12:00:00Z');

/** So many seconds before {@link NOW}. */
export const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

export const seen = <T>(value: T): Observed<T> => ({ kind: 'seen', value });

export const denied = (permission: string): Observed<never> => ({
  kind: 'hidden',
  permission,
  reason: 'access denied',
});

const OUTPUTS = ['Lake', 'Transit', ...QUEUES.flatMap((name) => [name, `${name}Dead`])];

export const STACK: Stack = {
  name: 'sekisho-prod',
  status: 'UPDATE_COMPLETE',
  reason: undefined,
  partition: 'aws',
  account: '123456789012',
  region: 'us-east-1',
  changed: ago(86_400),
  outputs: Object.fromEntries([...OUTPUTS, 'OperationsTopic', 'Workgroup', 'Database'].map((name) => [name, name])),
};

export const DETECT = 'arn:aws:lambda:us-east-1:123456789012:function:sekisho-prod-detect';

export const GROUP: LogGroupSource = {
  kind: 'log-group',
  logGroup: '/vpc/flow',
  formats: ['default'],
  create: undefined,
};

export const BUCKET: BucketSource = {
  kind: 'bucket',
  bucket: 'logs',
  prefix: 'net/',
  create: false,
  archive: true,
  layout: 'plain',
  partition: 'hourly',
};

const DEFAULT_FORMAT =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}';

export const FLOW_LOG: FlowLog = {
  id: 'fl-1',
  resource: 'vpc-1',
  traffic: 'ALL',
  status: 'ACTIVE',
  delivery: 'SUCCESS',
  deliveryError: undefined,
  format: DEFAULT_FORMAT,
  aggregation: 60,
  target: { kind: 'log-group', name: '/vpc/flow' },
};

/** Findings as `result check`, for short. */
export const briefly = (findings: readonly Finding[]): string[] =>
  findings.map(({ result, check }) => `${result} ${check}`);

/** The only finding of a check. */
export function only(findings: readonly Finding[], check: string): Finding {
  const found = findings.filter((finding) => finding.check === check);
  if (found.length !== 1) throw new Error(`${found.length} findings of ${check}: ${JSON.stringify(findings)}`);
  return found[0]!;
}
