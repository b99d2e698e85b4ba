/** What each interface on an exchange's way logs of it: one record an interface and direction. */
import { TCP, type End, type Exchange, type Interval, type Phase, type Volume } from './exchange.ts';
import { ACCOUNT, isInsideVpc, NAT, OFFICE, REGION, S3_ADDRESSES, VPC_ID, type NetworkInterface } from './vpc.ts';

/** A flow log record's values by AWS's field name (versions 2 to 5); what is missing is written as `-`. */
export type TrafficRecord = {
  readonly 'account-id': string;
  readonly 'interface-id': string;
  readonly srcaddr?: string;
  readonly dstaddr?: string;
  readonly srcport?: number;
  readonly dstport?: number;
  readonly protocol?: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly start: number;
  readonly end: number;
  readonly action?: 'ACCEPT' | 'REJECT';
  readonly 'log-status': 'OK' | 'NODATA' | 'SKIPDATA';
  readonly 'vpc-id': string;
  readonly 'subnet-id': string;
  readonly 'instance-id': string;
  readonly 'tcp-flags'?: number;
  readonly type?: 'IPv4' | 'IPv6';
  readonly 'pkt-srcaddr'?: string;
  readonly 'pkt-dstaddr'?: string;
  readonly region: string;
  readonly 'az-id': string;
  readonly 'pkt-src-aws-service'?: string;
  readonly 'pkt-dst-aws-service'?: string;
  readonly 'flow-direction'?: 'ingress' | 'egress';
  readonly 'traffic-path'?: number;
};

/** Hands each record of the exchange to the interface that logs it. */
export function observe(exchange: Exchange, log: (nic: NetworkInterface, record: TrafficRecord) => void): void {
  const { client, server } = exchange;
  if (client.nic !== undefined && goesThroughNat(client.nic, server)) return observeThroughNat(exchange, log);
  for (const leg of legsOf(exchange, client, server)) {
    if (client.nic !== undefined) log(client.nic, recordOf(exchange, client.nic, leg, leg));
    if (server.nic !== undefined) log(server.nic, recordOf(exchange, server.nic, leg, leg));
  }
}

/** A record without traffic: nothing flowed (NODATA), or records were lost (SKIPDATA). */
export function gapRecord(nic: NetworkInterface, interval: Interval, status: 'NODATA' | 'SKIPDATA'): TrafficRecord {
  return {
    'account-id': ACCOUNT,
    'interface-id': nic.id,
    start: interval.start,
    end: interval.start + interval.seconds - 2,
    'log-status': status,
    'vpc-id': VPC_ID,
    'subnet-id': nic.subnet,
    'instance-id': nic.instance,
    region: REGION,
    'az-id': nic.zone,
  };
}

/** One way of an exchange: the request, or the answer. */
interface Leg {
  readonly from: End;
  readonly to: End;
  readonly volume: Volume;
  readonly flags: number;
  /** True where the receiving interface turns it away. */
  readonly rejected: boolean;
}

function legsOf(exchange: Exchange, client: End, server: End): Leg[] {
  const rejected = exchange.outcome === 'rejected';
  const [asking, answering] = flagsOf(exchange);
  const request: Leg = { from: client, to: server, volume: exchange.sent, flags: asking, rejected };
  if (exchange.answer === undefined) return [request];
  return [request, { from: server, to: client, volume: exchange.answer, flags: answering, rejected: false }];
}

/** TCP flags OR-ed over the interval, client's and server's; a lone ACK is logged as 0. */
const FLAGS: Readonly<Record<Phase, readonly [number, number]>> = {
  whole: [3, 19],
  opening: [2, 18],
  running: [0, 0],
  closing: [1, 1],
};

function flagsOf({ protocol, phase, outcome }: Exchange): readonly [number, number] {
  if (protocol !== TCP) return [0, 0];
  return outcome === 'answered' ? FLAGS[phase] : [2, 0];
}

function goesThroughNat(client: NetworkInterface, server: End): boolean {
  return !client.public && !isInsideVpc(server.address) && server.address !== OFFICE && !isS3(server.address);
}

/**
 * A private interface logs the outside address; the gateway logs both sides of the translation, its own address
 * as `srcaddr`/`dstaddr` and the packet's in `pkt-*` (VPC User Guide, "Traffic through a NAT gateway").
 */
function observeThroughNat(exchange: Exchange, log: (nic: NetworkInterface, record: TrafficRecord) => void): void {
  const { client, server } = exchange;
  const inner: End = { address: NAT.address, port: server.port, nic: NAT };
  const outer: End = { address: NAT.address, port: translatedPort(client.port), nic: NAT };
  const direct = legsOf(exchange, client, server);
  const inward = legsOf(exchange, client, inner);
  const outward = legsOf(exchange, outer, server);
  for (const [index, leg] of direct.entries()) {
    log(client.nic!, recordOf(exchange, client.nic!, leg, leg));
    log(NAT, recordOf(exchange, NAT, inward[index]!, leg));
    log(NAT, recordOf(exchange, NAT, outward[index]!, outward[index]!));
  }
}

/** The gateway's port for a client's: any other one, the same for the whole connection. */
function translatedPort(port: number): number {
  return 1_024 + ((port * 7_919) % 64_512);
}

/** The record that `nic` writes of a leg; `packet` holds the ends in the packet itself. */
function recordOf(exchange: Exchange, nic: NetworkInterface, leg: Leg, packet: Leg): TrafficRecord {
  const egress = leg.from.nic === nic;
  return {
    'account-id': ACCOUNT,
    'interface-id': nic.id,
    srcaddr: leg.from.address,
    dstaddr: leg.to.address,
    srcport: leg.from.port,
    dstport: leg.to.port,
    protocol: exchange.protocol,
    packets: leg.volume.packets,
    bytes: leg.volume.bytes,
    start: exchange.start,
    end: exchange.end,
    action: leg.rejected && !egress ? 'REJECT' : 'ACCEPT',
    'log-status': 'OK',
    'vpc-id': VPC_ID,
    'subnet-id': nic.subnet,
    'instance-id': nic.instance,
    'tcp-flags': leg.flags,
    type: leg.from.address.includes(':') ? 'IPv6' : 'IPv4',
    'pkt-srcaddr': packet.from.address,
    'pkt-dstaddr': packet.to.address,
    region: REGION,
    'az-id': nic.zone,
    'pkt-src-aws-service': isS3(packet.from.address) ? 'S3' : '-',
    'pkt-dst-aws-service': isS3(packet.to.address) ? 'S3' : '-',
    'flow-direction': egress ? 'egress' : 'ingress',
    ...(egress ? { 'traffic-path': trafficPath(nic, leg.to.address) } : {}),
  };
}

/** Which way an egress record's traffic left: the codes of the field `traffic-path`. */
function trafficPath(nic: NetworkInterface, to: string): number {
  if (isS3(to)) return 7;
  if (to === OFFICE) return 3;
  return isInsideVpc(to) || !nic.public ? 1 : 8;
}

function isS3(address: string): boolean {
  return (S3_ADDRESSES as readonly string[]).includes(address);
}
