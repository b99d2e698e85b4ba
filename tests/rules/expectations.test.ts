import * as fc from 'fast-check';
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
    ['a call home from the web port', 'web 10.0.1.10:443 > 198.51.100.7:4444 tcp ACCEPT egress syn', 'accept', ''],
    ['the answer to it', 'web 198.51.100.7:4444 > 10.0.1.10:443 tcp ACCEPT ingress syn+ack', 'accept', ''],
    ['the same later on', 'web 10.0.1.10:443 > 198.51.100.7:4444 tcp ACCEPT egress -', ''],
    ['SSH from the web port', 'web 10.0.1.10:443 > 198.51.100.7:22 tcp ACCEPT egress syn', 'accept', ''],
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

  test.each<[what: string, record: string, v5: string, v2?: string]>([
    ['two ports of which either may serve', 'a 10.3.0.1:40000 > 10.0.1.10:50051 tcp ACCEPT ingress', ''],
    ['the same, refused', 'a 10.3.0.1:40000 > 10.0.1.10:50051 tcp REJECT ingress', ''],
    [
      'the same, refused, with the flags of a request',
      'a 10.3.0.1:40000 > 10.0.1.10:50051 tcp REJECT ingress syn',
      'reject',
      '',
    ],
    ['ends of which either may be its own', 'a 10.0.1.10:40000 > 10.3.0.1:6379 tcp ACCEPT egress syn', 'accept', ''],
    ['the same, refused', 'a 10.0.1.10:40000 > 10.3.0.1:6379 tcp REJECT egress syn', ''],
    ['the same the other way', 'a 10.3.0.1:40000 > 10.0.1.10:6379 tcp REJECT ingress syn', 'reject', ''],
  ])('does not guess: %s', (_, record, v5, v2 = v5) => {
    const text = 'expect: [{ interfaces: eni-a, inbound: [{ from: 10.0.0.0/8, ports: [6379, 50051] }] }]';
    expect({ v5: verdictOf(text, record), v2: verdictOf(text, record, V2) }).toEqual({ v5, v2 });
  });

  test('takes interfaces by the names in their tags, percent-encoded as they are logged', () => {
    const text = "expect: [{ interfaces: { name: 'web *' }, inbound: [] }]";
    const { rules } = loadRules([{ name: 'design.yml', text }]);
    const named = (name: string): string => {
      const line = `2 123456789012 eni-a 10.0.0.1 10.0.0.2 40000 22 6 1 60 1767571200 1767571259 ACCEPT OK ${name}`;
      return matchesOf(rules, line, `${V2} interface-tag`);
    };
    expect(['web%20one', 'app', '-'].map(named)).toEqual(['accept', '', '']);
  });

  test('says nothing about records without traffic', () => {
    const { rules } = loadRules([{ name: 'design.yml', text: 'expect: [{ interfaces: any, inbound: [] }]' }]);
    const line = '2 123456789012 eni-web - - - - - - - 1767571200 1767571259 - NODATA';
    expect(matchesOf(rules, line, V2)).toBe('');
  });
});

