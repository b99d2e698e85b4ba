/** Who opened the connection, and which way traffic went. */
import { expect, test } from 'vitest';
import { fieldReader } from '../../shared/flow/derived.ts';
import { decodeDelivery } from '../../shared/flow/decode.ts';
import { decoded, decodeOptions, formatOf } from '../support/decode.ts';

function derive(format: string, line: string): Record<string, unknown> {
  const lines = Buffer.from(line);
  const delivery = decoded(
    decodeDelivery(
      { kind: 'text', lines, header: undefined, firstLine: 1, place: '' },
      decodeOptions(formatOf(format)),
    ),
  );
  const [batch] = delivery.batches;
  if (batch === undefined) throw new Error(delivery.rejects[0]?.reason);
  const fields = ['initiator', 'client', 'server', 'client_port', 'server_port', 'direction'];
  return Object.fromEntries(fields.map((field) => [field, fieldReader(batch, field)(0)]));
}

const PORTS = '${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${start}';
const FLAGS = `${PORTS} \${tcp-flags}`;
const DIRECTED = `${PORTS} \${flow-direction}`;

test.each([
  ['a request to a service port', '203.0.113.5 10.0.0.1 51514 443 6', 'src', 443],
  ["a server's answer", '10.0.0.1 203.0.113.5 443 51514 6', 'dst', 443],
  ['a service that listens high', '10.0.0.1 10.0.0.2 40000 5432 6', 'src', 5432],
  ['two service ports: the lower one', '10.0.0.1 10.0.0.2 8080 53 17', 'src', 53],
  ['the same port at both ends', '10.0.0.1 10.0.0.2 123 123 17', null, null],
  ['an unknown port below the ephemeral range', '10.0.0.1 10.0.0.2 50000 12345 6', 'src', 12345],
  ['two unknown ports below it: the lower one', '10.0.0.1 10.0.0.2 12345 23456 6', 'dst', 12345],
  ['two ephemeral ports', '10.0.0.1 10.0.0.2 40000 50000 6', null, null],
  ['ICMP has no ports', '10.0.0.1 10.0.0.2 0 0 1', null, null],
  ['no values', '- - - - -', null, null],
])('initiator by ports: %s', (_, line, initiator, port) => {
  expect(derive(PORTS, `${line} 1763341200`)).toMatchObject({ initiator, server_port: port });
});

test.each([
  ['SYN: the source opens', '40000 50000 6', 2, 'src'],
  ['SYN and FIN: still the end that opened', '40000 50000 6', 3, 'src'],
  ['SYN-ACK: the source answers', '40000 50000 6', 18, 'dst'],
  ['SYN-ACK and FIN', '40000 50000 6', 19, 'dst'],
  ['flags outweigh ports', '443 51514 6', 2, 'src'],
  ['no SYN tells nothing: ports decide', '443 51514 6', 1, 'dst'],
  ['a lone ACK is logged as 0', '443 51514 6', 0, 'dst'],
])('initiator by flags: %s', (_, ports, flags, initiator) => {
  expect(derive(FLAGS, `10.0.0.1 10.0.0.2 ${ports} 1763341200 ${flags}`)).toMatchObject({ initiator });
});

test('client and server are the ends by who opened', () => {
  expect(derive(PORTS, '10.0.0.1 203.0.113.5 443 51514 6 1763341200')).toMatchObject({
    client: '203.0.113.5',
    client_port: 51514,
    server: '10.0.0.1',
    server_port: 443,
  });
});

test.each([
  ['from outside', '203.0.113.5 10.0.0.1', 'ingress'],
  ['to outside', '10.0.0.1 203.0.113.5', 'egress'],
  ['inside', '10.0.0.1 192.168.0.1', null],
  ['outside', '203.0.113.5 198.51.100.1', null],
])('direction by networks: %s', (_, addresses, direction) => {
  expect(derive(PORTS, `${addresses} 40000 443 6 1763341200`)).toMatchObject({ direction });
});

test.each([
  ['said by the record', 'egress', 'egress'],
  ['not said: by networks', '-', 'ingress'],
])('direction %s', (_, logged, direction) => {
  expect(derive(DIRECTED, `203.0.113.5 10.0.0.1 40000 443 6 1763341200 ${logged}`)).toMatchObject({ direction });
});
