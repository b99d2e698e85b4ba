/** Judges the flow logs that write to a source: whether they do, in which format, and whether any traffic is written twice. */
import type { BucketSource, LogGroupSource } from '../config/config.ts';
import { logGroupArea } from './check-log-group.ts';
import { compareFormats } from './compare-formats.ts';
import { findingsOf, type Finding, type Findings, type Observed } from './finding.ts';
import { commandLine, counted } from './wording.ts';

/** A flow log, as EC2 tells of it. */
export interface FlowLog {
  readonly id: string;
  /** `vpc-…`, `subnet-…`, `eni-…`, `tgw-…` or `tgw-attach-…`. */
  readonly resource: string;
  /** `ALL`, `ACCEPT` or `REJECT`; undefined for transit gateways, which have all. */
  readonly traffic: string | undefined;
  /** `ACTIVE`, or what else EC2 says. */
  readonly status: string;
  /** `SUCCESS` or `FAILED`; undefined before the first delivery. */
  readonly delivery: string | undefined;
  readonly deliveryError: string | undefined;
  readonly format: string | undefined;
  /** Seconds. */
  readonly aggregation: number | undefined;
  readonly target: FlowLogTarget;
}

/** Where a flow log writes to. */
export type FlowLogTarget =
  | { readonly kind: 'log-group'; readonly name: string }
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      /** With a slash at its end; empty where there is none. */
      readonly prefix: string;
      readonly parquet: boolean;
      readonly hive: boolean;
      readonly hourly: boolean;
    }
  | { readonly kind: 'other' };

/** The findings about the flow logs of a log group. */
export function checkLogGroupFlowLogs(
  source: LogGroupSource,
  observed: Observed<readonly FlowLog[]>,
): readonly Finding[] {
  const name = source.logGroup;
  const findings = findingsOf(logGroupArea(name));
  findings.look('flow logs', observed, (all) => {
    const flowLogs = all.filter(({ target }) => target.kind === 'log-group' && target.name === name);
    if (flowLogs.length === 0) {
      findings.warning(
        'flow logs',
        'no flow log of this account and region writes to it',
        `no records come unless another account writes here; make one with \`create:\` under the source in sekisho.yml and \`npx osls deploy\`, or: \`${commandLine('aws', 'ec2', 'create-flow-logs', '--resource-type', 'VPC', '--resource-ids', 'VPC_ID', '--traffic-type', 'ALL', '--max-aggregation-interval', '60', '--log-group-name', name, '--deliver-logs-permission-arn', 'ROLE_ARN')}\``,
      );
      return;
    }
    for (const flowLog of flowLogs) {
      checkDelivery(findings, flowLog);
      checkFormat(findings, flowLog, source.formats);
      checkAggregation(findings, flowLog);
    }
    checkTogether(findings, flowLogs);
  });
  return findings.found;
}

/** The findings about the flow logs of a bucket; those of other accounts are not seen from here. */
export function checkBucketFlowLogs(
  source: BucketSource,
  area: string,
  observed: Observed<readonly FlowLog[]>,
): readonly Finding[] {
  const findings = findingsOf(area);
  findings.look('flow logs', observed, (all) => {
    for (const flowLog of all) {
      const { target } = flowLog;
      if (target.kind !== 'bucket' || target.bucket !== source.bucket || target.prefix !== source.prefix) continue;
      checkDelivery(findings, flowLog);
      if (!source.archive) checkFiles(findings, flowLog.id, target, source);
    }
  });
  return findings.found;
}

function checkDelivery(findings: Findings, flowLog: FlowLog): void {
  const { id, resource, traffic, status, delivery, deliveryError } = flowLog;
  if (status !== 'ACTIVE') {
    findings.problem('delivery', `the flow log ${id} of ${resource} is ${status}`, remake(flowLog));
    return;
  }
  if (delivery === 'FAILED' || deliveryError !== undefined) {
    const why = deliveryError ?? 'EC2 does not say why';
    findings.problem(
      'delivery',
      `the flow log ${id} of ${resource} can't deliver: ${why}`,
      /access/i.test(why)
        ? 'its role must be assumable by `vpc-flow-logs.amazonaws.com` and may `logs:CreateLogStream`, `logs:PutLogEvents` and `logs:DescribeLogStreams`; a bucket needs a policy that lets `delivery.logs.amazonaws.com` put objects'
        : /rate/i.test(why)
          ? 'CloudWatch Logs throttles it: ask for a higher quota of `PutLogEvents`, or split the flow log by subnets'
          : remake(flowLog),
    );
    return;
  }
  const which = traffic === undefined || traffic === 'ALL' ? 'all traffic' : `${traffic} only`;
  findings.ok('delivery', `${id} writes ${which} of ${resource}`);
}