describe('connections of any design', () => {
  const FORMATS = { v2: V2, v5: V5 };
  const port = fc.oneof(fc.constantFrom(22, 53, 443, 3306, 5432, 8443, 20_000), fc.integer({ min: 1, max: 32_767 }));
  const ephemeral = fc.integer({ min: 32_768, max: 60_999 });
  const network = fc.constantFrom('10.0.2', '10.9.0', '192.168.7', '198.51.100', '203.0.113');
  const connection = fc.record({
    network,
    port,
    ephemeral,
    host: fc.integer({ min: 1, max: 254 }),
    inbound: fc.boolean(),
    protocol: fc.constantFrom('tcp', 'udp'),
    interfaces: fc.constantFrom('eni-own', '10.0.1.0/24', 'any'),
  });

  type Connection = typeof connection extends fc.Arbitrary<infer T> ? T : never;

  /** A design that expects just this connection, and what an interface's log says of it. */
  const written = (input: Connection, action: string) => {
    const { network, port, ephemeral, host, inbound, protocol, interfaces } = input;
    const entry = `{ ${inbound ? 'from' : 'to'}: ${network}.0/24, ports: ${port}, protocol: ${protocol} }`;
    const design = `expect: [{ interfaces: ${interfaces}, ${inbound ? 'inbound' : 'outbound'}: [${entry}] }]`;
    const [own, peer] = ['10.0.1.10', `${network}.${host}`];
    const [client, server] = inbound ? [peer, own] : [own, peer];
    const [there, back] = inbound ? ['ingress', 'egress'] : ['egress', 'ingress'];
    return {
      design,
      request: `own ${client}:${ephemeral} > ${server}:${port} ${protocol} ${action} ${there} syn`,
      answer: `own ${server}:${port} > ${client}:${ephemeral} ${protocol} ${action} ${back} syn+ack`,
    };
  };

  test('that are expected raise nothing when they are let through, and an alert when they are refused', () => {
    fc.assert(
      fc.property(connection, fc.constantFrom('v2', 'v5'), (input, format) => {
        const accepted = written(input, 'ACCEPT');
        const rejected = written(input, 'REJECT');
        const verdict = (design: string, record: string) => verdictOf(design, record, FORMATS[format]);
        expect(verdict(accepted.design, accepted.request)).toBe('');
        expect(verdict(accepted.design, accepted.answer)).toBe('');
        expect(verdict(rejected.design, rejected.request)).toBe('reject');
      }),
      { numRuns: 60 },
    );
  });

  test('that are not expected raise an alert when they are let through, and none when they are refused', () => {
    fc.assert(
      fc.property(connection, port, fc.constantFrom('v2', 'v5'), (input, other, format) => {
        fc.pre(other !== input.port);
        const { design } = written(input, 'ACCEPT');
        const accepted = written({ ...input, port: other }, 'ACCEPT');
        const rejected = written({ ...input, port: other }, 'REJECT');
        expect(verdictOf(design, accepted.request, FORMATS[format])).toBe('accept');
        expect(verdictOf(design, accepted.answer, FORMATS[format])).toBe('accept');
        expect(verdictOf(design, rejected.request, FORMATS[format])).toBe('');
      }),
      { numRuns: 60 },
    );
  });

  test('are judged by who opened them, whatever their ports, where flags and direction tell', () => {
    const ports = fc.subarray([22, 443, 5432, 8443, 20_000, 40_000], { minLength: 1 });
    const either = fc.constantFrom(22, 443, 4444, 5432, 8443, 20_000, 40_000, 51_000);
    const design = fc.record({
      inbound: ports,
      outbound: ports,
      interfaces: fc.constantFrom('eni-own', '10.0.1.0/24', 'any'),
    });
    const record = fc.record({
      egress: fc.boolean(),
      srcport: either,
      dstport: either,
      flags: fc.constantFrom('syn', 'syn+ack'),
      peer: fc.constantFrom('198.51.100.7', '203.0.113.9'),
      action: fc.constantFrom('ACCEPT', 'REJECT'),
    });
    fc.assert(
      fc.property(design, record, (expected, { egress, srcport, dstport, flags, peer, action }) => {
        const to = (key: string, end: string, list: readonly number[]): string =>
          `${key}: [{ ${end}: 198.51.100.0/24, ports: [${list.join()}] }]`;
        const { inbound, outbound, interfaces } = expected;
        const text = `expect: [{ interfaces: ${interfaces}, ${to('inbound', 'from', inbound)}, ${to('outbound', 'to', outbound)} }]`;
        const [src, dst, way] = egress ? ['10.0.1.10', peer, 'egress'] : [peer, '10.0.1.10', 'ingress'];
        const served = flags === 'syn' ? dstport : srcport;
        const isOpenedHere = egress === (flags === 'syn');
        const isNamed = peer === '198.51.100.7' && (isOpenedHere ? outbound : inbound).includes(served);
        const accused = action === 'ACCEPT' ? !isNamed : isNamed;
        const found = verdictOf(text, `own ${src}:${srcport} > ${dst}:${dstport} tcp ${action} ${way} ${flags}`);
        expect(found).toBe(accused ? action.toLowerCase() : '');
      }),
      { numRuns: 200 },
    );
  });
});
