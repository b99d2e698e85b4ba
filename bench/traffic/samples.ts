/** One payload a case, by trigger: every envelope, format and oddity that flow logs arrive in. */
import { gzipSync } from 'node:zlib';
import {
  CONTROL_MESSAGE,
  dataMessage,
  firehoseLines,
  subscriptionEvent,
  subscriptionMessage,
  type LogEvent,
  type SubscriptionMessage,
} from './delivery.ts';
import { HOUR, SEED } from './hour.ts';
import { CUSTOM, formatString, lineWriter, TRANSIT_GATEWAY, V2, V5, type LineValues } from './line.ts';
import { normalTraffic } from './normal.ts';
import { gapRecord, type TrafficRecord } from './observe.ts';
import { createRandom } from './random.ts';
import { recordsOf } from './stream.ts';
import { planTriggers } from './triggers.ts';
import { ACCOUNT, APPS, BATCH, CACHE, DATABASES, idOf, NAT, REGION, WEB, type NetworkInterface } from './vpc.ts';

/** A sample file. */
export interface Sample {
  /** Relative to `events/`. */
  readonly path: string;
  /** What it is, for the folder's README. */
  readonly title: string;
  readonly body: string | Buffer;
}

/** Log groups whose lines are not in the default format, with the formats they hold. */
export const LOG_GROUP_FORMATS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/vpc/flow-logs-v5', [V5]],
  ['/vpc/flow-logs-custom', [CUSTOM]],
  ['/vpc/flow-logs-mixed', [V2, V5]],
  ['/tgw/flow-logs', [TRANSIT_GATEWAY]],
]);

