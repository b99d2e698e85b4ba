/**
 * Alerts in the Open Cybersecurity Schema Framework, version 1.4.0 (schema.ocsf.io/1.4.0/classes/detection_finding).
 *
 * Every alert is a Detection Finding: a conclusion that a rule drew from any number of records. Network Activity would be
 * one connection; the connections that are known stand in it as evidence.
 */
import { isIP } from 'node:net';
import type { FlowRecord } from '../../flow/columns.ts';
import { threadOf } from './chat.ts';
import { cleanLine, cleanLines } from './clean.ts';
import type { MessageContext } from './context.ts';
import type { ToldAlert } from './shorten.ts';
import { alertKey } from '../layout.ts';

const CATEGORY = 2;
const CLASS = 2004;
const CREATE = 1;

/** By our severities: the id and its caption. */
const SEVERITIES = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
} as const;

const IP_ADDRESS = 2;

/** A Detection Finding; see the schema for what its attributes mean. */
export type DetectionFinding = Readonly<Record<string, unknown>> & {
  readonly class_uid: typeof CLASS;
  readonly time: number;
  readonly finding_info: Readonly<Record<string, unknown>> & { readonly uid: string };
};

/** The alert as a Detection Finding. The same alert gives the same one. */
export function ocsfOf(alert: ToldAlert, { home, lake, deployment }: MessageContext): DetectionFinding {
  const { rule, summary, group, measure, threshold, records, packets, bytes, window, period, queries, cut } = alert;
  const { interfaces, account_id, region, vpc_id, samples, runbook, continues } = alert;
  const [severity_id, severity] = SEVERITIES[rule.severity];
  const [start, end] = [Date.parse(alert.first_seen), Date.parse(alert.last_seen)];
  const evidences = samples.flatMap(evidenceOf);
  const addresses = [...new Set(samples.flatMap(({ srcaddr, dstaddr }) => [srcaddr, dstaddr]).filter(isAddress))];
  return {
    category_uid: CATEGORY,
    category_name: 'Findings',
    class_uid: CLASS,
    class_name: 'Detection Finding',
    activity_id: CREATE,
    activity_name: 'Create',
    type_uid: CLASS * 100 + CREATE,
    type_name: 'Detection Finding: Create',
    time: end,
    start_time: start,
    end_time: end,
    severity_id,
    severity,
    status_id: 1,
    status: 'New',
    is_alert: true,
    message: cleanLine(summary),
    metadata: {
      version: '1.4.0',
      product: { name: 'Sekisho', vendor_name: 'Sekisho', uid: cleanLine(deployment) },
      profiles: ['cloud'],
      uid: alert.id,
      correlation_uid: threadOf(alert),
      log_name: 'VPC Flow Logs',
      labels: rule.tags.map(cleanLine),
    },
    cloud: {
      provider: 'AWS',
      region: cleanLine(region ?? home.region),
      account: { uid: cleanLine(account_id ?? home.account), type_id: 10, type: 'AWS Account' },
    },
    finding_info: {
      uid: alert.id,
      title: cleanLine(rule.title),
      desc: cleanLine(summary),
      analytic: { uid: rule.id, name: cleanLine(rule.title), type_id: 1, type: 'Rule' },
      created_time: end,
      first_seen_time: start,
      last_seen_time: end,
      types: rule.tags.map(cleanLine),
      data_sources: ['VPC Flow Logs'],
      src_url: `s3://${lake}/${alertKey(alert)}`,
      ...(continues === null ? {} : { related_events: [{ uid: continues, type_uid: CLASS * 100 + CREATE }] }),
    },
    ...(evidences.length === 0 ? {} : { evidences }),
    ...(interfaces.length === 0
      ? {}
      : { resources: interfaces.map((id) => ({ uid: cleanLine(id), type: 'AWS::EC2::NetworkInterface' })) }),
    ...(addresses.length === 0
      ? {}
      : {
          observables: addresses.map((value) => ({
            name: 'evidences[].src_endpoint.ip, evidences[].dst_endpoint.ip',
            type_id: IP_ADDRESS,
            type: 'IP Address',
            value,
          })),
        }),
    ...(runbook === null ? {} : { remediation: { desc: cleanLines(runbook).join('\n') } }),
    count: records,
    unmapped: {
      group,
      measure,
      threshold,
      records,
      packets,
      bytes,
      vpc_id,
      window,
      period,
      queries,
      ...(cut === undefined ? {} : { cut }),
    },
  };
}

/** A record as evidence; none of one that is about no traffic. */
function evidenceOf(record: FlowRecord): readonly Readonly<Record<string, unknown>>[] {
  const { srcaddr, dstaddr, srcport, dstport, protocol, tcp_flags } = record;
  if (!isAddress(srcaddr) && !isAddress(dstaddr)) return [];
  return [
    {
      ...(isAddress(srcaddr) ? { src_endpoint: endpointOf(srcaddr, srcport) } : {}),
      ...(isAddress(dstaddr) ? { dst_endpoint: endpointOf(dstaddr, dstport) } : {}),
      connection_info: {
        ...directionOf(record),
        ...(typeof protocol === 'number' ? { protocol_num: protocol } : {}),
        ...(typeof tcp_flags === 'number' ? { tcp_flags } : {}),
      },
      data: record,
    },
  ];
}

function endpointOf(ip: string, port: unknown): Readonly<Record<string, unknown>> {
  return { ip, ...(typeof port === 'number' ? { port } : {}) };
}

function directionOf({ flow_direction }: FlowRecord): Readonly<Record<string, unknown>> {
  if (flow_direction === 'ingress') return { direction_id: 1, direction: 'Inbound' };
  if (flow_direction === 'egress') return { direction_id: 2, direction: 'Outbound' };
  return { direction_id: 0, direction: 'Unknown' };
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && isIP(value) !== 0;
}
