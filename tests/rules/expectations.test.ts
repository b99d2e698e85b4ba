import { describe, expect, test } from 'vitest';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { loadRules } from '../../shared/rules/load.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { decoded, decodeOptions, formatOf } from '../support/decode.ts';

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const V5 = `${V2} tcp-flags flow-direction`;
const PROTOCOLS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1' };

/**
 * What a design says of a record, `accept` and `reject` for the rules that match. A record is written as
 * `web 10.0.1.10:51000 > 10.0.2.20:5432 tcp ACCEPT egress syn`; v2 has neither of the last two.
 */
function verdictOf(design: string, record: string, format = V5): string {
  const { rules, diagnostics } = loadRules([{ name: 'design.yml', text: design }]);
  expect(diagnostics).toEqual([]);
  const [on, source, , target, protocol, action, direction, flags] = record.split(' ');
  const [src, srcport] = source!.split(':');
  const [dst, dstport] = target!.split(':');
  const tcpFlags = { syn: '2', 'syn+ack': '18', ack: '16' }[flags!] ?? '-';
  const number = PROTOCOLS[protocol!];
  const v2 = `2 123456789012 eni-${on} ${src} ${dst} ${srcport} ${dstport} ${number} 3 180 1767571200 1767571259 ${action} OK`;
  const line = format === V2 ? v2 : `${v2} ${tcpFlags} ${direction}`;
  return matchesOf(rules, line, format);
}

function matchesOf(rules: readonly Rule[], line: string, format: string): string {
  const lines = Buffer.from(`${line}\n`);
  const arrival = { kind: 'text', lines, header: undefined, firstLine: 1, place: 'a' } as const;
  const { batches, rejects } = decoded(decodeDelivery(arrival, decodeOptions(formatOf(format))));
  expect(rejects).toEqual([]);
  const found = batches.flatMap((batch) => evaluateRules(compileRules(rules), batch));
  return found.map(({ rule }) => rule.id.replace('unexpected-', '')).join(' ');
}

const DESIGN = `
expect:
  - name: web servers
    interfaces: [eni-web]
    inbound:
      - { from: internet, ports: [80, 443] }
      - { from: 10.0.9.0/24, ports: 22, protocol: tcp }
      - { from: 10.0.0.0/8, protocol: icmp }
    outbound:
      - { to: 10.0.2.0/24, ports: 5432 }
      - { to: any, ports: 53, protocol: udp }
  - name: databases
    interfaces: 10.0.2.0/24
    inbound: [{ from: 10.0.1.0/24, ports: 5432 }]
`;

