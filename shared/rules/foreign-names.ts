/** Names that other tools have for fields, values and keys: Sigma, the Elastic Common Schema, Logs Insights, firewalls. */
import { suggest } from '../suggest.ts';

/** What firewalls call it when they let something through, and when they don't; in lower case. */
export const ACTION_NAMES: Readonly<Record<'ACCEPT' | 'REJECT', readonly string[]>> = {
  ACCEPT: ['accept', 'accepted', 'allow', 'allowed', 'forward', 'forwarded', 'pass', 'passed', 'permit', 'permitted'],
  REJECT: [
    'block',
    'blocked',
    'denied',
    'deny',
    'discard',
    'discarded',
    'drop',
    'dropped',
    'refuse',
    'refused',
    'reject',
    'rejected',
  ],
};

/** Names that say the same wherever they stand, in lower case and without separators, by the column that we have. */
export const SAME_FIELDS = {
  srcaddr: ['srcip', 'sourceip', 'sourceaddress', 'srcaddr', 'src'],
  dstaddr: ['dstip', 'destip', 'destinationip', 'destinationaddress', 'destaddr', 'dstaddr', 'dst'],
  srcport: ['srcport', 'sourceport', 'spt'],
  dstport: ['dstport', 'destport', 'destinationport', 'dpt'],
  protocol: ['protocol', 'proto', 'ipprotocol', 'networktransport', 'transport'],
} as const;

/** Names of which only somebody who is asked can say whether they mean the same. */
const LIKELY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  srcaddr: ['source', 'srcipaddr', 'sourceipaddress', 'saddr', 'ip', 'addr', 'address', 'ipaddress'],
  dstaddr: ['destination', 'dest', 'target', 'dstipaddr', 'destinationipaddress', 'daddr', 'remoteip', 'remoteaddress'],
  srcport: ['sport'],
  dstport: ['port', 'dport', 'remoteport', 'localport'],
  client: ['clientip', 'clientaddress', 'clientaddr'],
  server: ['serverip', 'serveraddress', 'serveraddr'],
  action: ['eventaction', 'verdict', 'decision', 'outcome'],
  bytes: ['networkbytes', 'bytessent', 'octets', 'size', 'length'],
  packets: ['networkpackets', 'packetcount', 'pkts'],
  tcp_flags: ['flags', 'flag', 'networktcpflags'],
  interface_id: ['interface', 'eni', 'eniid', 'networkinterface', 'networkinterfaceid'],
  instance_id: ['instance', 'ec2', 'cloudinstanceid'],
  vpc_id: ['vpc'],
  subnet_id: ['subnet'],
  account_id: ['account', 'cloudaccountid'],
  region: ['cloudregion', 'awsregion'],
  direction: ['networkdirection'],
  start: ['time', 'timestamp', 'starttime'],
  end: ['endtime'],
};

const FIELDS_BY_NAME: ReadonlyMap<string, string> = new Map(
  [SAME_FIELDS, LIKELY_FIELDS].flatMap((table) =>
    Object.entries<readonly string[]>(table).flatMap(([column, names]) => names.map((name) => [name, column] as const)),
  ),
);

/** A name as others may write it too: in lower case, without separators. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The field that others call so; undefined for a name of no other tool. */
export function fieldMeant(name: string): string | undefined {
  return FIELDS_BY_NAME.get(plainName(name));
}

const WAYS = {
  ingress: ['in', 'inbound', 'incoming', 'input'],
  egress: ['out', 'outbound', 'outgoing', 'output'],
};

/** By field: what others call its values. */
const VALUES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  action: ACTION_NAMES,
  direction: WAYS,
  flow_direction: WAYS,
  initiator: { src: ['source', 'srcaddr'], dst: ['destination', 'dest', 'dstaddr'] },
};

/** The value of a closed set that others call so; undefined for a word of no other tool. */
export function valueMeant(column: string, word: string): string | undefined {
  const names = Object.entries(VALUES[column] ?? {});
  return names.find(([, words]) => words.includes(word.toLowerCase()))?.[0];
}

/** Keys of rules in other languages. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  title: ['name', 'message', 'summary'],
  severity: ['level', 'priority', 'risk'],
  where: ['condition', 'filter', 'query', 'match', 'detection', 'expression', 'if'],
  except: ['exclude', 'unless', 'whitelist', 'allowlist', 'exceptions', 'wherenot'],
  by: ['groupby', 'group', 'per'],
  window: ['timeframe', 'timespan', 'period', 'interval'],
  when: ['threshold', 'having', 'aggregation'],
  then: ['followedby', 'next'],
  suppress: ['suppression', 'cooldown', 'dedup', 'silence', 'throttle'],
  runbook: ['remediation', 'response', 'playbook'],
  false_positives: ['falsepositive'],
};

/** The key among some that others call so, or that is spelt nearly so. */
export function keyMeant(key: string, keys: readonly string[]): string | undefined {
  const plain = plainName(key);
  const own = keys.find((each) => plainName(each) === plain);
  return own ?? keys.find((each) => KEYS[each]?.includes(plain)) ?? suggest(key, keys);
}
