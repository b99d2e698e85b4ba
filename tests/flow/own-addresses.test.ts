import { describe, expect, test } from 'vitest';
import { networkTest } from '../../shared/flow/networks.ts';
import { likelyNetworks, OwnAddresses, type StrangeAddresses } from '../../shared/flow/own-addresses.ts';
import { columnBatch, type RecordInput } from '../support/batches.ts';

const INSIDE = ['10.0.0.0/8', 'fe80::/10', '224.0.0.0/4', 'ff00::/8'];
const WITH_DIRECTION = 'interface-id srcaddr dstaddr flow-direction start';
const OWN = '2001:db8:10::5';

/** A record between two addresses; the direction stands in it only where the format has it. */
function record(srcaddr: string | null, dstaddr: string | null, more: RecordInput['fields'] = {}): RecordInput {
  return { fields: { interface_id: 'eni-1', srcaddr, dstaddr, start: 1_794_877_920, ...more } };
}

function lookAt(format: string, ...batches: readonly (readonly RecordInput[])[]): StrangeAddresses {
  const own = new OwnAddresses(networkTest(INSIDE));
  for (const records of batches) own.add(columnBatch(format, records));
  return own.result();
}

/** Requests from so many clients, and the answers. */
function visits(own: string, clients: number, times = 2): readonly RecordInput[] {
  return Array.from({ length: clients }, (_, at) => `2001:db8:ffff::${at + 1}`).flatMap((client) =>
    Array.from({ length: times }, () => [record(client, own), record(own, client)]).flat(),
  );
}

describe('where records say which way traffic went', () => {
  test('the end of the interface is its own', () => {
    const { own, untold } = lookAt(WITH_DIRECTION, [
      record(OWN, '2001:db8:ffff::1', { flow_direction: 'egress' }),
      record('2001:db8:ffff::2', '2001:db8:10:1::6', { flow_direction: 'ingress' }),
      record('2001:db8:ffff::2', '203.0.113.9', { flow_direction: 'ingress' }),
      record('203.0.113.7', '10.0.0.5', { flow_direction: 'ingress' }),
      record('10.0.0.5', '203.0.113.8', { flow_direction: 'egress' }),
      record('10.0.0.5', '224.0.0.251', { flow_direction: 'ingress' }),
      record(null, null),
    ]);
    expect([...own]).toEqual([OWN, '2001:db8:10:1::6', '203.0.113.9']);
    expect(untold).toBe(0);
  });

  test('of more addresses than anybody reads a part is kept', () => {
    const many = Array.from({ length: 1500 }, (_, at) => record(`2001:db8::${at + 1}`, '203.0.113.9', { flow_direction: 'egress' })); // prettier-ignore
    expect(lookAt(WITH_DIRECTION, many).own.size).toBe(1000);
  });

  test('records of transit gateways tell of no interface', () => {
    const format = 'tgw-id tgw-attachment-id srcaddr dstaddr flow-direction start';
    const records = [record(OWN, '203.0.113.9', { interface_id: null, tgw_id: 'tgw-1', flow_direction: 'egress' })];
    expect(lookAt(format, records).own.size).toBe(0);
  });
});

describe('where they do not', () => {
  test('it is the address that all records of an interface have in common', () => {
    const { own, untold } = lookAt('default', visits(OWN, 2), visits(OWN, 5), [record('203.0.113.7', '10.0.0.5')]);
    expect([...own]).toEqual([OWN]);
    expect(untold).toBe(0);
  });

  test.each<[string, readonly RecordInput[]]>([
    ['there are few records', visits(OWN, 4, 1)],
    ['there are few others', visits(OWN, 2, 9)],
    ['the interface has several addresses', [...visits(OWN, 5), ...visits('2001:db8:10::6', 5)]],
  ])('nobody can say where %s', (_, records) => {
    expect(lookAt('default', records)).toEqual({
      own: new Set(),
      untold: records.length,
      example: ['2001:db8:ffff::1', OWN],
    });
  });

  test('an interface has an address of each family', () => {
    const ipv4 = visits(OWN, 5).map(({ fields }) => {
      const [srcaddr, dstaddr] = ['srcaddr', 'dstaddr'].map((end) => `203.0.113.${String(fields[end]).slice(-1)}`);
      return record(srcaddr!, dstaddr!);
    });
    expect(lookAt('default', [...visits(OWN, 4), ...ipv4]).own).toEqual(new Set([OWN, '203.0.113.5']));
  });

  test('nobody asks about an end that another record tells', () => {
    const batches = [visits(OWN, 5), [record(OWN, '2001:db8:ffff::9', { interface_id: 'eni-2' })]];
    expect(lookAt('default', ...batches)).toEqual({ own: new Set([OWN]), untold: 0, example: undefined });
  });
});

test('networks of addresses: of one subnet a /64, of several the VPC’s /56, of IPv4 itself', () => {
  const addresses = ['2001:db8:10:1::5', '2001:db8:10:2::5', '2001:db8:10:ff::1', '2001:db8:20:7::1', '203.0.113.9'];
  expect(likelyNetworks(addresses)).toEqual(['2001:db8:10::/56', '2001:db8:20:7::/64', '203.0.113.9']);
  expect(likelyNetworks(['2001:db8:20:7::1', '2001:db8:20:7::2'])).toEqual(['2001:db8:20:7::/64']);
  expect(likelyNetworks([])).toEqual([]);
});
