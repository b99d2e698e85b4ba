import { describe, expect, test } from 'vitest';
import { hourAttacks, hourRecords, HOUR } from '../../bench/traffic/hour.ts';
import { lineWriter, V2, V5 } from '../../bench/traffic/line.ts';
import type { TrafficOptions } from '../../bench/traffic/normal.ts';
import type { TrafficRecord } from '../../bench/traffic/observe.ts';
import { payloads, textChunks } from '../../bench/traffic/stream.ts';
import { BATCH, INTERFACES, isInsideVpc, NAT, OFFICE } from '../../bench/traffic/vpc.ts';

const OPTIONS: TrafficOptions = { seed: 'test', start: HOUR, seconds: 60, rate: 2 };

const ordinary = [...hourRecords([]).values()].flat();
const flows = ordinary.filter((record) => record['log-status'] === 'OK');

/** Distinct values of `field` a group, the most of them. */
function mostDistinct(
  records: readonly TrafficRecord[],
  group: (record: TrafficRecord) => string,
  field: 'dstport' | 'dstaddr' | 'interface-id',
): number {
  const seen = new Map<string, Set<unknown>>();
  for (const record of records) {
    const values = seen.get(group(record)) ?? new Set();
    seen.set(group(record), values.add(record[field]));
  }
  return Math.max(...[...seen.values()].map((values) => values.size));
}

function isOutside(address: string | undefined): boolean {
  return !isInsideVpc(address!) && address !== OFFICE;
}

/** What two logs of one flow have in common, with the interface and its side. */
function flowKey(record: TrafficRecord, nic: string, direction: string): string {
  const { srcaddr, srcport, dstaddr, dstport, start, bytes } = record;
  return [nic, direction, srcaddr, srcport, dstaddr, dstport, start, bytes].join(' ');
}

function textOf(seed: string): string {
  return textChunks({ ...OPTIONS, seed }, V2, 2_000)
    .toArray()
    .join('');
}

describe('an ordinary hour', () => {
  const rejects = flows.filter((record) => record.action === 'REJECT');

  test('has traffic on every interface', () => {
    expect(new Set(flows.map((record) => record['interface-id'])).size).toBe(INTERFACES.length);
    expect(ordinary.length).toBeGreaterThan(20_000);
  });

  test('holds rejects of strangers only, few a stranger', () => {
    expect(rejects.length).toBeGreaterThan(1_000);
    expect(rejects.filter((record) => !isOutside(record.srcaddr))).toEqual([]);
    expect(mostDistinct(rejects, (record) => `${record['interface-id']} ${record.srcaddr}`, 'dstport')).toBeLessThan(5);
    expect(mostDistinct(rejects, (record) => record.srcaddr!, 'interface-id')).toBeLessThan(5);
  });

  test('opens nothing but the web to the internet, and calls only the web and the time', () => {
    const opened = flows.filter((record) => record.action === 'ACCEPT' && (record['tcp-flags']! & 18) === 2);
    const inward = opened.filter((record) => isOutside(record.srcaddr));
    expect(new Set(inward.map((record) => record.dstport))).toEqual(new Set([80, 443]));
    const outward = flows.filter((record) => isOutside(record.dstaddr) && record['flow-direction'] === 'egress');
    const called = outward.filter((record) => record.srcport !== 80 && record.srcport !== 443);
    expect(new Set(called.map((record) => record.dstport))).toEqual(new Set([443, 123]));
  });

  test('sends no gigabyte anywhere outside', () => {
    const sent = new Map<string, number>();
    for (const { dstaddr, bytes, 'flow-direction': direction } of flows) {
      if (direction === 'egress' && isOutside(dstaddr)) sent.set(dstaddr!, (sent.get(dstaddr!) ?? 0) + bytes!);
    }
    expect(Math.max(...sent.values())).toBeLessThan(500_000_000);
  });

  test('says NODATA while nothing flows, and loses nothing', () => {
    const gaps = ordinary.filter((record) => record['log-status'] !== 'OK');
    expect(new Set(gaps.map((record) => `${record['interface-id']} ${record['log-status']}`))).toEqual(
      new Set([`${BATCH.id} NODATA`]),
    );
  });
});

