/** The lists that are always there: the entries that the built-in rules go by, and what each is for. */

/** A built-in list; the configuration's list of the same name takes its place. */
export interface BuiltInList {
  readonly entries: readonly string[];
  /** What it holds, for people who want to change it. */
  readonly holds: string;
}

/**
 * Networks that the internet does not reach: RFC 1918, shared address space (RFC 6598, which VPCs may use),
 * IPv4 and IPv6 link-local (RFC 3927, RFC 4291), unique local IPv6 (RFC 4193).
 */
export const PRIVATE_NETWORKS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

/** Multicast (RFC 5771, RFC 4291), reserved addresses and broadcast (RFC 1112, RFC 919). */
const NOT_ROUTED: readonly string[] = ['224.0.0.0/4', '240.0.0.0/4', 'ff00::/8'];

/** Lists that depend on the owner's networks. */
export function networkLists(networks: readonly string[]): Readonly<Record<string, BuiltInList>> {
  return {
    private: { entries: PRIVATE_NETWORKS, holds: 'networks that the internet does not reach' },
    networks: { entries: networks, holds: 'your own networks: `networks` in the configuration' },
    inside: {
      entries: [...new Set([...networks, ...PRIVATE_NETWORKS, ...NOT_ROUTED])],
      holds: 'whatever is not the internet: `@networks`, `@private`, multicast, broadcast',
    },
  };
}

/** Lists of ports. */
export const PORT_LISTS: Readonly<Record<string, BuiltInList>> = {
  admin_ports: {
    entries: split('22 23 445 2375 2376 3389 5900 5985 5986 6443 10250'),
    holds: 'administration: SSH, Telnet, SMB, Docker, RDP, VNC, WinRM, Kubernetes’ API and kubelet',
  },
  database_ports: {
    entries: split('1433 1434 1521 2484 3306 5432 5439 5984 6379 6380 7474 7687 8086 9042 9200 9300 11211 27017-27019'),
    holds:
      'databases and caches: SQL Server, Oracle, MySQL, PostgreSQL, Redshift, Redis, Elasticsearch, MongoDB and others',
  },
  public_ports: { entries: ['80', '443'], holds: 'what you offer to the internet' },
  egress_ports: {
    entries: split('22 53 80 123 443 465 587'),
    holds: 'what your machines may call on the internet',
  },
  mining_ports: {
    entries: split('3333 3334 4444 5555 7777 8333 9999 14433 14444 18080 18081 30303 45560 45700'),
    holds: 'mining pools (Stratum) and the networks of Bitcoin, Ethereum and Monero',
  },
  amplifier_ports: {
    entries: split('17 19 53 69 111 123 137 161 389 427 520 1900 3283 3702 5353 5683 10001 11211'),
    holds: 'UDP services whose answers are much larger than the questions',
  },
};

/** Lists that are empty until somebody fills them: what the `except` of built-in rules names. */
export const OPEN_LISTS: Readonly<Record<string, BuiltInList>> = {
  scanners: { entries: [], holds: 'addresses of your own vulnerability scanners' },
  monitoring: { entries: [], holds: 'addresses of your monitoring, and of load balancers that check ports' },
  trusted_admins: { entries: [], holds: 'addresses from which you administer: offices, VPN, deployment' },
  trusted_destinations: { entries: [], holds: 'addresses on the internet that may get much data: backups, partners' },
  mail_relays: { entries: [], holds: 'addresses of your mail servers' },
  resolvers: { entries: [], holds: 'addresses of your name servers, and of those on the internet that you use' },
  nat_gateways: { entries: [], holds: 'private addresses of your NAT gateways, which log traffic a second time' },
  allowed_protocols: { entries: [], holds: 'protocols that you use beside TCP, UDP and ICMP, such as `esp`' },
  watched_interfaces: { entries: [], holds: 'ids of the interfaces that must never fall silent' },
  ignored_interfaces: {
    entries: [],
    holds: 'ids of interfaces, and of transit gateway attachments, that are known for what a rule says',
  },
  threat_addresses: { entries: [], holds: 'addresses known to be bad, usually from a file' },
  tor_relays: { entries: [], holds: 'addresses of Tor relays, usually from a file' },
};

function split(entries: string): readonly string[] {
  return entries.split(' ');
}
