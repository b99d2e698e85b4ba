/** A busy hour of the small VPC: ordinary traffic with every attack laid over it, as subscription deliveries. */
import { planAttacks, type Attack } from './attacks.ts';
import { subscriptionMessage, type SubscriptionMessage } from './delivery.ts';
import type { Exchange, Interval } from './exchange.ts';
import { lineWriter, V2 } from './line.ts';
import { normalTraffic } from './normal.ts';
import { gapRecord, type TrafficRecord } from './observe.ts';
import { recordsOf } from './stream.ts';
import { INTERFACES, type NetworkInterface } from './vpc.ts';

/** 2026-11-17T01:00:00Z. */
export const HOUR = 1_794_877_200;

/** The seed of everything in `events/`. */
export const SEED = 'sekisho';

/** A delivery of one interface. */
export interface HourDelivery {
  readonly nic: NetworkInterface;
  /** When it reached CloudWatch Logs, Unix seconds: some minutes after its last record. */
  readonly arrived: number;
  readonly message: SubscriptionMessage;
}

/** The attacks of the busy hour. */
export function hourAttacks(): readonly Attack[] {
  return planAttacks(HOUR);
}

/** Which hour: another seed is another hour of the same VPC, a higher rate a busier one. */
export interface HourOptions {
  readonly seed?: string;
  /** Unix seconds, a whole hour. */
  readonly start?: number;
  readonly rate?: number;
}

/** What each interface logged in an hour (01:00 to 02:00) with these attacks; without any it is an ordinary hour. */
export function hourRecords(
  attacks: readonly Attack[],
  { seed = SEED, start = HOUR, rate = 1 }: HourOptions = {},
): HourRecords {
  const hour = new Map<NetworkInterface, TrafficRecord[]>(INTERFACES.map((nic) => [nic, []]));
  for (let minute = 0; minute < 60; minute++) {
    const interval: Interval = { start: start + minute * 60, seconds: 60 };
    const extra = attacks.flatMap((attack) => attack.exchanges.filter((exchange) => isWithin(exchange, interval)));
    const logs = recordsOf(interval, [...normalTraffic(seed, interval, rate), ...extra]);
    for (const [nic, records] of logs) {
      hour.get(nic)!.push(...records);
      const skipped = attacks.some((attack) => attack.from === interval.start && attack.skipped.includes(nic));
      if (skipped) hour.get(nic)!.push(gapRecord(nic, interval, 'SKIPDATA'));
    }
  }
  return hour;
}

/** An hour's records by the interface that logged them. */
export type HourRecords = ReadonlyMap<NetworkInterface, readonly TrafficRecord[]>;

/** The busy hour's deliveries in the default format. */
export function hourDeliveries(): readonly HourDelivery[] {
  return deliver(hourRecords(hourAttacks()), V2);
}

/** An hour's deliveries in order of arrival: five minutes of one interface each. */
export function deliver(hour: HourRecords, format: string): readonly HourDelivery[] {
  const line = lineWriter(format);
  const deliveries: HourDelivery[] = [];
  const start = Math.min(...[...hour.values()].map(([first]) => first!.start - (first!.start % 3_600)));
  for (const [place, [nic, records]] of [...hour].entries()) {
    for (let from = start; from < start + 3_600; from += 300) {
      const part = records.filter((record) => record.start >= from && record.start < from + 300);
      // interfaces take turns within three minutes, as CloudWatch Logs gathers each stream apart
      const arrived = from + 360 + (place % 3) * 60;
      deliveries.push({ nic, arrived, message: subscriptionMessage(part, line) });
    }
  }
  return deliveries.sort((one, other) => one.arrived - other.arrived);
}

function isWithin(exchange: Exchange, interval: Interval): boolean {
  return exchange.start >= interval.start && exchange.start < interval.start + interval.seconds;
}