describe('what interfaces log', () => {
  const logged = new Set(flows.map((record) => flowKey(record, record['interface-id'], record['flow-direction']!)));

  test('a flow between two interfaces is in both logs', () => {
    const ids = new Map(INTERFACES.flatMap((nic) => [nic.address, nic.ipv6 ?? nic.address].map((it) => [it, nic.id])));
    // the gateway's inner side has its own address in place of the partner's
    const direct = flows.filter((record) => record.srcaddr !== NAT.address && record.dstaddr !== NAT.address);
    const egress = direct.filter((record) => record['flow-direction'] === 'egress' && ids.has(record.dstaddr!));
    expect(egress.length).toBeGreaterThan(3_000);
    expect(egress.filter((record) => !logged.has(flowKey(record, ids.get(record.dstaddr!)!, 'ingress')))).toEqual([]);
  });

  test('the NAT gateway logs both sides, the packet’s ends in pkt-*', () => {
    const inner = flows.filter((record) => record['interface-id'] === NAT.id && record.srcaddr === BATCH.address);
    expect(inner.length).toBeGreaterThan(50);
    for (const { dstaddr, 'pkt-dstaddr': packet, bytes, start } of inner) {
      expect(dstaddr).toBe(NAT.address);
      const outer = flows.find(
        (record) =>
          record.srcaddr === NAT.address &&
          record.dstaddr === packet &&
          record.start === start &&
          record.bytes === bytes,
      );
      expect(outer?.['traffic-path']).toBe(8);
    }
  });

  test('a path is named for egress only', () => {
    expect(
      flows.filter((record) => (record['flow-direction'] === 'egress') !== (record['traffic-path'] !== undefined)),
    ).toEqual([]);
  });
});

describe('attacks', () => {
  const busy = [...hourRecords(hourAttacks()).values()].flat();

  test('add to the hour and change nothing of it', () => {
    const lines = new Set(busy.map(lineWriter(V5)));
    expect(flows.map(lineWriter(V5)).filter((line) => !lines.has(line))).toEqual([]);
  });

  test('the scan tries 120 ports of one interface within 4 minutes', () => {
    const scan = busy.filter((record) => record.srcaddr === '203.0.113.7');
    expect(new Set(scan.map((record) => record.dstport)).size).toBe(120);
    expect(new Set(scan.map((record) => record.action))).toEqual(new Set(['REJECT']));
    const starts = scan.map((record) => record.start);
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(240);
  });

  test('the sweep touches each other interface once', () => {
    const sweep = busy.filter((record) => record.srcaddr === BATCH.address && record.action === 'REJECT');
    expect(sweep.map((record) => record['interface-id']).sort()).toEqual(
      INTERFACES.filter((nic) => nic !== BATCH)
        .map((nic) => nic.id)
        .sort(),
    );
  });

  test('6 GB leave one application server', () => {
    const sent = busy.filter((record) => record.dstaddr === '203.0.113.66' && record['interface-id'] !== NAT.id);
    expect(sent.reduce((sum, record) => sum + record.bytes!, 0)).toBe(6_000_000_000);
  });
});

describe('streams', () => {
  test.each([20, 200, 2_000])('payloads hold exactly %i records of one interface, none twice', (size) => {
    const lines = new Set<string>();
    const ids = new Set<string>();
    const messages = payloads(OPTIONS, V2, size).take(12).toArray();
    for (const { logStream, logEvents } of messages) {
      expect(logEvents).toHaveLength(size);
      for (const { id, timestamp, message } of logEvents) {
        expect(id).toMatch(/^\d{56}$/);
        const values = message.split(' ');
        expect(logStream).toBe(`${values[2]}-all`);
        expect(timestamp).toBe(Number(values[10]) * 1_000);
        ids.add(id);
        lines.add(message);
      }
    }
    expect(ids.size).toBe(12 * size);
    // two visitors may look alike once in a while
    expect(lines.size).toBeGreaterThan(12 * size * 0.999);
  });

  test('text has as many lines as asked for, each with the values of its format', () => {
    const text = textChunks(OPTIONS, V5, 5_000).toArray().join('');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(5_000);
    expect(new Set(lines.map((line) => line.split(' ').length))).toEqual(new Set([29]));
  });

  test('the same seed gives the same traffic, another seed another', () => {
    expect(textOf('one')).toBe(textOf('one'));
    expect(textOf('one')).not.toBe(textOf('two'));
  });
});
