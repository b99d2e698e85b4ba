/** Random expressions and records over few values, so that they meet often, edges included. */
import * as fc from 'fast-check';
import type { RecordInput } from '../support/batches.ts';

const ADDRESSES = [
  '0.0.0.0', '9.255.255.255', '10.0.0.0', '10.0.0.5', '10.0.1.5', '10.255.255.255', '11.0.0.0', '172.16.0.1', '192.168.1.1', '198.51.100.7', '255.255.255.255',
  '::', '::1', '2001:db8::', '2001:db8::1', '2001:db8:0:1::', 'fc00::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
]; // prettier-ignore
const NETWORKS = [
  '0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/24', '10.0.0.5', '10.0.0.5/32', '10.0.0.0-10.0.1.5', '128.0.0.0/1', '255.255.255.255/32',
  '::/0', '2001:db8::/32', '2001:db8::1', '::1-2001:db8::', '@private', '@others',
]; // prettier-ignore
const PORTS = [0, 1, 21, 22, 23, 443, 1023, 1024, 3389, 32_768, 65_535];
const BYTES = [0, 1, 999, 1000, 1001, 5_000_000, 5_000_001, 2 ** 40, Number.MAX_SAFE_INTEGER];
const INTERFACES = ['eni-0a', 'eni-0b', 'eni-0c', 'eni-0abc', 'eni-1', 'x'];
const PATTERNS = ['eni-*', 'eni-0a*', '*b*', '*0*c', "'eni-*-*'", 'eni-0b', '*', "'**'", 'x*', "'eni-0a**c'", '@names'];
const FLAGS = ['SYN', 'syn+ack', 'FIN', 'RST', 'NS', 'SYN+FIN'];

/** The lists that expressions may name besides the built-in ones. */
export const LISTS = {
  others: ['198.51.100.0/24', '2001:db8::/48', '10.0.0.5'],
  names: ['eni-0a', 'eni-*c'],
  empty: [],
};

/** A format with more fields than the default one. */
export const WIDE =
  'interface-id srcaddr dstaddr srcport dstport protocol bytes start action vpc-id tcp-flags pkt-srcaddr log-status';

const address = fc.constantFrom(...ADDRESSES);
const port = fc.constantFrom(...PORTS);
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 6 });

/** A record of the default format, or of {@link WIDE}; any field may be null. */
export const record: fc.Arbitrary<RecordInput> = fc
  .record({
    fields: fc.record({
      interface_id: nullable(fc.constantFrom(...INTERFACES)),
      srcaddr: nullable(address),
      dstaddr: nullable(address),
      srcport: nullable(port),
      dstport: nullable(port),
      protocol: nullable(fc.constantFrom(0, 1, 6, 17, 58, 255)),
      bytes: nullable(fc.constantFrom(...BYTES)),
      action: nullable(fc.constantFrom('ACCEPT', 'REJECT')),
      vpc_id: nullable(fc.constantFrom(...INTERFACES)),
      tcp_flags: nullable(fc.constantFrom(0, 1, 2, 3, 4, 16, 18, 19, 256, 4095)),
      start: fc.constant(1_767_571_200),
    }),
    initiator: fc.constantFrom('src' as const, 'dst' as const, undefined),
    direction: fc.constantFrom('ingress' as const, 'egress' as const, undefined),
  })
  .map(({ fields, initiator, direction }) => ({
    fields,
    ...(initiator && { initiator }),
    ...(direction && { direction }),
  }));

const range = fc.tuple(port, port).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const set = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => `(${items.join(', ')})`);
const membership = (fields: readonly string[], item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...fields), fc.constantFrom('in', 'not in', 'NOT IN'), set(item))
    .map((parts) => parts.join(' '));

const test: fc.Arbitrary<string> = fc.oneof(
  membership(['srcport', 'dstport', 'server_port', 'client-port'], fc.oneof(port.map(String), range)),
  membership(['srcaddr', 'dstaddr', 'client', 'server', 'pkt-srcaddr'], fc.constantFrom(...NETWORKS)),
  membership(['interface_id', 'vpc-id'], fc.constantFrom(...INTERFACES, '"eni-0d"')),
  membership(['protocol'], fc.constantFrom('tcp', 'UDP', 'icmpv6', '1', '0-16', '255')),
  membership(['bytes'], fc.constantFrom(...BYTES.map(String), '5MB', '1-1k')),
  fc
    .tuple(fc.constantFrom('srcport', 'bytes', 'dstport'), fc.constantFrom('=', '!=', '<=', '>='), port)
    .map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('bytes'), fc.constantFrom('<', '>'), fc.constantFrom('1', '1000', '5MB'))
    .map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('srcaddr', 'server'), fc.constantFrom('=', '!='), address).map((parts) => parts.join(' ')),
  fc
    .tuple(
      fc.constantFrom('interface_id', 'vpc-id'),
      fc.constantFrom('like', 'not like', 'LIKE'),
      fc.oneof(fc.constantFrom(...PATTERNS), set(fc.constantFrom(...PATTERNS))),
    )
    .map((parts) => parts.join(' ')),
  fc
    .tuple(
      fc.constant('tcp-flags'),
      fc.constantFrom('has', 'not has'),
      fc.oneof(fc.constantFrom(...FLAGS), set(fc.constantFrom(...FLAGS))),
    )
    .map((parts) => parts.join(' ')),
  fc
    .constantFrom('interface_id', 'vpc-id', 'dstport', 'tcp_flags', 'srcaddr', 'client', 'server_port', 'action')
    .map((field) => `has(${field})`),
  fc.constantFrom(
    'dstport in @empty',
    'srcaddr not in @empty',
    'interface_id like @empty',
    "vpc_id not in 'eni-*'",
    "action like 'A*'",
    "direction not like '*gress'",
    'action = REJECT',
    'action != reject',
    'initiator = src',
    'initiator != dst',
    'direction in (ingress)',
    'log_status = OK',
  ),
);

/** An expression's text, well-formed and well-typed. */
export const expression: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    test,
    fc.tuple(fc.constantFrom('and', 'or', 'OR'), tie('tree'), tie('tree')).map(([word, a, b]) => `(${a}) ${word} ${b}`),
    tie('tree').map((inner) => `not (${inner})`),
  ),
})).tree;
