import { describe, expect, test } from 'vitest';
import { loadRules } from '../../shared/rules/load.ts';
import { expectedCount } from '../../shared/rules/rule-test.ts';

function load(...texts: string[]) {
  return loadRules(texts.map((text, i) => ({ name: `${i}.yml`, text })));
}

/** Diagnostics as `CODE underlined text → hint`. */
function problems(text: string): string[] {
  return load(text).diagnostics.map(({ code, line, column, endColumn, hint }) => {
    return `${code} ${text.split('\n')[line - 1]!.slice(column - 1, endColumn - 1)} → ${hint ?? ''}`;
  });
}

const block = (keys: string): string => `expect: [{ interfaces: eni-1, ${keys} }]`;

describe('expectations', () => {
  test('of all files become two rules', () => {
    const { rules, diagnostics } = load(
      'expect: [{ interfaces: eni-1, inbound: [{ from: internet, ports: 443 }] }]',
      "lists: { web: [eni-2, subnet-3, 10.0.1.0/24] }\nexpect: [{ interfaces: ['@web', { name: web-* }], outbound: any }]",
    );
    expect(diagnostics).toEqual([]);
    expect(rules.map(({ id, severity, by }) => [id, severity, by])).toEqual([
      ['unexpected-accept', 'medium', ['interface_id', 'server_port']],
      ['unexpected-reject', 'medium', ['interface_id', 'server_port']],
    ]);
  });

  test('may say how their rules differ from the default', () => {
    const { rules, diagnostics } = load(
      `${block('inbound: any').slice(0, -1)}, { unexpected-accept: { severity: high, suppress: 6h, title: open } }]`,
    );
    expect(diagnostics).toEqual([]);
    expect(rules).toMatchObject([
      { id: 'unexpected-accept', severity: 'high', suppress: 21_600, title: 'open' },
      { id: 'unexpected-reject', severity: 'medium', suppress: 3600 },
    ]);
  });

  test('quiet the general rules about the same traffic that are loaded', () => {
    const general = 'rules: [{ id: internal-reject, where: action = REJECT }]';
    const quiets = load(block('inbound: any'), general).rules.map((rule) => [rule.id, rule.quiets]);
    expect(quiets).toContainEqual(['unexpected-reject', ['internal-reject']]);
    expect(quiets).toContainEqual(['unexpected-accept', []]);
  });

  test('with a fault in any block become no rule, as the gap would raise alerts', () => {
    const { rules } = load(block('inbound: any'), block('inbound: [{ from: internat }]'));
    expect(rules).toEqual([]);
  });

  test('leave their ids to no other rule', () => {
    const own = 'rules: [{ id: unexpected-accept, where: action = ACCEPT }]';
    expect(load(block('inbound: any'), own).diagnostics).toMatchObject([{ code: 'E006', file: '1.yml' }]);
    expect(load(own).diagnostics).toEqual([]);
  });
});

