/**
 * Who opened the connection, and which way traffic went: worked out from each record alone, so that an answer
 * (source port 443, destination port 51514) is never taken for an attack on port 51514.
 *
 * The default format has neither TCP flags nor a direction. Evidence for the initiator, strongest first:
 *
 * 1. TCP flags: SYN with ACK comes from the end that answered; SYN alone from the end that opened.
 * 2. One port is a service port (below 1024, or a known listening port): that end answered.
 * 3. Both ports are service ports: the lower one answered; nothing is known where they are equal.
 * 4. Neither is: a port below the ephemeral range (32768) answered; of two such ports the lower one.
 *    Two ephemeral ports tell nothing.
 *
 * Only TCP and UDP (and SCTP, UDP-Lite, DCCP) have ports; for anything else the initiator is unknown.
 */
import type { Column } from './columns.ts';
import type { NetworkTest } from './networks.ts';

const SOURCE = 1;
const DESTINATION = 2;
const INGRESS = 1;
const EGRESS = 2;
const SYN = 2;
const ACK = 16;
const TCP = 6;
/** Sides of an address; 0 where nobody has asked yet. */
const INSIDE = 1;
const OUTSIDE = 2;
const NEITHER = 4;

/** Linux opens connections from 32768 up (ip_local_port_range); IANA's dynamic range starts at 49152 (RFC 6335). */
export const FIRST_EPHEMERAL = 32_768;

/** Protocols with ports: TCP 6, UDP 17, DCCP 33, SCTP 132, UDP-Lite 136. */
export const WITH_PORTS = new Set([TCP, 17, 33, 132, 136]);

/** Ports from 1024 up on which common services listen. */
const KNOWN_SERVICE_PORTS: readonly number[] = [
  1194, 1433, 1434, 1521, 1723, 1812, 1813, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 2484, 3000, 3128, 3260, 3268,
  3269, 3306, 3389, 3478, 4222, 4333, 4444, 4500, 4789, 5000, 5044, 5060, 5061, 5222, 5353, 5432, 5439, 5601, 5671,
  5672, 5900, 5985, 5986, 6081, 6379, 6380, 6443, 6514, 6667, 7000, 7001, 7077, 7199, 7474, 7687, 8000, 8008, 8080,
  8081, 8086, 8088, 8089, 8125, 8140, 8200, 8300, 8301, 8333, 8443, 8500, 8649, 8883, 8888, 9000, 9042, 9090, 9092,
  9093, 9094, 9098, 9100, 9160, 9200, 9300, 9418, 9443, 9999, 10_000, 10_050, 10_051, 10_250, 10_255, 10_256, 11_211,
  15_672, 16_443, 18_080, 25_565, 27_017, 27_018, 27_019, 28_015, 29_092, 30_303,
];

/** What direction is inferred with. */
export interface DirectionOptions {
  /** Whether an address lies in the owner's networks. */
  readonly inNetworks: NetworkTest;
  /** By port number: 1 where a service listens, {@link servicePortTable}. */
  readonly servicePorts: Uint8Array;
}

/** Service ports as a table: every port below 1024, the known ones, and the owner's own. */
export function servicePortTable(own: readonly number[] = []): Uint8Array {
  const table = new Uint8Array(65_536).fill(1, 1, 1024);
  for (const port of [...KNOWN_SERVICE_PORTS, ...own]) table[port] = 1;
  return table;
}

/** Initiator and direction codes (see columns.ts) for every row of a batch's columns. */
export function inferDirections(
  columns: ReadonlyMap<string, Column>,
  length: number,
  options: DirectionOptions,
): { readonly initiator: Uint8Array; readonly direction: Uint8Array } {
  return {
    initiator: inferInitiators(columns, length, options.servicePorts),
    direction: inferFlowDirections(columns, length, options.inNetworks),
  };
}

function inferInitiators(columns: ReadonlyMap<string, Column>, length: number, service: Uint8Array): Uint8Array {
  const initiator = new Uint8Array(length);
  const source = columns.get('srcport');
  const destination = columns.get('dstport');
  const protocol = columns.get('protocol');
  const flags = columns.get('tcp_flags');
  const known = flags?.kind === 'int' ? flags.values : undefined;
  if (source?.kind !== 'int' || destination?.kind !== 'int') return initiator;
  const protocols = protocol?.kind === 'int' ? protocol.values : undefined;
  for (let row = 0; row < length; row++) {
    const number = protocols === undefined ? TCP : protocols[row]!;
    if (number !== TCP && !WITH_PORTS.has(number)) continue;
    if (known !== undefined && number === TCP && known[row]! > 0 && (known[row]! & SYN) !== 0) {
      initiator[row] = (known[row]! & ACK) === 0 ? SOURCE : DESTINATION;
    } else {
      initiator[row] = initiatorByPorts(source.values[row]!, destination.values[row]!, service);
    }
  }
  return initiator;
}

function initiatorByPorts(source: number, destination: number, service: Uint8Array): number {
  if (source < 0 || destination < 0 || source === destination) return 0;
  const sourceServes = service[source] === 1;
  if (sourceServes !== (service[destination] === 1)) return sourceServes ? DESTINATION : SOURCE;
  if (!sourceServes && source >= FIRST_EPHEMERAL && destination >= FIRST_EPHEMERAL) return 0;
  return destination < source ? SOURCE : DESTINATION;
}

function inferFlowDirections(
  columns: ReadonlyMap<string, Column>,
  length: number,
  inNetworks: NetworkTest,
): Uint8Array {
  const direction = new Uint8Array(length);
  const logged = columns.get('flow_direction');
  const source = columns.get('srcaddr');
  const destination = columns.get('dstaddr');
  const byCode =
    logged?.kind === 'text'
      ? logged.dictionary.map((text) => (text === 'ingress' ? INGRESS : text === 'egress' ? EGRESS : 0))
      : [];
  const logs = logged?.kind === 'text' ? logged.codes : undefined;
  if (source?.kind !== 'text' || destination?.kind !== 'text' || source.addresses === undefined) {
    if (logs !== undefined) for (let row = 0; row < length; row++) direction[row] = byCode[logs[row]!]!;
    return direction;
  }
  const { addresses } = source;
  const { codes: from } = source;
  const { codes: to } = destination;
  // both columns have one dictionary; what has no address is on neither side
  const sides = new Uint8Array(source.dictionary.length);
  sides[0] = NEITHER;
  const sideOf = (code: number): number => (sides[code] = inNetworks(addresses, code) ? INSIDE : OUTSIDE);
  for (let row = 0; row < length; row++) {
    if (logs !== undefined && byCode[logs[row]!]! !== 0) {
      direction[row] = byCode[logs[row]!]!;
      continue;
    }
    const one = sides[from[row]!]! || sideOf(from[row]!);
    const other = sides[to[row]!]! || sideOf(to[row]!);
    if (one + other === INSIDE + OUTSIDE) direction[row] = one === INSIDE ? EGRESS : INGRESS;
  }
  return direction;
}
