import { describe, expect, test } from 'vitest';
import { expandRuleTest, TEST_START } from '../../shared/rules/expand-test.ts';
import { loadRules } from '../../shared/rules/load.ts';

function load(tests: string) {
  const text = `rules:\n  - id: a\n    where: action = REJECT\n    by: [srcaddr, dstport]\n    tests:\n${tests}`;
  const { tests: found, diagnostics } = loadRules([{ name: 'a.yaml', text }]);
  const places = diagnostics.map(({ line, column, endColumn, code }) => {
    return `${code} ${text.split('\n')[line - 1]!.slice(column - 1, endColumn - 1)}`;
  });
  return { found, places };
}

/** A test's lines as objects by column. */
function records(tests: string): Record<string, string>[] {
  const { found, places } = load(tests);
  expect(places).toEqual([]);
  const { format, lines } = expandRuleTest(found[0]!);
  const names = format.split(' ').map((name) => name.slice(2, -1));
  return lines.map((line) => Object.fromEntries(line.split(' ').map((value, i) => [names[i]!, value])));
}

describe("a test's records", () => {
  test('are complete records of the default format', () => {
    expect(records('      - { name: n, alerts: 0, records: [{ packets: 3 }] }')).toEqual([
      {
        version: '2', 'account-id': '123456789012', 'interface-id': 'eni-0123456789abcdef0', srcaddr: '10.0.0.10', dstaddr: '10.0.0.20',
        srcport: '49152', dstport: '443', protocol: '6', packets: '3', bytes: '180', start: String(TEST_START), end: String(TEST_START + 59),
        action: 'ACCEPT', 'log-status': 'OK',
      },
    ]); // prettier-ignore
  });

  test('come once for each combination of ranges and lists, `times` over, `every` apart', () => {
    const found = records(
      '      - { name: n, alerts: 0, records: [{ srcaddr: 10.0.0.255-10.0.1.0, dstport: [22, 80-81], times: 2, at: 1h, every: 10s }] }',
    );
    expect(found.slice(0, 7).map(({ srcaddr, dstport }) => `${srcaddr} ${dstport}`)).toEqual([
      '10.0.0.255 22', '10.0.0.255 80', '10.0.0.255 81', '10.0.1.0 22', '10.0.1.0 80', '10.0.1.0 81', '10.0.0.255 22',
    ]); // prettier-ignore
    expect(found).toHaveLength(12);
    expect(found.map(({ start }) => Number(start) - TEST_START)).toEqual(
      Array.from({ length: 12 }, (_, i) => 3600 + 10 * i),
    );
  });

  test('widen the format by the fields they name, in the version that has them', () => {
    const [first, second] = records(
      '      - { name: n, alerts: 0, records: [{ flow-direction: ingress, tcp_flags: 2 }, { protocol: icmp }] }',
    );
    expect(first).toMatchObject({ version: '5', 'tcp-flags': '2', 'flow-direction': 'ingress' });
    expect(second).toMatchObject({
      protocol: '1',
      srcport: '0',
      dstport: '0',
      'tcp-flags': '-',
      'flow-direction': '-',
    });
  });

  test('have no traffic in NODATA and SKIPDATA, and `-` for null', () => {
    const [skipped, unknown] = records(
      '      - { name: n, alerts: 0, records: [{ log-status: SKIPDATA }, { srcaddr: ~ }] }',
    );
    expect(skipped).toMatchObject({
      srcaddr: '-',
      dstport: '-',
      bytes: '-',
      action: '-',
      'log-status': 'SKIPDATA',
      start: String(TEST_START),
    });
    expect(unknown).toMatchObject({ srcaddr: '-', dstport: '443' });
  });

  test('may be lines, in a format of their own', () => {
    const { found } = load('      - { name: n, alerts: 1, format: "${srcaddr} ${action}", lines: [10.0.0.1 REJECT] }');
    expect(expandRuleTest(found[0]!)).toEqual({ format: '${srcaddr} ${action}', lines: ['10.0.0.1 REJECT'] });
  });
});

test('expected alerts are a number, or groups', () => {
  const { found } = load(
    '      - { name: n, records: [{ dstport: 1-3 }], alerts: [{ srcaddr: 10.0.0.10, times: 2 }, { dstport: 3 }] }',
  );
  expect(found[0]).toMatchObject({
    rule: 'a',
    name: 'n',
    file: 'a.yaml',
    line: 6,
    alerts: [
      { group: { srcaddr: '10.0.0.10' }, times: 2 },
      { group: { dstport: 3 }, times: 1 },
    ],
  });
});

test.each<[string, string]>([
  ['{ records: [{}], alerts: 0 }', 'E501 { records: [{}], alerts: 0 }'],
  ['{ name: n, records: [{}] }', 'E501 { name: n, records: [{}] }'],
  ['{ name: n, alerts: 0 }', 'E501 { name: n, alerts: 0 }'],
  ['{ name: n, records: [{ dsport: 1 }], alerts: 0 }', 'E201 dsport'],
  ['{ name: n, records: [{ client: 10.0.0.1 }], alerts: 0 }', 'E201 client'],
  ['{ name: n, records: [{ dstport: 1-70000 }], alerts: 0 }', 'E502 1-70000'],
  ['{ name: n, records: [{ srcaddr: 10.0.0.300 }], alerts: 0 }', 'E502 10.0.0.300'],
  ['{ name: n, records: [{ srcaddr: 10.0.0.0/8 }], alerts: 0 }', 'E503 10.0.0.0/8'],
  [
    '{ name: n, records: [{ dstport: 1-60000, srcport: 1-2 }], alerts: 0 }',
    'E503 { name: n, records: [{ dstport: 1-60000, srcport: 1-2 }], alerts: 0 }',
  ],
  ['{ name: n, records: [{ every: 5 }], alerts: 0 }', 'E008 5'],
  ['{ name: n, records: [{}], alerts: 2 }', 'E504 { name: n, records: [{}], alerts: 2 }'],
  ['{ name: n, records: [{}], alerts: [{ dstaddr: 10.0.0.1 }] }', 'E504 dstaddr'],
  [
    '{ name: n, records: [{ tcp-flags: 2 }], format: default, alerts: 0 }',
    'E505 { name: n, records: [{ tcp-flags: 2 }], format: default, alerts: 0 }',
  ],
  ['{ name: n, records: [{}], format: "${nonsense}", alerts: 0 }', 'E505 "${nonsense}"'],
])('a test is refused: %s', (text, expected) => {
  expect(load(`      - ${text}`)).toEqual({ found: [], places: [expected] });
});