describe('a fault in a block is told at its place', () => {
  test.each<[string, string, string]>([
    [
      'no interfaces',
      'expect: [{ inbound: any }]',
      'E701 { inbound: any } → write `interfaces: 10.0.1.0/24`, `eni-…`, `subnet-…`, `"@list"` or `any`',
    ],
    [
      'no connections',
      'expect: [{ interfaces: eni-1 }]',
      'E701 { interfaces: eni-1 } → write `inbound: [{ from: internet, ports: 443 }]`; `inbound: []` if nothing is expected',
    ],
    ['an unknown key', block('inbond: any, outbound: any'), 'E002 inbond → did you mean `inbound`?'],
    [
      'from in outbound',
      block('outbound: [{ to: any, from: any }]'),
      'E002 from → keys are `to`, `ports`, `protocol`, `description`',
    ],
    [
      'no from',
      block('inbound: [{ ports: 22 }]'),
      'E003 { ports: 22 } → write `from: internet`, `from: 10.0.0.0/8` or `from: any`',
    ],
    ['a word for an end', block('inbound: [{ from: internat }]'), 'E702 internat → did you mean `internet`?'],
    ['an unknown list', block("inbound: [{ from: '@privat' }]"), 'E202 @privat → did you mean `@private`?'],
    [
      'a network with bits beyond its prefix',
      block('inbound: [{ from: 10.0.0.1/8 }]'),
      'E206 10.0.0.1/8 → write `10.0.0.0/8` for the network, or the address without its prefix',
    ],
    ['a service for a port', block('inbound: [{ from: any, ports: https }]'), 'E203 https → write `443`'],
    ['a port too high', block('inbound: [{ from: any, ports: [443, 70000] }]'), 'E204 70000 → '],
    [
      'a list of addresses for ports',
      block("inbound: [{ from: any, ports: '@private' }]"),
      'E212 @private → did you mean `dstaddr`?',
    ],
    ['an unknown protocol', block('inbound: [{ from: any, protocol: tpc }]'), 'E203 tpc → did you mean `tcp`?'],
    [
      'ports of a protocol without ports',
      block('inbound: [{ from: any, ports: 8, protocol: icmp }]'),
      'E703 8 → write an entry of its own for `protocol: icmp`, without `ports`',
    ],
    [
      'an expression for ports',
      block("inbound: [{ from: any, ports: '1) or (dstport = 2' }]"),
      "E702 '1) or (dstport = 2' → ",
    ],
    [
      'a name for interfaces',
      'expect: [{ interfaces: web, inbound: any }]',
      'E702 web → write `eni-…`, `subnet-…`, `10.0.1.0/24`, `"@list"`, `any`, or `name: web-*` for a tag',
    ],
    [
      'an entry about its rules that stands among the rules',
      'rules: [{ unexpected-accept: { severity: low } }]',
      'E704 unexpected-accept → move the entry to the list under `expect:`',
    ],
    [
      'a rule that there is not',
      'expect: [{ unexpected-acept: { severity: low } }]',
      'E002 unexpected-acept → did you mean `unexpected-accept`?',
    ],
    [
      'a block and a rule in one',
      'expect: [{ interfaces: any, unexpected-accept: { severity: low } }]',
      'E704 interfaces → begin another entry of `expect` for the block',
    ],
    ['an unknown severity', 'expect: [{ unexpected-accept: { severity: hgih } }]', 'E007 hgih → did you mean `high`?'],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  test('a rule changed in two files', () => {
    const text = 'expect: [{ unexpected-accept: { severity: low } }]';
    expect(load(text, text).diagnostics).toMatchObject([{ code: 'E704', file: '1.yml' }]);
  });

  test('more than can be evaluated', () => {
    const entries = Array.from(
      { length: 2100 },
      (_, i) => `{ from: 10.${i % 8}.${i % 256}.${i % 199}, ports: ${i + 1} }`,
    );
    expect(load(block(`inbound: [${entries.join(', ')}]`)).diagnostics).toMatchObject([{ code: 'E302', line: 1 }]);
  });
});

describe('the tests of a block', () => {
  const testsOf = (tests: string) => {
    const { tests: found, diagnostics } = load(block(`inbound: any, tests: [${tests}]`));
    const expected = found.map((each) => `${each.rule} ${expectedCount(each)}`);
    return { expected, codes: diagnostics.map(({ code }) => code) };
  };

  test('are about the rule that their records concern', () => {
    expect(testsOf('{ name: a, records: [{ dstport: 1 }], alerts: 1 }').expected).toEqual(['unexpected-accept 1']);
    expect(testsOf('{ name: a, records: [{ action: REJECT }], alerts: [{ server_port: 443 }] }').expected).toEqual([
      'unexpected-reject 1',
    ]);
    expect(testsOf('{ name: a, records: [{ action: [ACCEPT, REJECT] }], alerts: 0 }').expected).toEqual([
      'unexpected-accept 0',
      'unexpected-reject 0',
    ]);
  });

  test('say whose alerts they expect where records concern both', () => {
    const records = 'records: [{ action: [ACCEPT, REJECT] }]';
    expect(testsOf(`{ name: a, ${records}, alerts: [{ rule: unexpected-reject }] }`).expected).toEqual([
      'unexpected-accept 0',
      'unexpected-reject 1',
    ]);
    expect(testsOf(`{ name: a, ${records}, alerts: 1 }`)).toEqual({ expected: [], codes: ['E504'] });
    expect(testsOf(`{ name: a, ${records}, alerts: [{ rule: port-scan }] }`).codes).toEqual(['E504']);
  });
});
