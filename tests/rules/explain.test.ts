/** A rule in words says exactly what the rule does: what it looks at, when it alerts, what it needs. */
import { describe, expect, test } from 'vitest';
import { parseFormat, type Format } from '../../shared/flow/format.ts';
import { explainRule, techniqueOf, type Explanation } from '../../shared/rules/explain.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { missingFields } from '../../shared/rules/needed-fields.ts';
import type { Outline } from '../../shared/rules/words.ts';

function explained(keys: string): Explanation {
  const indented = keys.trim().replaceAll(/^/gm, '    ');
  const { rules, diagnostics } = loadRules([{ name: 'rules.yml', text: `rules:\n  - id: odd\n${indented}\n` }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return explainRule(rules[0]!);
}

/** An outline as lines, those below another indented. */
function linesOf(outline: readonly Outline[], depth = 0): readonly string[] {
  return outline.flatMap(({ text, below }) => ['  '.repeat(depth) + text, ...linesOf(below, depth + 1)]);
}

const words = (where: string): readonly string[] => linesOf(explained(`where: ${where}`).where.outline);

describe('what it looks at', () => {
  test.for([
    ['action = REJECT', 'it was refused (action REJECT)'],
    ['action != REJECT', 'the action is not REJECT'],
    ['initiator = src', 'the source opened the connection'],
    ['dstport = 22', 'the destination port is 22'],
    ['dstport in (22, 8000-8080, 3389)', 'the destination port is 22, 8000 to 8080 or 3389'],
    ['dstport not in (22, 3389)', 'the destination port is neither 22 nor 3389'],
    ['dstport >= 1024', 'the destination port is at least 1024'],
    ['protocol = tcp', 'the protocol is tcp'],
    ['srcaddr in 10.0.0.0/8', 'the source address is 10.0.0.0/8'],
    ['srcaddr not in @private', 'the source address is not in @private'],
    ['srcaddr not in (@private, 192.0.2.1)', 'the source address is neither in @private nor 192.0.2.1'],
    ["interface_id like 'eni-0a*'", 'the interface looks like `eni-0a*`'],
    ['tcp_flags has SYN+ACK', 'the TCP flags include SYN and ACK'],
    ['tcp_flags not has SYN', 'the TCP flags do not include SYN'],
    ['has(vpc_id)', 'the VPC is recorded'],
    ['not has(vpc_id)', 'the VPC is not recorded'],
    ['not has(initiator)', 'it is not known which end opened the connection'],
    ['not dstport = 22', 'the destination port is not 22'],
    ['not dstport < 1024', 'the destination port is at least 1024'],
    ["ecs_cluster_name = 'web'", '`ecs_cluster_name` is web'],
  ] as const)('%s', ([where, expected]) => {
    expect(words(where)).toEqual([expected]);
  });

  test('conditions that all have to hold are points, alternatives and negations stand below', () => {
    expect(
      words(
        'action = REJECT and (dstport = 22 or dstport = 23 and protocol = tcp) and not (srcport = 53 or bytes > 5)',
      ),
    ).toEqual([
      'it was refused (action REJECT)',
      'one of this:',
      '  the destination port is 22',
      '  all of this:',
      '    the destination port is 23',
      '    the protocol is tcp',
      'this is not so:',
      '  one of this:',
      '    the source port is 53',
      '    the number of bytes is above 5',
    ]);
  });

  test('rules about transit gateways say so', () => {
    expect(explained('where: packets_lost_blackhole > 0\nby: tgw_id').table).toBe('tgw');
    expect(explained('where: dstport = 22').table).toBe('vpc');
  });
});

describe('when it alerts', () => {
  const when = (keys: string): string => explained(`where: action = REJECT\n${keys}`).when;

  test.for([
    ['by: srcaddr', 'at every such record'],
    [
      'by: [interface_id, srcaddr]\nwindow: 1h\nwhen: distinct(dstport) >= 50',
      'as soon as one combination of interface and source address has at least 50 different destination ports within 1h',
    ],
    ['window: 10m\nwhen: count() > 3', 'as soon as one interface has more than 3 records within 10m'],
    ['window: 10m\nwhen: sum(bytes) > 5GB', 'as soon as one interface has more than 5GB together within 10m'],
    [
      'window: 10m\nwhen: rate() >= 100',
      'as soon as one interface has at least 100 records a second on average within 10m',
    ],
    ['when: no records for 45m', 'once one interface that had such records has had none for 45m'],
    [
      'when: new server_port over 14d',
      "when the same interface has a value of the server's port that it did not have in the 14d before",
    ],
    [
      'window: 1h\nwhen: sum(bytes) > 4 × usual over 14d and at least 1GB',
      'when one interface has, within 1h, more than 4 times as many bytes together as its windows of the 14d before had ' +
        'on average, and at least 1GB together',
    ],
  ] as const)('%s', ([keys, expected]) => {
    expect(when(keys)).toBe(expected);
  });

  test('a sequence says what has to follow', () => {
    const { when: said, then } = explained(
      'where: action = REJECT\nwindow: 10m\nwhen: count() >= 10\nthen: action = ACCEPT\nwithin: 30m',
    );
    expect(said).toMatch(/, and within 30m after that a record that fits what follows$/);
    expect(then?.text).toBe("action = 'ACCEPT'");
  });

  test('it says of what there is one alert', () => {
    expect(explained('where: action = REJECT\nby: [srcaddr, dstport]\nsuppress: 6h').once).toBe(
      'one alert for each combination of source address and destination port, in 6h',
    );
  });
});

describe('what it needs', () => {
  const columns = (keys: string): readonly (readonly string[])[] => {
    const { needed, sharpening } = explained(keys).fields;
    return [needed, sharpening].map((fields) => fields.map(({ column }) => column));
  };

  test('the fields that it names, and what derived ones are worked out from', () => {
    expect(columns('where: server_port = 22\nby: srcaddr')).toEqual([
      ['srcaddr', 'srcport', 'dstport', 'protocol'],
      ['tcp_flags'],
    ]);
  });

  test('fields of an exception or of one alternative only make it better', () => {
    expect(columns("where: dstport = 22 or tcp_flags has SYN\nexcept: pkt_dst_aws_service = 'S3'")).toEqual([
      ['interface_id', 'dstport'],
      ['tcp_flags', 'pkt_dst_aws_service'],
    ]);
    expect(columns('where: dstport = 22 and tcp_flags has SYN')[0]).toContain('tcp_flags');
  });

  test('a format lacks what it does not name', () => {
    const { fields } = explained("where: vpc_id = 'vpc-0a' and server_port = 22\nby: srcaddr");
    const format = parseFormat('srcaddr dstaddr srcport dstport protocol start end action') as Format;
    expect(missingFields(fields, format)).toEqual({ needed: ['vpc_id'], sharpening: ['tcp_flags'] });
  });

  test('the lists that it names, with their sizes', () => {
    expect(explained('where: srcaddr in @private and dstaddr not in (@private, 192.0.2.1)').lists).toEqual([
      { name: 'private', entries: 7 },
    ]);
  });

  test.for([
    ['where: dstport = 22', 'none'],
    ['where: dstport = 22\nwindow: 1h\nwhen: count() > 1', 'stream'],
    ['where: dstport = 22\nwindow: 2h\nwhen: count() > 1', 'query'],
    ['where: dstport = 22\nwhen: new srcaddr over 7d', 'query'],
  ] as const)('%s: the memory is %s', ([keys, memory]) => {
    expect(explained(keys).memory).toBe(memory);
  });
});

test('techniques of MITRE ATT&CK are known by their tags', () => {
  expect(['attack.t1046', 'attack.T1071.004', 'attack.discovery', 't1046'].map(techniqueOf)).toEqual([
    'T1046',
    'T1071.004',
    undefined,
    undefined,
  ]);
});
