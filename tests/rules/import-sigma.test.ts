/** Sigma rules for firewalls become rules that mean the same, or are refused with the place and the reason. */
import { describe, expect, test } from 'vitest';
import { importSigma } from '../../shared/rules/import-sigma/import-sigma.ts';
import { loadRules } from '../../shared/rules/load.ts';

/** A Sigma rule with this `detection`, each line indented under it. */
function sigma(detection: string, more = ''): string {
  const indented = detection.trim().replaceAll(/^/gm, '  ');
  return `title: Odd traffic\nlogsource: { category: firewall }\ndetection:\n${indented}\n${more}`;
}

function imported(text: string, partial = false): ReturnType<typeof importSigma> & { readonly rule: any } {
  const result = importSigma([{ name: 'sigma.yml', text }], { partial });
  const loaded = loadRules([{ name: 'rules.yml', text: result.text }]);
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { ...result, rule: loaded.rules[0] };
}

/** One line of the translation: `where: …`, also where it was folded. */
function lineOf(text: string, key: string): string | undefined {
  const found = new RegExp(`^ +(?:- )?${key}: (.*(?:\\n {6}\\S.*)*)`, 'm').exec(text);
  return found?.[1]?.replaceAll(/\s+/g, ' ');
}

const where = (detection: string): string | undefined => lineOf(imported(sigma(detection)).text, 'where');

/** What is said of a rule that is refused: `code line: message`. */
function refusal(text: string, partial = false): readonly string[] {
  const { diagnostics, text: translated } = importSigma([{ name: 'sigma.yml', text }], { partial });
  expect(translated).toBe('');
  return diagnostics.map(({ code, line, message }) => `${code} ${line}: ${message}`);
}

describe('selections', () => {
  test.for([
    ['one value', 'dst_port: 22', 'dstport = 22'],
    ['any of several values', 'dst_port: [22, 3389, 22]', 'dstport in (22, 3389)'],
    ['all of several fields', 'dst_port: 22\nprotocol: TCP', 'dstport = 22 and protocol = tcp'],
    ['the words of firewalls', 'action: [Denied, drop]', 'action = REJECT'],
    ['blocked or not', 'blocked: "false"', 'action = ACCEPT'],
    ['networks', 'src_ip|cidr: [10.0.0.0/8, "2001:db8::/32"]', 'srcaddr in (10.0.0.0/8, 2001:db8::/32)'],
    ['addresses that start so', 'dst_ip|startswith: "10."', 'dstaddr in 10.0.0.0/8'],
    ['addresses with a wildcard', 'dst_ip: "172.16.*"', 'dstaddr in 172.16.0.0/16'],
    [
      'addresses that start with half a number',
      'dst_ip: 10.1*',
      'dstaddr in (10.1.0.0/16, 10.10.0.0-10.19.255.255, 10.100.0.0-10.199.255.255)',
    ],
    ['comparisons', 'dst_port|gte: 1024\ndst_port|lt: 2048', 'dstport >= 1024 and dstport < 2048'],
    ['values that are not', 'dst_port|neq: 443', 'dstport != 443'],
    [
      'names of the Elastic Common Schema',
      'destination.port: 22\nnetwork.transport: udp',
      'dstport = 22 and protocol = udp',
    ],
  ] as const)('%s', ([, selection, expected]) => {
    expect(where(`s:\n${selection.replaceAll(/^/gm, '  ')}\ncondition: s`)).toBe(expected);
  });

  test('a list of selections is any of them', () => {
    expect(where('s:\n  - src_ip: 192.0.2.1\n  - dst_ip: 192.0.2.1\ncondition: s')).toBe(
      'srcaddr = 192.0.2.1 or dstaddr = 192.0.2.1',
    );
  });

  test("answers are left out, as a firewall's log has only who opened a connection", () => {
    expect(imported(sigma('s: { dst_port: 22 }\ncondition: s')).rule.except).toBeDefined();
  });

  test('what was refused from a port is no answer, what was let through may be one', () => {
    expect(imported(sigma('s: { src_port: 53, action: drop }\ncondition: s')).rule.except).toBeUndefined();
    expect(refusal(sigma('s: { src_port: 53 }\ncondition: s'))).toEqual([
      expect.stringMatching(/^E604 1: what comes from/),
    ]);
  });
});

