/** Flow logs of machines that nobody else has, so that what becomes of them can be told apart. */
import { gzipSync } from 'node:zlib';
import { GROUPS } from './deployment.ts';

/** The account in which all of it happens: the emulator's. */
export const ACCOUNT = '000000000000';

/** What one machine's flow log says in one delivery. */
export interface Traffic {
  readonly interfaceId: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
}

/** An event of CloudWatch Logs. */
export interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Files of tests follow each other, and none needs ten machines a second: so none has those of another. */
let machines = Math.floor(Date.now() / 100) % 65_536;

/**
 * A machine's traffic of the last minutes, in the default format: ordinary connections, SSH from the internet that was
 * let in (an alert at once), and a connection to a mining pool that stays open (an alert of windows).
 *
 * @param traffic.ftp whether a file is fetched in clear text too, which is no more than a bad habit
 */
export function makeTraffic({
  logGroup = GROUPS.default,
  ftp = false,
}: { logGroup?: string; ftp?: boolean } = {}): Traffic {
  const machine = machines++ % 65_536;
  const low = `${machine >> 8}.${machine & 255}`;
  const interfaceId = `eni-0e2e${machine.toString(16).padStart(13, '0')}`;
  const own = `10.77.${low}`;
  const begin = Math.floor(Date.now() / 60_000) * 60 - 420;
  const line = (flow: string, minute: number, action = 'ACCEPT'): string =>
    `2 ${ACCOUNT} ${interfaceId} ${flow} ${begin + minute * 60} ${begin + minute * 60 + 59} ${action} OK`;
  const ordinary = Array.from({ length: 5 }, (_, index) => [
    line(`10.1.0.9 ${own} ${40_000 + index} 443 6 12 4${index}00`, index),
    line(`${own} 10.1.0.9 443 ${40_000 + index} 6 14 9${index}00`, index),
  ]).flat();
  const lines = [
    ...ordinary,
    line(`203.0.113.9 ${own} 50123 22 6 20 4000`, 1),
    line(`198.51.100.4 ${own} 50200 8081 6 1 40`, 2, 'REJECT'),
    ...(ftp ? [line(`${own} 198.18.${low} 50400 21 6 40 9000`, 3)] : []),
    ...[1, 2, 3].map((minute) => line(`${own} 198.18.${low} 50300 3333 6 30 9000`, minute)),
  ];
  return {
    interfaceId,
    logGroup,
    logStream: `${interfaceId}-all`,
    events: lines.map((message, index) => ({
      id: `${machine}${String(index).padStart(50, '0')}`,
      timestamp: begin * 1000,
      message,
    })),
  };
}

/** The traffic as CloudWatch Logs packs it, gzipped at this level. */
export function packTraffic({ logGroup, logStream, events }: Omit<Traffic, 'interfaceId'>, level = 6): string {
  const document = {
    messageType: 'DATA_MESSAGE',
    owner: ACCOUNT,
    logGroup,
    logStream,
    subscriptionFilters: ['sekisho'],
    logEvents: events,
  };
  return gzipSync(JSON.stringify(document), { level }).toString('base64');
}

/** The traffic as a subscription delivers it to a function. */
export function toSubscriptionEvent(traffic: Omit<Traffic, 'interfaceId'>): {
  readonly awslogs: { readonly data: string };
} {
  return { awslogs: { data: packTraffic(traffic) } };
}

/** The fields of the default format. */
export const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );

/** The traffic as text, with a header. */
export function asText({ events }: Traffic): string {
  return `${[DEFAULT_FIELDS.join(' '), ...events.map(({ message }) => message)].join('\n')}\n`;
}

/** The traffic as AWS delivers it to S3. */
export function asDeliveredFile(traffic: Traffic): Uint8Array {
  return gzipSync(asText(traffic));
}
