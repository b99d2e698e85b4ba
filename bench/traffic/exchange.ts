/** What two ends of a connection said to each other within one aggregation interval, before any interface logs it. */
import type { Random } from './random.ts';
import type { NetworkInterface } from './vpc.ts';

/** Protocol numbers (IANA). */
export const ICMP = 1;
/** Transmission Control Protocol. */
export const TCP = 6;
/** User Datagram Protocol. */
export const UDP = 17;

/** One end; `nic` is undefined where no interface of the VPC is behind the address. */
export interface End {
  readonly address: string;
  readonly port: number;
  readonly nic: NetworkInterface | undefined;
}

/** What went one way. */
export interface Volume {
  readonly packets: number;
  readonly bytes: number;
}

/** Which part of a TCP connection's life the interval saw; it decides the flags. */
export type Phase = 'whole' | 'opening' | 'running' | 'closing';

/** An aggregation interval. */
export interface Interval {
  /** Unix seconds, a multiple of `seconds`. */
  readonly start: number;
  readonly seconds: 60 | 600;
}

/** One exchange. */
export interface Exchange {
  readonly client: End;
  readonly server: End;
  readonly protocol: number;
  /** First packet, Unix seconds. */
  readonly start: number;
  /** Last packet, Unix seconds. */
  readonly end: number;
  readonly phase: Phase;
  readonly sent: Volume;
  /**
   * `answered`: both ways; `silent`: nobody is there or nothing came back; `rejected`: the security group
   * in front of the server turned it away.
   */
  readonly outcome: 'answered' | 'silent' | 'rejected';
  /** Undefined unless answered. */
  readonly answer: Volume | undefined;
}

/** An interface as one end of an exchange. */
export function at(nic: NetworkInterface, port: number): End {
  return { address: nic.address, port, nic };
}

/** An interface's IPv6 address as one end of an exchange; its IPv4 address where it has none. */
export function atIpv6(nic: NetworkInterface, port: number): End {
  return { address: nic.ipv6 ?? nic.address, port, nic };
}

/** An address that is nobody's interface here. */
export function outside(address: string, port: number): End {
  return { address, port, nic: undefined };
}

/** A port that a Linux client takes for its end. */
export function ephemeralPort(random: Random): number {
  return random.between(32_768, 60_999);
}

/** A port that anything on the internet takes for its end. */
export function strangerPort(random: Random): number {
  return random.between(1_024, 65_535);
}

/** A number of packets and their bytes, both skewed towards the small. */
export function volume(random: Random, packets: readonly [number, number], size: readonly [number, number]): Volume {
  const count = random.skewed(...packets);
  return { packets: count, bytes: count * random.between(...size) };
}

/** A moment within the interval, and a later one that is not after its end. */
export function momentsIn(interval: Interval, random: Random): { readonly start: number; readonly end: number } {
  const start = interval.start + random.between(0, interval.seconds - 1);
  return { start, end: Math.min(start + random.between(0, 59), interval.start + interval.seconds - 1) };
}
