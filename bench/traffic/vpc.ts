/**
 * The small VPC whose traffic is generated: 12 interfaces in two availability zones, and the outside addresses
 * it talks to. Every outside address lies in a range reserved for documentation or benchmarks (RFC 5737, 2544, 3849).
 */
import { createRandom, type Random } from './random.ts';

/** The account that owns everything here. */
export const ACCOUNT = '123456789012';
/** The region everything is in. */
export const REGION = 'ap-northeast-1';
/** The VPC's id. */
export const VPC_ID = idOf('vpc', 'main');

/** A network interface that writes flow logs. */
export interface NetworkInterface {
  /** What it is for people: `web-1`. */
  readonly name: string;
  /** `eni-` and 17 hexadecimal digits. */
  readonly id: string;
  readonly address: string;
  readonly ipv6: string | undefined;
  readonly subnet: string;
  readonly zone: string;
  /** The instance it belongs to, `-` where AWS manages it (the NAT gateway). */
  readonly instance: string;
  /** True where the subnet's default route is the internet gateway; the others go through the NAT gateway. */
  readonly public: boolean;
}

const [NEAR, FAR] = ['apne1-az1', 'apne1-az4'] as const;

/** The two web servers: 443 and 80 from everywhere, IPv4 and IPv6. */
export const WEB = [
  nic('web-1', '10.0.0.11', NEAR, { public: true, ipv6: '2001:db8:10:0:a:b:c:11' }),
  nic('web-2', '10.0.1.12', FAR, { public: true, ipv6: '2001:db8:10:1:a:b:c:12' }),
] as const;
/** The application servers: 8080 from the web servers. */
export const APPS = [
  nic('app-1', '10.0.10.21', NEAR),
  nic('app-2', '10.0.11.22', FAR),
  nic('app-3', '10.0.10.23', NEAR),
] as const;
/** The databases, primary and replica: 5432 from the application servers and from each other. */
export const DATABASES = [nic('db-1', '10.0.20.31', NEAR), nic('db-2', '10.0.21.32', FAR)] as const;
/** The cache: 6379 from the application servers. */
export const CACHE = nic('cache-1', '10.0.20.41', NEAR);
/** Where people log in: 22 from the office. */
export const BASTION = nic('bastion', '10.0.0.5', NEAR, { public: true });
/** Nightly jobs, in a private subnet; silent while none runs. */
export const BATCH = nic('batch-1', '10.0.11.61', FAR);
/** The NAT gateway of the private subnets. */
export const NAT = nic('nat', '10.0.0.7', NEAR, { public: true, managed: true });
/** Monitoring and the internal DNS resolver: scrapes 9100 everywhere, answers 53. */
export const MONITOR = nic('monitor', '10.0.10.71', NEAR);

/** All 12, in the order they are listed to people. */
export const INTERFACES: readonly NetworkInterface[] = [
  ...WEB,
  ...APPS,
  ...DATABASES,
  CACHE,
  BASTION,
  BATCH,
  NAT,
  MONITOR,
];

/** Those that the internet can reach. */
export const PUBLIC_INTERFACES = [...WEB, BASTION, NAT] as const;

/** The office, behind a site-to-site VPN: the one place that logs in to the bastion. */
export const OFFICE = '192.168.10.25';
/** A public time server (Amazon's own, 169.254.169.123, is not logged). */
export const TIME_SERVER = '198.51.100.123';
/** Interfaces programs call over HTTPS: package mirror, payment, mail. */
export const PARTNERS = ['198.51.100.200', '198.51.100.201', '198.51.100.202'] as const;
/** Stands for Amazon S3, reached through a gateway endpoint. */
export const S3_ADDRESSES = ['198.51.100.210', '198.51.100.211', '198.51.100.212'] as const;

/** True for an address of the VPC itself, with or without an interface behind it. */
export function isInsideVpc(address: string): boolean {
  return address.startsWith('10.0.') || address.startsWith('2001:db8:10:');
}

/** A visitor of the web site: a third are regulars, the others come from anywhere. */
export function visitorAddress(random: Random): string {
  return random.chance(0.35) ? `192.0.2.${random.between(1, 254)}` : strangerAddress(random);
}

/** Any address of the internet. */
export function strangerAddress(random: Random): string {
  return `198.${random.between(18, 19)}.${random.between(0, 255)}.${random.between(1, 254)}`;
}

/** A visitor that comes by IPv6: the lower half of the address is random, as privacy extensions make it (RFC 8981). */
export function visitorIpv6(random: Random): string {
  const host = Array.from({ length: 4 }, () => random.between(0x1, 0xffff).toString(16)).join(':');
  return `2001:db8:a${random.hex(3)}:${random.between(1, 9)}:${host}`;
}

/** An id as AWS makes them: a prefix and 17 hexadecimal digits, the first of them 0. */
export function idOf(prefix: string, name: string): string {
  return `${prefix}-0${createRandom(`${prefix}/${name}`).hex(16)}`;
}

interface Placement {
  readonly public?: boolean;
  readonly managed?: boolean;
  readonly ipv6?: string;
}

function nic(name: string, address: string, zone: string, placement: Placement = {}): NetworkInterface {
  return {
    name,
    id: idOf('eni', name),
    address,
    ipv6: placement.ipv6,
    subnet: idOf('subnet', address.split('.', 3).join('.')),
    zone,
    instance: placement.managed === true ? '-' : idOf('i', name),
    public: placement.public === true,
  };
}
