/**
 * Alerts as findings of AWS Security Hub: the AWS Security Finding Format, schema version 2018-10-08
 * (docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html).
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { FlowRecord } from '../../flow/columns.ts';
import type { Severity } from '../../rules/rule.ts';
import type { Alert } from '../alert.ts';
import { alertKey } from '../layout.ts';
import { formatMeasured, formatWhere } from '../terminal.ts';
import { formatFlow, formatProtocol } from '../wording.ts';
import { cleanLine, cutText } from './clean.ts';
import type { Home, MessageContext } from './context.ts';
import type { ToldAlert } from './shorten.ts';

const MOST_RESOURCES = 32;
const MOST_TITLE = 256;
const MOST_DESCRIPTION = 1024;
const MOST_ADVICE = 512;
const MOST_ID = 512;

/** Fields of the product's own: 50 are allowed, of 2,048 characters; together they stay far below 240 KB. */
const MOST_FIELDS = 40;
const MOST_GROUP = 20;
const MOST_FIELD_NAME = 128;
const MOST_FIELD = 512;

const LABELS = { info: 'INFORMATIONAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH', critical: 'CRITICAL' } as const;

/** A finding, with the attributes that are used of those there are. */
export interface SecurityFinding {
  readonly SchemaVersion: '2018-10-08';
  /** The alert's id: importing it again changes nothing. */
  readonly Id: string;
  readonly ProductArn: string;
  readonly GeneratorId: string;
  /** The deployment's, which imports it; whose interface it is say the resources. */
  readonly AwsAccountId: string;
  readonly Types: string[];
  readonly FirstObservedAt: string;
  readonly LastObservedAt: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Severity: { readonly Label: (typeof LABELS)[Severity]; readonly Original: string };
  readonly FindingProviderFields: {
    readonly Severity: { readonly Label: (typeof LABELS)[Severity]; readonly Original: string };
    readonly Types: string[];
  };
  readonly Title: string;
  readonly Description: string;
  readonly Remediation?: { readonly Recommendation: { readonly Text: string } };
  readonly ProductFields: Record<string, string>;
  readonly Network?: Readonly<Record<string, string | number>>;
  readonly Resources: { Type: string; Id: string; Partition: 'aws' | 'aws-cn' | 'aws-us-gov'; Region?: string }[];
  readonly RecordState: 'ACTIVE';
  readonly Workflow: { readonly Status: 'NEW' };
}

/** The alert as a finding: at most 240 KB. The same alert gives the same finding. */
export function asffOf(alert: ToldAlert, { home, lake, deployment }: MessageContext): SecurityFinding {
  const { rule, summary, first_seen, last_seen, runbook, samples } = alert;
  const severity = { Label: LABELS[rule.severity], Original: rule.severity };
  const types = typesOf(alert);
  const network = samples.length === 0 ? undefined : networkOf(samples[0]!);
  const advice = cleanLine((runbook ?? '').trim().replaceAll('\n', '; '));
  return {
    SchemaVersion: '2018-10-08',
    Id: cutText(cleanLine(alert.id), MOST_ID),
    ProductArn: `arn:${home.partition}:securityhub:${home.region}:${home.account}:product/${home.account}/default`,
    GeneratorId: cutText(cleanLine(`sekisho/${deployment}/${rule.id}`), MOST_ID),
    AwsAccountId: home.account,
    Types: types,
    FirstObservedAt: first_seen,
    LastObservedAt: last_seen,
    CreatedAt: last_seen,
    UpdatedAt: last_seen,
    Severity: severity,
    FindingProviderFields: { Severity: severity, Types: types },
    Title: cutText(cleanLine(rule.title), MOST_TITLE) || '-',
    Description: cutText(cleanLine(summary), MOST_DESCRIPTION) || '-',
    ...(advice === '' ? {} : { Remediation: { Recommendation: { Text: cutText(advice, MOST_ADVICE) } } }),
    ProductFields: fieldsOf(alert, lake),
    ...(network === undefined ? {} : { Network: network }),
    Resources: resourcesOf(alert, home),
    RecordState: 'ACTIVE',
    Workflow: { Status: 'NEW' },
  };
}

