/** How numbers, spans and records are said to a person. */
import type { FieldValue, FlowRecord } from '../flow/columns.ts';
import { WITH_PORTS } from '../flow/direction.ts';

/** `1,234`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** A measured amount: `1,234.5`; what is less than one by its first two digits, `0.0048`. */
export function formatAmount(value: number): string {
  if (Math.abs(value) >= 1 || value === 0) return formatCount(Math.round(value * 10) / 10);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 2 });
}

/** `3 records`, `1 record`. */
export function formatCounted(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Bytes with a unit a person reads: `1.2 GB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? formatAmount(value) : value.toFixed(1).replace(/\.0$/, '')} ${units[unit]}`;
}

/** Seconds as in a rule file: `10m`, `1h`, `90s`. */
export function formatSpan(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

const PROTOCOLS: ReadonlyMap<FieldValue, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);

/** One record on one line: `203.0.113.9:4444 → 10.0.0.5:22 tcp REJECT, 3 packets, 180 B`. */
export function formatFlow(record: FlowRecord): string {
  const { srcaddr, dstaddr, protocol, action, packets, bytes } = record;
  if (srcaddr == null && dstaddr == null) {
    return [record['log_status'], record['interface_id']].filter((value) => value != null).join(' on ') || 'no traffic';
  }
  const { from, to } = formatEnds(record);
  const how = [protocol == null ? undefined : formatProtocol(protocol), action];
  const amounts = [
    typeof packets === 'number' ? formatCounted(packets, 'packet') : undefined,
    typeof bytes === 'number' ? formatBytes(bytes) : undefined,
  ];
  const said = [`${from} → ${to}`, ...how].filter((part) => part != null).join(' ');
  return [said, ...amounts.filter((part) => part !== undefined)].join(', ');
}

/** A record's two ends, each `203.0.113.9:4444`, `[2001:db8::7]:22`, or without the port where the protocol has none. */
export function formatEnds(record: FlowRecord): { readonly from: string; readonly to: string } {
  const { srcaddr, dstaddr, protocol, srcport, dstport } = record;
  // protocols without ports are logged with port 0
  const hasPorts = typeof protocol !== 'number' || WITH_PORTS.has(protocol);
  return { from: end(srcaddr, hasPorts && srcport), to: end(dstaddr, hasPorts && dstport) };
}

/** `tcp`; `protocol 99` for one without a common name. */
export function formatProtocol(protocol: FieldValue): string {
  return PROTOCOLS.get(protocol) ?? `protocol ${protocol}`;
}

function end(address: FieldValue | undefined, port: FieldValue | undefined | false): string {
  if (address == null) return '-';
  if (typeof port !== 'number') return `${address}`;
  return `${address}`.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