function checkFormat(findings: Findings, { id, format }: FlowLog, configured: readonly string[]): void {
  if (format === undefined) {
    findings.warning(
      'format',
      `EC2 does not tell the format of ${id}`,
      'compare it with `format:` in sekisho.yml yourself',
    );
    return;
  }
  const compared = compareFormats(format, configured);
  switch (compared.kind) {
    case 'same':
      findings.ok('format', `${id} writes the configured one`);
      return;
    case 'different':
      findings.problem(
        'format',
        `${id} does not write what sekisho.yml says: ${compared.difference}; its lines can't be read, or are read wrongly`,
        `write under the source in sekisho.yml: \`format: '${format}'\` (a list where flow logs of several formats share the group), then: \`npx osls deploy\``,
      );
      return;
    case 'unreadable':
      findings.problem(
        'format',
        `the format of ${id} can't be understood: ${compared.message}`,
        'use a version of Sekisho that knows the field, or a flow log without it',
      );
      return;
  }
}

function checkAggregation(findings: Findings, { id, aggregation }: FlowLog): void {
  if (aggregation === undefined || aggregation <= 60) return;
  findings.warning(
    'aggregation',
    `${id} gathers records for ${aggregation / 60} minutes: alerts come that much later`,
    "a flow log can't be changed: make another with `--max-aggregation-interval 60`, then delete this one (Nitro instances gather for a minute in any case)",
  );
}

/** Whether flow logs that share a log group disturb each other. */
function checkTogether(findings: Findings, flowLogs: readonly FlowLog[]): void {
  if (flowLogs.length === 1) return;
  const pairs = flowLogs.flatMap((a, index) => flowLogs.slice(index + 1).map((b) => [a, b] as const));
  const twice = pairs.find(([a, b]) => a.resource === b.resource && shareTraffic(a, b));
  const ids = flowLogs.map(({ id }) => id).join(', ');
  if (twice !== undefined) {
    const [a, b] = twice;
    findings.problem(
      'sharing',
      `${a.id} and ${b.id} both write the traffic of ${a.resource}: every record is counted twice`,
      `delete one: \`${commandLine('aws', 'ec2', 'delete-flow-logs', '--flow-log-ids', b.id)}\``,
    );
    return;
  }
  const kinds = new Set(flowLogs.map(({ resource }) => resource.replace(/-[^-]*$/, '')));
  if (kinds.size > 1) {
    findings.warning(
      'sharing',
      `flow logs of ${[...kinds].join(' and ')} write to it (${ids}): where one resource lies in another, records are counted twice`,
      'keep the flow log of the larger resource, and delete those of what lies in it: `aws ec2 delete-flow-logs --flow-log-ids …`',
    );
    return;
  }
  const formats = new Set(flowLogs.map(({ format }) => format));
  if (formats.size > 1) {
    findings.warning(
      'sharing',
      `${counted(formats.size, 'format')} are mixed in it (${ids}): lines are told apart by their values`,
      'list each format under `format:` in sekisho.yml, or better, let each flow log write to a log group of its own',
    );
    return;
  }
  findings.ok('sharing', `${counted(flowLogs.length, 'flow log')} of different resources share it`);
}

function shareTraffic(a: FlowLog, b: FlowLog): boolean {
  const [left, right] = [a.traffic ?? 'ALL', b.traffic ?? 'ALL'];
  return left === right || left === 'ALL' || right === 'ALL';
}

/** What is not archived is read where it lies, so it has to lie as configured. */
function checkFiles(
  findings: Findings,
  id: string,
  target: Extract<FlowLogTarget, { kind: 'bucket' }>,
  source: BucketSource,
): void {
  const wrong = [
    ...(target.parquet
      ? []
      : ['text, and only Parquet can be queried where it lies: make one with `FileFormat=parquet`']),
    ...(target.hive === (source.layout === 'hive') ? [] : [`folders in the ${target.hive ? 'hive' : 'plain'} layout`]),
    ...(target.hourly === (source.partition === 'hourly') ? [] : [`${target.hourly ? 'hourly' : 'daily'} folders`]),
  ];
  if (wrong.length === 0) {
    findings.ok('files', `${id} writes Parquet as configured`);
    return;
  }
  findings.problem(
    'files',
    `${id} writes ${wrong.join(' and ')}`,
    'queries look where sekisho.yml says: set `layout` and `partition` of the source to what it writes (or `archive: true`), then: `npx osls deploy`',
  );
}

function remake({ id }: FlowLog): string {
  return `make it anew, as a flow log can't be changed: \`${commandLine('aws', 'ec2', 'delete-flow-logs', '--flow-log-ids', id)}\` and \`aws ec2 create-flow-logs …\``;
}