/** Every sample. */
export function planSamples(): readonly Sample[] {
  const interval = { start: HOUR + 1_800, seconds: 60 } as const;
  const logs = recordsOf(interval, normalTraffic(SEED, interval, 1));
  const of = (nic: NetworkInterface, count = 40): readonly TrafficRecord[] => logs.get(nic)!.slice(0, count);
  const objects = s3Samples(of);
  // compressors differ between machines: the size that messages tell is not the file's
  const delivered = { key: objects[1]!.path.replace(/^s3\//, ''), size: 2750 };
  return [
    ...cloudWatchSamples(of),
    ...objects,
    firehoseSample(of),
    ...textSamples(of),
    ...planTriggers(delivered, subscriptionMessage(of(WEB[0], 5), lineWriter(V2))),
  ];
}

type Records = (nic: NetworkInterface, count?: number) => readonly TrafficRecord[];

function cloudWatchSamples(of: Records): Sample[] {
  const v2 = lineWriter(V2);
  const app = subscriptionMessage(of(APPS[1]), v2);
  return [
    event('data-v2', 'a subscription event in the default format', subscriptionMessage(of(WEB[0]), v2)),
    event(
      'data-v5',
      'the 29 fields of versions 2 to 5, from the NAT gateway',
      subscriptionMessage(of(NAT), lineWriter(V5), '/vpc/flow-logs-v5'),
    ),
    event(
      'data-custom',
      'a custom format: other fields in another order',
      subscriptionMessage(of(APPS[0]), lineWriter(CUSTOM), '/vpc/flow-logs-custom'),
    ),
    event('extracted-fields', 'events with `extractedFields`, as a filter with a space-delimited pattern sends', {
      ...app,
      logEvents: app.logEvents.slice(0, 10).map(withExtractedFields),
    }),
    event('control-message', 'the message that only tests the subscription', CONTROL_MESSAGE),
    json('decoded', 'a message already unpacked, as exports hold it', subscriptionMessage(of(DATABASES[0]), v2)),
    event('interleaved-formats', 'two flow logs, v2 and v5, sharing a log group: traffic is logged twice', mixed(of)),
    event('gaps', 'NODATA and SKIPDATA', subscriptionMessage(gaps(), v2)),
    event('transit-gateway', 'transit gateway records (version 6)', transitGateway()),
  ];
}

function json(name: string, title: string, content: unknown): Sample {
  return { path: `cloudwatch-logs/${name}.json`, title, body: `${JSON.stringify(content)}\n` };
}

function event(name: string, title: string, message: SubscriptionMessage): Sample {
  return json(name, title, subscriptionEvent(message));
}

function withExtractedFields(event: LogEvent): LogEvent {
  const values = event.message.split(' ');
  const names = V2.split(' ').map((name) => name.replaceAll('-', '_'));
  return { ...event, extractedFields: Object.fromEntries(names.map((name, index) => [name, values[index]!])) };
}

function mixed(of: Records): SubscriptionMessage {
  const writers = [V2, V5].map(lineWriter);
  const records = of(CACHE, 12);
  const lines = records.flatMap((record) => writers.map((line) => ({ start: record.start, line: line(record) })));
  return dataMessage('/vpc/flow-logs-mixed', `${CACHE.id}-all`, lines);
}

function gaps(): readonly TrafficRecord[] {
  return [0, 1, 2].map((minute) =>
    gapRecord(BATCH, { start: HOUR + 1_800 + minute * 60, seconds: 60 }, minute === 1 ? 'SKIPDATA' : 'NODATA'),
  );
}

/** An application server and a host of another VPC, as the gateway between them sees it. */
function transitGateway(): SubscriptionMessage {
  const line = lineWriter(TRANSIT_GATEWAY);
  const random = createRandom(`${SEED}/transit-gateway`);
  const attachment = idOf('tgw-attach', 'main');
  const other = idOf('tgw-attach', 'other');
  const [near, far] = [APPS[0], { address: '10.8.3.14', zone: 'apne1-az2' }];
  const records = Array.from({ length: 12 }, (_, index): LineValues => {
    const port = random.between(32_768, 60_999);
    const lost = index === 7 ? 3 : 0;
    return {
      'resource-type': 'TransitGateway',
      'account-id': ACCOUNT,
      'tgw-id': idOf('tgw', 'main'),
      'tgw-attachment-id': attachment,
      'tgw-src-vpc-account-id': ACCOUNT,
      'tgw-dst-vpc-account-id': ACCOUNT,
      'tgw-src-vpc-id': idOf('vpc', 'main'),
      'tgw-dst-vpc-id': idOf('vpc', 'other'),
      'tgw-src-subnet-id': near.subnet,
      'tgw-dst-subnet-id': idOf('subnet', 'other'),
      'tgw-src-eni': idOf('eni', 'tgw-main'),
      'tgw-dst-eni': idOf('eni', 'tgw-other'),
      'tgw-src-az-id': near.zone,
      'tgw-dst-az-id': far.zone,
      'tgw-pair-attachment-id': other,
      srcaddr: near.address,
      dstaddr: far.address,
      srcport: port,
      dstport: 443,
      protocol: 6,
      packets: random.between(8, 30),
      bytes: random.between(900, 9_000),
      start: HOUR + 1_800 + index * 4,
      end: HOUR + 1_858,
      'log-status': 'OK',
      type: 'IPv4',
      'packets-lost-no-route': 0,
      'packets-lost-blackhole': 0,
      'packets-lost-mtu-exceeded': lost,
      'packets-lost-ttl-expired': 0,
      'tcp-flags': 3,
      region: REGION,
      'flow-direction': 'ingress',
    };
  });
  const lines = records.map((record) => ({ start: Number(record['start']), line: line(record) }));
  return dataMessage('/tgw/flow-logs', `${attachment}-all`, lines);
}

function s3Samples(of: Records): Sample[] {
  const flowLog = idOf('fl', 'bucket');
  const day = `${ACCOUNT}/vpcflowlogs/${REGION}/2026/11/17`;
  const hive = `aws-account-id=${ACCOUNT}/aws-service=vpcflowlogs/aws-region=${REGION}/year=2026/month=11/day=17/hour=01`;
  const object = (time: string, hash: string): string => `${ACCOUNT}_vpcflowlogs_${REGION}_${flowLog}_${time}_${hash}`;
  const everybody = [WEB[0], APPS[1], DATABASES[0], NAT].flatMap((nic) => of(nic, 20));
  return [
    s3Object(
      `${day}/${object('20261117T0130Z', '5f3c9a1e')}`,
      'an object of a bucket, default format, with its header line',
      V2,
      everybody,
    ),
    s3Object(
      `${hive}/${object('20261117T0130Z', 'b7d2408c')}`,
      'Hive-compatible names with hourly folders, 29 fields',
      V5,
      everybody,
    ),
  ];
}

function s3Object(name: string, title: string, format: string, records: readonly TrafficRecord[]): Sample {
  const lines = [format, ...records.map(lineWriter(format))];
  return { path: `s3/AWSLogs/${name}.log.gz`, title, body: gzipSync(`${lines.join('\n')}\n`) };
}

function firehoseSample(of: Records): Sample {
  const body = firehoseLines(of(WEB[1], 30).map(lineWriter(V2)));
  return { path: 'firehose/wrapped.jsonl', title: 'lines as Firehose wraps them, one JSON object each', body };
}

function textSamples(of: Records): Sample[] {
  const v2 = of(APPS[0], 20).map(lineWriter(V2));
  const custom = of(APPS[0], 10).map(lineWriter(CUSTOM));
  return [
    text('no-header', 'lines alone: the default format', v2),
    text('custom', `no header either: give \`--format '${formatString(CUSTOM)}'\``, custom),
    text('header-in-the-middle', 'two files put one after the other: the second header changes the format', [
      V2,
      ...v2.slice(0, 6),
      CUSTOM,
      ...custom.slice(0, 6),
    ]),
    text('crlf', 'lines that end in CR LF', [V2, ...v2.slice(0, 6)], '\r\n'),
    text(
      'repeated-spaces',
      'two spaces in a row, and a space at the end',
      v2.slice(0, 6).map((line, index) => (index % 2 === 0 ? line.replace(' 6 ', '  6 ') : `${line} `)),
    ),
    text('unreadable-lines', 'good lines among bad ones: each bad one is reported with its number and reason', [
      v2[0]!,
      'bogus line',
      v2[1]!.split(' ').slice(0, 13).join(' '),
      `${v2[2]!} OK`,
      v2[3]!.replace(/^2 \d+ (\S+) \S+/, `2 ${ACCOUNT} $1 10.0.10.300`),
      v2[4]!,
    ]),
  ];
}

function text(name: string, title: string, lines: readonly string[], ending = '\n'): Sample {
  return { path: `text/${name}.log`, title, body: lines.map((line) => line + ending).join('') };
}
