/** Endless traffic, one aggregation interval after the other, in the shapes that the benchmarks want. */
import { subscriptionMessage, type SubscriptionMessage } from './delivery.ts';
import type { Exchange, Interval } from './exchange.ts';
import { lineWriter } from './line.ts';
import { normalTraffic, type TrafficOptions } from './normal.ts';
import { gapRecord, observe, type TrafficRecord } from './observe.ts';
import { INTERFACES, type NetworkInterface } from './vpc.ts';

/** What every interface logs in one interval, each in order of `start`; NODATA where nothing flowed. */
export type IntervalRecords = ReadonlyMap<NetworkInterface, readonly TrafficRecord[]>;

/** The records of one interval's exchanges. */
export function recordsOf(interval: Interval, exchanges: Iterable<Exchange>): IntervalRecords {
  const logs = new Map<NetworkInterface, TrafficRecord[]>(INTERFACES.map((nic) => [nic, []]));
  for (const exchange of exchanges) observe(exchange, (nic, record) => logs.get(nic)!.push(record));
  for (const [nic, records] of logs) {
    if (records.length === 0) records.push(gapRecord(nic, interval, 'NODATA'));
    records.sort((one, other) => one.start - other.start || place(one) - place(other));
  }
  return logs;
}

/** Where a record stands among those of the same second: no order that a compressor could make use of. */
function place({ srcport = 0, dstport = 0, bytes = 0 }: TrafficRecord): number {
  return (srcport * 40_503 + dstport * 25_117 + bytes * 7_919) % 65_521;
}

/** Interval after interval of ordinary traffic, without end. */
function* intervals(options: TrafficOptions): Generator<IntervalRecords> {
  const { seed, seconds, rate } = options;
  for (let start = options.start; ; start += seconds) {
    const interval: Interval = { start, seconds };
    yield recordsOf(interval, normalTraffic(seed, interval, rate));
  }
}

/**
 * Messages of exactly `size` records, each of one interface, without end. Interfaces come as often as they are
 * busy, and no record comes twice.
 */
export function* payloads(options: TrafficOptions, format: string, size: number): Generator<SubscriptionMessage> {
  const line = lineWriter(format);
  const waiting = new Map<NetworkInterface, TrafficRecord[]>(INTERFACES.map((nic) => [nic, []]));
  for (const logs of intervals(options)) {
    for (const [nic, records] of logs) {
      const queue = [...waiting.get(nic)!, ...records];
      while (queue.length >= size) yield subscriptionMessage(queue.splice(0, size), line);
      waiting.set(nic, queue);
    }
  }
}

/** So many records as text without a header, in pieces of one interface and interval: memory does not grow. */
export function* textChunks(options: TrafficOptions, format: string, count: number): Generator<string> {
  const line = lineWriter(format);
  let left = count;
  for (const logs of intervals(options)) {
    for (const records of logs.values()) {
      if (left <= 0) return;
      const piece = records.slice(0, left);
      left -= piece.length;
      yield `${piece.map(line).join('\n')}\n`;
    }
  }
}
