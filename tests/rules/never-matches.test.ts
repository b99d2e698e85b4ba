import { expect, test } from 'vitest';
import { loadRules } from '../../shared/rules/load.ts';

/** The errors of a rule with a `where`, and maybe an `except`, `CODE message`. */
function errors(where: string, except?: string): readonly string[] {
  const rule = { id: 'a', where, ...(except === undefined ? {} : { except }) };
  const text = JSON.stringify({ lists: { empty: [], web: ['web-*'] }, rules: [rule] });
  const { diagnostics } = loadRules([{ name: 'rules.yml', text }]);
  return diagnostics.flatMap(({ code, severity, message }) => (severity === 'error' ? [`${code} ${message}`] : []));
}

const NEVER = ['E301 no record can ever match `where`: its parts exclude each other'];
const NOTHING_LEFT = ['E301 `except` takes out everything that `where` matches'];

test.each([
  'vpc_id like web-* and vpc_id = app-1',
  'vpc_id like web-* and vpc_id like app-*',
  'vpc_id like *-a and vpc_id like *-b',
  'vpc_id like web-1* and vpc_id not like web-*',
  'vpc_id = web-1 and vpc_id not like @web',
  'vpc_id in (web-1, web-2) and vpc_id not like (*-1, *-2)',
  'not has(vpc_id) and vpc_id like web-*',
  'not has(dstport) and dstport != 22',
  'tcp_flags has SYN+ACK and tcp_flags in (2, 16)',
  'tcp_flags has SYN and tcp_flags not has SYN',
  "direction like 'in*' and direction like 'e*'",
])('%s matches nothing', (where) => {
  expect(errors(where)).toEqual(NEVER);
});

test.each([
  'protocol = icmp and server_port = 22',
  'protocol = icmp and initiator = src',
  'not (protocol in (tcp, udp, 33, 132, 136)) and has(client)',
  'initiator = src and server_port = 22 and dstport = 23',
  'initiator = dst and dstaddr = 10.0.0.1 and client != 10.0.0.1',
  'initiator = src and srcaddr = 10.0.0.1 and client in 10.0.0.2-10.0.0.9',
  'server_port = 22 and srcport = 80 and dstport = 443',
  'not has(initiator) and has(server)',
  'flow_direction = ingress and direction = egress',
  'start < 1000000000',
])('%s matches nothing, as fields are worked out from others', (where) => {
  expect(errors(where)).toEqual(NEVER);
});

test.each([
  'protocol = icmp and not has(server_port)',
  'protocol in (icmp, tcp) and server_port = 22',
  'initiator = src and server_port = 22 and srcport = 23',
  'server_port = 22 and srcport = 80',
  'initiator = src and srcaddr = 10.0.0.1 and not has(client)',
  'not has(flow_direction) and direction = egress',
  'start > 1000000000',
  'vpc_id like web-* and vpc_id = web-1',
  'vpc_id like web-* and vpc_id like *-1',
  'vpc_id like web-* and vpc_id not like web-1*',
  'not has(vpc_id) or vpc_id like web-*',
  'tcp_flags has SYN and tcp_flags not has ACK',
  'srcaddr in @empty',
  'srcaddr in @empty and dstport = 22',
])('%s may match something', (where) => {
  expect(errors(where)).toEqual([]);
});

test('an exception that takes out everything is refused, one that leaves something is not', () => {
  expect(errors('vpc_id like web-1*', 'vpc_id like web-*')).toEqual(NOTHING_LEFT);
  expect(errors('dstport in 1-100', 'dstport <= 50 or dstport in 40-200')).toEqual(NOTHING_LEFT);
  expect(errors('dstport in 1-100', 'dstport <= 50 or dstport in 52-200')).toEqual([]);
  expect(errors('action = REJECT', 'has(action)')).toEqual(NOTHING_LEFT);
  expect(errors('dstport = 22', 'srcaddr in 0.0.0.0/0 or srcaddr in ::/0')).toEqual([]);
  expect(errors('dstport = 22', 'srcaddr not in @empty or not has(srcaddr)')).toEqual([]);
});

test('an exception of hundreds of alternatives is no larger than it is written', () => {
  const alternatives = Array.from({ length: 600 }, (_, i) => `(interface_id = eni-${i} and server_port = ${i + 1})`);
  expect(errors('action = ACCEPT or bytes > 5MB', alternatives.join(' or '))).toEqual([]);
});