describe('a security design', () => {
  test.each<[what: string, record: string, v5: string, v2?: string]>([
    ['a visitor', 'web 198.51.100.7:51000 > 10.0.1.10:443 tcp ACCEPT ingress syn', ''],
    ['the answer to a visitor', 'web 10.0.1.10:443 > 198.51.100.7:51000 tcp ACCEPT egress syn+ack', ''],
    ['a visitor without SYN in its record', 'web 198.51.100.7:51000 > 10.0.1.10:443 tcp ACCEPT ingress ack', ''],
    ['a visitor whose port looks like a service', 'web 198.51.100.7:22 > 10.0.1.10:443 tcp ACCEPT ingress ack', ''],
    ['a visitor over UDP', 'web 198.51.100.7:51000 > 10.0.1.10:443 udp ACCEPT ingress', ''],
    ['SSH from the internet', 'web 198.51.100.7:51000 > 10.0.1.10:22 tcp ACCEPT ingress syn', 'accept'],
    ['the answer to it', 'web 10.0.1.10:22 > 198.51.100.7:51000 tcp ACCEPT egress syn+ack', 'accept'],
    ['SSH that hides behind port 443', 'web 198.51.100.7:443 > 10.0.1.10:22 tcp ACCEPT ingress syn', 'accept'],
    ['SSH from the bastion', 'web 10.0.9.5:51000 > 10.0.1.10:22 tcp ACCEPT ingress syn', ''],
    ['the same over UDP, which is not expected', 'web 10.0.9.5:51000 > 10.0.1.10:22 udp ACCEPT ingress', 'accept'],
    ['a private address at the web port', 'web 10.0.9.5:51000 > 10.0.1.10:443 tcp ACCEPT ingress syn', 'accept'],
    ['a query to the database', 'web 10.0.1.10:51000 > 10.0.2.20:5432 tcp ACCEPT egress syn', ''],
    ['its answer', 'web 10.0.2.20:5432 > 10.0.1.10:51000 tcp ACCEPT ingress syn+ack', ''],
    ['the same seen by the database', 'db 10.0.1.10:51000 > 10.0.2.20:5432 tcp ACCEPT ingress syn', ''],
    ['and the answer seen there', 'db 10.0.2.20:5432 > 10.0.1.10:51000 tcp ACCEPT egress syn+ack', ''],
    ['a call home from the web server', 'web 10.0.1.10:51000 > 203.0.113.9:4444 tcp ACCEPT egress syn', 'accept'],
    ['a call home to a web port', 'web 10.0.1.10:51000 > 203.0.113.9:443 tcp ACCEPT egress syn', 'accept'],
    ['a call home from the database', 'db 10.0.2.20:51000 > 203.0.113.9:443 tcp ACCEPT egress syn', 'accept'],
    ['name resolution', 'web 10.0.1.10:51000 > 203.0.113.53:53 udp ACCEPT egress', ''],
    ['its answer', 'web 203.0.113.53:53 > 10.0.1.10:51000 udp ACCEPT ingress', ''],
    ['name resolution over TCP', 'web 10.0.1.10:51000 > 203.0.113.53:53 tcp ACCEPT egress syn', 'accept'],
    [
      'two ports that tell nothing, neither of them expected',
      'web 10.0.9.5:51000 > 10.0.1.10:52000 tcp ACCEPT ingress',
      'accept',
    ],
    ['a ping from inside', 'web 10.7.0.1:0 > 10.0.1.10:0 icmp ACCEPT ingress', ''],
    ['a ping from the internet', 'web 198.51.100.7:0 > 10.0.1.10:0 icmp ACCEPT ingress', 'accept'],
    ['traffic of other interfaces', 'app 10.0.5.5:51000 > 10.0.6.6:22 tcp ACCEPT egress syn', ''],
    ['a visitor refused', 'web 198.51.100.7:51000 > 10.0.1.10:443 tcp REJECT ingress syn', 'reject'],
    ['noise refused', 'web 198.51.100.7:51000 > 10.0.1.10:23 tcp REJECT ingress syn', ''],
    ['a query refused at the database', 'db 10.0.1.10:51000 > 10.0.2.20:5432 tcp REJECT ingress syn', 'reject'],
    ['a query refused at the web server', 'web 10.0.1.10:51000 > 10.0.2.20:5432 tcp REJECT egress syn', 'reject'],
    ['a ping refused', 'web 10.7.0.1:0 > 10.0.1.10:0 icmp REJECT ingress', 'reject', ''],
    ['an answer refused', 'web 10.0.1.10:443 > 198.51.100.7:51000 tcp REJECT egress syn+ack', 'reject', ''],
    ['an answer that came too late', 'web 10.0.2.20:5432 > 10.0.1.10:51000 tcp REJECT ingress ack', ''],
    ['SSH refused that only the bastion may open', 'web 10.0.3.3:51000 > 10.0.1.10:22 tcp REJECT ingress syn', ''],
    ['SSH of the bastion refused', 'web 10.0.9.5:51000 > 10.0.1.10:22 tcp REJECT ingress syn', 'reject'],
  ])('%s', (_, record, v5, v2 = v5) => {
    expect({ v5: verdictOf(DESIGN, record), v2: verdictOf(DESIGN, record, V2) }).toEqual({ v5, v2 });
  });

  test('says nothing about records without traffic', () => {
    const { rules } = loadRules([{ name: 'design.yml', text: 'expect: [{ interfaces: any, inbound: [] }]' }]);
    const line = '2 123456789012 eni-web - - - - - - - 1767571200 1767571259 - NODATA';
    expect(matchesOf(rules, line, V2)).toBe('');
  });
});