describe('conditions', () => {
  const SELECTIONS =
    'a: { dst_port: 1 }\nb: { src_ip: 192.0.2.1 }\nfilter_x: { dst_port: 3 }\nfilter_y: { dst_port: 4 }\n';

  test.for([
    ['a or b and filter_x', 'dstport = 1 or (srcaddr = 192.0.2.1 and dstport = 3)'],
    ['(a or b) and not filter_x', '(dstport = 1 or srcaddr = 192.0.2.1) and dstport != 3'],
    ['b and not 1 of filter_*', 'srcaddr = 192.0.2.1 and not (dstport = 3 or dstport = 4)'],
    ['b AND NOT (a or filter_x)', 'srcaddr = 192.0.2.1 and not (dstport = 1 or dstport = 3)'],
    ['any of filter*', 'dstport = 3 or dstport = 4'],
    ['1 of them', 'dstport = 1 or srcaddr = 192.0.2.1 or dstport = 3 or dstport = 4'],
    ['not not b', 'srcaddr = 192.0.2.1'],
  ] as const)('%s', ([condition, expected]) => {
    expect(where(`${SELECTIONS}condition: ${condition}`)).toBe(expected);
  });

  test.for([
    ['a and c', 'E601 8: there is no selection `c`'],
    ['a and', 'E601 8: the name of a selection is missing'],
    ['(a or b', 'E601 8: a parenthesis is never closed'],
    ['a b', 'E601 8: `b` is not expected here'],
    ['2 of filter_*', "E601 8: `2 of` can't be translated: only `1 of`, `any of` and `all of` can"],
  ] as const)('%s is refused', ([condition, expected]) => {
    expect(refusal(sigma(`${SELECTIONS}condition: ${condition}`))).toEqual([expected]);
  });
});

