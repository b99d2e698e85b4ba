/** Lines in the envelopes that carry them: CloudWatch Logs subscription events, Firehose. */
import { gzipSync } from 'node:zlib';
import type { LineWriter } from './line.ts';
import type { TrafficRecord } from './observe.ts';
import { createRandom } from './random.ts';
import { ACCOUNT } from './vpc.ts';

/** One log event of a subscription message. */
export interface LogEvent {
  /** 56 decimal digits. */
  readonly id: string;
  /** Milliseconds; the record's start. */
  readonly timestamp: number;
  readonly message: string;
  readonly extractedFields?: Readonly<Record<string, string>>;
}

/** What CloudWatch Logs delivers, decoded. */
export interface SubscriptionMessage {
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE';
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly LogEvent[];
}

/** A Lambda event of a subscription filter. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

/** The log group of the samples in the default format. */
const LOG_GROUP = '/vpc/flow-logs';

/** A line and the moment its record starts, Unix seconds. */
export interface TimedLine {
  readonly start: number;
  readonly line: string;
}

/** A data message of lines; event ids come from the stream, the time and the place in the message. */
export function dataMessage(logGroup: string, logStream: string, lines: readonly TimedLine[]): SubscriptionMessage {
  const id = eventIds(`${logGroup}/${logStream}/${lines[0]!.start}`);
  return {
    messageType: 'DATA_MESSAGE',
    owner: ACCOUNT,
    logGroup,
    logStream,
    subscriptionFilters: ['sekisho'],
    logEvents: lines.map(({ start, line }, index) => ({
      id: id(start * 1_000, index),
      timestamp: start * 1_000,
      message: line,
    })),
  };
}

/** The records of one interface as a data message of its log stream. */
export function subscriptionMessage(
  records: readonly TrafficRecord[],
  line: LineWriter,
  logGroup: string = LOG_GROUP,
): SubscriptionMessage {
  const lines = records.map((record) => ({ start: record.start, line: line(record) }));
  return dataMessage(logGroup, `${records[0]!['interface-id']}-all`, lines);
}

/** The message CloudWatch Logs sends to see whether a destination answers. */
export const CONTROL_MESSAGE: SubscriptionMessage = {
  messageType: 'CONTROL_MESSAGE',
  owner: 'CloudwatchLogs',
  logGroup: '',
  logStream: '',
  subscriptionFilters: [],
  logEvents: [
    {
      id: '',
      timestamp: 1_794_877_200_000,
      message: 'CWL CONTROL MESSAGE: Checking health of destination Lambda function.',
    },
  ],
};

/** A message as Lambda gets it: gzip, then base64. */
export function subscriptionEvent(message: SubscriptionMessage): SubscriptionEvent {
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
}

/** Lines as Firehose wraps them: one JSON object each. */
export function firehoseLines(lines: readonly string[]): string {
  return lines.map((message) => `${JSON.stringify({ message })}\n`).join('');
}

/**
 * Ids by time (Unix milliseconds) and place in a message: 56 decimal digits. As CloudWatch Logs makes them:
 * the time is in the high bits (× 2^144), and below it what the whole message shares, counted up event by event.
 */
function eventIds(seed: string): (milliseconds: number, index: number) => string {
  const random = createRandom(seed);
  const shared = BigInt(`0x${random.hex(35)}`);
  const first = random.between(0, 90_000_000);
  let time = -1;
  let head = '';
  return (milliseconds, index) => {
    if (milliseconds !== time) {
      time = milliseconds;
      head = String((BigInt(time) << 144n) + shared).slice(0, -8);
    }
    return head + String(first + index).padStart(8, '0');
  };
}