/** What a rule's tags say in the taxonomy of types: `namespace/category/classifier`. */
const TYPES: readonly (readonly [string, string])[] = [
  ['reconnaissance', 'TTPs/Discovery'],
  ['brute-force', 'TTPs/Credential Access'],
  ['lateral-movement', 'TTPs/Lateral Movement'],
  ['command-and-control', 'TTPs/Command and Control'],
  ['exfiltration', 'Effects/Data Exfiltration'],
  ['denial-of-service', 'Effects/Denial of Service'],
  ['crypto-mining', 'Effects/Resource Consumption'],
  ['exposure', 'Software and Configuration Checks/AWS Security Best Practices/Network Reachability'],
  ['misconfiguration', 'Software and Configuration Checks/AWS Security Best Practices'],
];

function typesOf({ rule }: Alert): string[] {
  const found = TYPES.filter(([tag]) => rule.tags.includes(tag)).map(([, type]) => type);
  return found.length > 0 ? found : ['Unusual Behaviors/Network Flow'];
}

function fieldsOf(alert: ToldAlert, lake: string): Record<string, string> {
  const { rule, group, window, interfaces, account_id, region, vpc_id, continues, cut = [], samples } = alert;
  const fields: (readonly [string, string])[] = [
    ['object', `s3://${lake}/${alertKey(alert)}`],
    ['rule', rule.id],
    ['measured', formatMeasured(alert)],
    ['where', formatWhere([alert])],
    ['window', `${window.start}/${window.end}`],
    ['interfaces', `${interfaces.length}`],
    ['account', account_id ?? ''],
    ['region', region ?? ''],
    ['vpc', vpc_id ?? ''],
    ['continues', continues ?? ''],
    ['tags', rule.tags.join(', ')],
    ['cut', [...cut, ...notHeld(alert)].join(', ')],
    ...samples.slice(0, 5).map((sample, index) => [`sample/${index + 1}`, formatFlow(sample)] as const),
    ...Object.entries(group)
      .slice(0, MOST_GROUP)
      .map(([field, value]) => [`group/${field}`, `${value ?? '-'}`] as const),
  ];
  return Object.fromEntries(
    fields
      .map(([name, text]) => [
        cutText(`sekisho/${cleanLine(name)}`, MOST_FIELD_NAME),
        cutText(cleanLine(text), MOST_FIELD),
      ])
      .filter(([, text]) => text !== '')
      .slice(0, MOST_FIELDS),
  );
}

/** What a finding has no room for. */
function notHeld({ rule, summary, interfaces, group, runbook }: ToldAlert): readonly string[] {
  return [
    ...(rule.title.length > MOST_TITLE ? ['Title'] : []),
    ...(summary.length > MOST_DESCRIPTION ? ['Description'] : []),
    ...(interfaces.length > MOST_RESOURCES ? ['Resources'] : []),
    ...((runbook ?? '').length > MOST_ADVICE ? ['Remediation'] : []),
    ...(Object.keys(group).length > MOST_GROUP ? ['group'] : []),
  ];
}

function networkOf({ srcaddr, dstaddr, srcport, dstport, protocol }: FlowRecord): SecurityFinding['Network'] {
  const address = (end: string, value: unknown): Record<string, string> => {
    const text = String(value);
    return isIPv4(text) ? { [`${end}IpV4`]: text } : isIPv6(text) ? { [`${end}IpV6`]: text } : {};
  };
  const port = (end: string, value: unknown): Record<string, number> =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535
      ? { [`${end}Port`]: value }
      : {};
  const network = {
    ...(typeof protocol === 'number' ? { Protocol: cutText(formatProtocol(protocol).toUpperCase(), 16) } : {}),
    ...address('Source', srcaddr),
    ...port('Source', srcport),
    ...address('Destination', dstaddr),
    ...port('Destination', dstport),
  };
  return Object.keys(network).length === 0 ? undefined : network;
}

/** The interfaces, as many as a finding holds; the account where none is known. */
function resourcesOf(alert: Alert, home: Home): SecurityFinding['Resources'] {
  const partition = home.partition as 'aws';
  const account = cutText(cleanLine(alert.account_id ?? home.account), 64);
  const region = cutText(cleanLine(alert.region ?? home.region), 16);
  const place = { Partition: partition, ...(region === '' ? {} : { Region: region }) };
  if (alert.interfaces.length === 0) return [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}`, ...place }];
  return alert.interfaces.slice(0, MOST_RESOURCES).map((id) => ({
    Type: 'AwsEc2NetworkInterface',
    Id: cutText(`arn:${partition}:ec2:${region}:${account}:network-interface/${cleanLine(id)}`, MOST_ID),
    ...place,
  }));
}