describe('counts', () => {
  test.for([
    ['count() by src_ip > 100', 'count() > 100', '[srcaddr]'],
    ['count(dst_port) by src_ip, dst_ip >= 50', 'distinct(dstport) >= 50', '[srcaddr, dstaddr]'],
    ['sum(bytes_out) by src_ip > 1000000', 'sum(bytes) > 1000000', '[srcaddr]'],
  ] as const)('%s', ([aggregation, when, by]) => {
    const { text } = imported(sigma(`s: { action: deny }\ntimeframe: 24h\ncondition: s | ${aggregation}`));
    expect([lineOf(text, 'when'), lineOf(text, 'by'), lineOf(text, 'window')]).toEqual([when, by, '1d']);
  });

  test.for([
    ['count() by user > 10', '5m', /flow logs have nothing that says what `user` does/],
    ['count() by src_ip < 10', '5m', /`< 10` can't be translated/],
    ['count() > 10', '5m', /over all records together/],
    ['count() by src_ip > 10', '90s', /a whole number of minutes, not `90s`/],
    ['near b by src_ip', '5m', /can't be translated/],
    ['count() by src_ip > 10', '60d', /longer than the longest window/],
  ] as const)('%s in %s is refused', ([aggregation, timeframe, message]) => {
    const text = sigma(`s: { action: deny }\ntimeframe: ${timeframe}\ncondition: s | ${aggregation}`);
    expect(refusal(text)).toEqual([expect.stringMatching(message)]);
  });

  test('a count without a time is refused', () => {
    expect(refusal(sigma('s: { action: deny }\ncondition: s | count() by src_ip > 10'))).toEqual([
      'E601 5: the rule counts, but no `timeframe` says over how long',
    ]);
  });
});

describe('correlations', () => {
  const BASE = sigma('s: { action: deny }\ncondition: s', 'name: refused\n');
  const correlation = (keys: string): string => `${BASE}---\ntitle: Many\ncorrelation: { rules: refused, ${keys} }\n`;

  test('a count of another rule replaces that rule', () => {
    const { ids, text } = imported(
      correlation('type: event_count, group-by: src_ip, timespan: 10m, condition: { gte: 5 }'),
    );
    expect(ids).toEqual(['many']);
    expect([lineOf(text, 'where'), lineOf(text, 'when')]).toEqual(['action = REJECT', 'count() >= 5']);
  });

  test('a count of values', () => {
    const keys = 'type: value_count, group-by: [src_ip], timespan: 1h, condition: { field: dst_ip, gt: 20 }';
    expect(lineOf(imported(correlation(keys)).text, 'when')).toBe('distinct(dstaddr) > 20');
  });

  test('a rule that is to alert too does so', () => {
    const keys = 'type: event_count, group-by: src_ip, timespan: 10m, condition: { gte: 5 }, generate: true';
    expect(imported(correlation(keys)).ids).toEqual(['odd-traffic', 'many']);
  });

  test('one rule after another is a sequence', () => {
    const accepted = sigma('s: { action: allow, dst_port: 22 }\ncondition: s', 'name: let-in\n');
    const keys = 'type: temporal_ordered, rules: [refused, let-in], group-by: src_ip, timespan: 10m';
    const { rule } = imported(`${BASE}---\n${accepted}---\ntitle: In at last\ncorrelation: { ${keys} }\n`);
    expect(rule).toMatchObject({
      by: ['srcaddr'],
      condition: { seconds: 60, when: { text: 'count() >= 1' }, then: { within: 600 } },
    });
  });

  test.for([
    ['type: temporal, group-by: src_ip, timespan: 5m', /type `temporal` can't be translated/],
    ['type: event_count, group-by: src_ip, timespan: 5m', /has no `condition`/],
    ['type: event_count, group-by: src_ip, timespan: 5m, condition: { lt: 3 }', /`< 3` can't be translated/],
    ['type: event_count, timespan: 5m, condition: { gt: 3 }, group-by: user, aliases: { user: {} }', /`aliases`/],
  ] as const)('%s is refused', ([keys, message]) => {
    expect(refusal(correlation(keys))).toEqual([expect.stringMatching(message)]);
  });
});

describe('what can not be said', () => {
  test.for([
    ['user: root', 'E603 4: flow logs have nothing that says what `user` does'],
    ['dst_ip|re: "^10"', "E604 4: the modifier `re` can't be translated"],
    ['dst_ip|endswith: ".1"', 'E604 4: no networks say what `.1` does'],
    ['dst_ip: 10.0.0.0/8', 'E604 4: `10.0.0.0/8` is a network, but is compared as a text'],
    ['dst_port: "4?3"', "E604 4: `?` for any one character can't be translated"],
    ['dst_port: http', 'E604 4: `http` is no value of `dstport`'],
    ['dst_port|contains: 80', 'E604 4: `dstport` is a number, which is compared as a whole'],
  ] as const)('%s', ([selection, expected]) => {
    expect(refusal(sigma(`s: { src_ip: 192.0.2.1, ${selection} }\ncondition: s`))).toContain(expected);
  });

  test.for([
    ['keywords', 's: [evil]\ncondition: s', /^E603 4: a word to be found anywhere/],
    ['a rule that can never match', 's: { action: 2 }\ncondition: s', /^E605 1: nothing is left/],
  ] as const)('%s', ([, detection, message]) => {
    expect(refusal(sigma(detection))).toContainEqual(expect.stringMatching(message));
  });

  test('rules about other logs', () => {
    const text = sigma('s: { dst_port: 22 }\ncondition: s').replace(
      'category: firewall',
      'product: zeek, service: conn',
    );
    expect(refusal(text)).toEqual(['E602 2: the rule is about zeek, conn, of which flow logs hold nothing']);
  });

  test('is left out where that is wanted, and a comment says what it does to the rule', () => {
    const { text, diagnostics } = imported(
      sigma('s: { dst_port: 22, user: root }\nf:\n  - src_ip: 192.0.2.1\n  - user: www\ncondition: s and not f'),
      true,
    );
    expect(lineOf(text, 'where')).toBe('dstport = 22 and srcaddr != 192.0.2.1');
    expect(diagnostics.map(({ code, line, severity }) => `${severity} ${code} ${line}`)).toEqual([
      'warning W601 4',
      'warning W601 7',
    ]);
    expect(text).toContain(
      '# flow logs have nothing that says what `user` does; left out, so that the rule is broader',
    );
  });

  test('a rule of which nothing would be left is refused all the same', () => {
    expect(refusal(sigma('s: { user: root }\ncondition: s'), true)).toEqual([expect.stringMatching(/^E603 4/)]);
  });
});

test('everything that is said of a rule comes over', () => {
  const more = `id: 5f1c3a52-0000-4000-8000-000000000001
author: the network team
description: Nobody should do this.
references: [https://example.com/why]
falsepositives: [Backups, Scanners]
tags: [attack.t1046]
level: informational
`;
  const { rule, ids } = imported(sigma('s: { dst_port: 22 }\ncondition: s', more));
  expect(ids).toEqual(['odd-traffic']);
  expect(rule).toMatchObject({
    title: 'Odd traffic',
    severity: 'info',
    tags: ['attack.t1046'],
    falsePositives: 'Backups; Scanners',
    description:
      'Nobody should do this.\n\nFrom the Sigma rule 5f1c3a52-0000-4000-8000-000000000001 by the network team.\n' +
      'References:\n- https://example.com/why',
  });
});

test('two rules of one title have ids of their own', () => {
  const one = sigma('s: { dst_port: 22 }\ncondition: s');
  expect(imported(`${one}---\n${one}`).ids).toEqual(['odd-traffic', 'odd-traffic-2']);
});

test('a broken file is told, and the others are read', () => {
  const good = { name: 'good.yml', text: sigma('s: { dst_port: 22 }\ncondition: s') };
  const { ids, refused, diagnostics } = importSigma([{ name: 'bad.yml', text: 'title: [\n' }, good], {
    partial: false,
  });
  expect({ ids, refused }).toEqual({ ids: ['odd-traffic'], refused: ['bad.yml'] });
  expect(diagnostics).toMatchObject([{ file: 'bad.yml', code: 'E601' }]);
});
