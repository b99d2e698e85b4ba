import { describe, expect, test } from 'vitest';
import { loadRules, type LoadOptions } from '../../shared/rules/load.ts';
import { memoryOf } from '../../shared/rules/rule.ts';

function load(text: string, options?: LoadOptions) {
  return loadRules([{ name: 'a.yaml', text }], options);
}

/** Diagnostics as `line:column CODE underlined text`. */
function places(text: string): string[] {
  return load(text).diagnostics.map(({ line, column, endColumn, code }) => {
    return `${line}:${column} ${code} ${text.split('\n')[line - 1]!.slice(column - 1, endColumn - 1)}`;
  });
}

describe('a rule', () => {
  test('takes defaults for what it leaves out', () => {
    const { rules, diagnostics } = load('rules:\n  - { id: any-reject, where: action = REJECT }');
    expect(diagnostics).toEqual([]);
    expect(rules[0]).toMatchObject({
      title: 'any-reject',
      severity: 'medium',
      by: ['interface_id'],
      suppress: 3600,
      condition: { kind: 'match' },
      tags: [],
    });
  });

  test('has its window, threshold, fields and durations read', () => {
    const { rules } = load(`rules:
  - id: big
    false_positives: Backups.
    sharpened_by: [flow-direction, pkt-dstaddr]
    where: direction = egress
    by: [interface-id, dstaddr]
    window: 1h
    when: SUM(bytes) > 5GB
    suppress: 1d`);
    expect(rules[0]).toMatchObject({
      by: ['interface_id', 'dstaddr'],
      falsePositives: 'Backups.',
      sharpenedBy: ['flow_direction', 'pkt_dstaddr'],
      suppress: 86_400,
      condition: {
        kind: 'window',
        seconds: 3600,
        when: { measure: { kind: 'sum', field: 'bytes' }, operator: '>', value: 5e9, text: 'sum(bytes) > 5GB' },
      },
    });
  });

  test.each<[string, string, string[]]>([
    ['no id', '- { where: action = REJECT }', ['2:3 E003 { where: action = REJECT }']],
    ['no where', '- { id: a }', ['2:3 E003 { id: a }']],
    ['an id in another case', '- { id: PortScan, where: dstport = 1 }', ['2:9 E005 PortScan']],
    ['an unknown key', '- { id: a, where: dstport = 1, serverity: low }', ['2:32 E002 serverity']],
    ['an unknown severity', '- { id: a, where: dstport = 1, severity: hi }', ['2:42 E007 hi']],
    ['a list for a text', '- { id: a, where: [dstport = 1] }', ['2:19 E004 [dstport = 1]']],
    ['window without when', '- { id: a, where: dstport = 1, window: 5m }', ['2:32 E306 window']],
    ['when without window', '- { id: a, where: dstport = 1, when: count() > 1 }', ['2:32 E306 when']],
    ['a window too long', '- { id: a, where: dstport = 1, window: 31d, when: count() > 1 }', ['2:40 E307 31d']],
    [
      'a window beside an absence',
      '- { id: a, where: dstport = 1, window: 1h, when: no records for 1h }',
      ['2:32 E309 window'],
    ],
    [
      'a window beside first seen',
      '- { id: a, where: dstport = 1, window: 1h, when: new dstport over 9d }',
      ['2:32 E309 window'],
    ],
    [
      'what is usual without window',
      '- { id: a, where: dstport = 1, when: count() > 4 x usual over 9d }',
      ['2:32 E306 when'],
    ],
    [
      'what is usual in too long windows',
      '- { id: a, where: dstport = 1, window: 8d, when: count() > 4 x usual over 30d }',
      ['2:40 E307 8d'],
    ],
    [
      'what is usual in too few windows',
      '- { id: a, where: dstport = 1, window: 6d, when: count() > 4 x usual over 9d }',
      ['2:40 E310 6d'],
    ],
    [
      'then without within',
      '- { id: a, where: dstport = 1, window: 9m, when: count() > 1, then: dstport = 2 }',
      ['2:63 E311 then'],
    ],
    [
      'within without then',
      '- { id: a, where: dstport = 1, window: 9m, when: count() > 1, within: 9m }',
      ['2:63 E311 within'],
    ],
    ['then without window', '- { id: a, where: dstport = 1, then: dstport = 2, within: 9m }', ['2:32 E311 then']],
    [
      'then after an absence',
      '- { id: a, where: dstport = 1, when: no records for 9m, then: dstport = 2, within: 9m }',
      ['2:57 E311 then'],
    ],
    [
      'then after a long window',
      '- { id: a, where: dstport = 1, window: 2h, when: count() > 1, then: dstport = 2, within: 9m }',
      ['2:63 E311 then'],
    ],
    [
      'then too late',
      '- { id: a, where: dstport = 1, window: 9m, when: count() > 1, then: dstport = 2, within: 2h }',
      ['2:90 E310 2h'],
    ],
    [
      'then that never matches',
      '- { id: a, where: dstport = 1, window: 9m, when: count() > 1, then: dstport = 2 and dstport = 3, within: 9m }',
      ['2:69 E301 dstport = 2 and dstport = 3'],
    ],
    [
      'then with an unknown field',
      '- { id: a, where: dstport = 1, window: 9m, when: count() > 1, then: foo = 2, within: 9m }',
      ['2:69 E201 foo'],
    ],
    [
      'an unknown field that sharpens it',
      '- { id: a, where: dstport = 1, sharpened_by: [tcp-flag] }',
      ['2:47 E201 tcp-flag'],
    ],
    ['no field in by', '- { id: a, where: dstport = 1, by: [] }', ['2:32 E308 by']],
    ['a window of half minutes', '- { id: a, where: dstport = 1, window: 90s, when: count() > 1 }', ['2:40 E307 90s']],
    ['a suppress period too short', '- { id: a, where: dstport = 1, suppress: 30s }', ['2:42 E008 30s']],
    ['a field twice in by', '- { id: a, where: dstport = 1, by: [srcaddr, srcaddr] }', ['2:46 E308 srcaddr']],
    [
      'a condition that can become false again',
      '- { id: a, where: dstport = 1, window: 5m, when: count() < 5 }',
      ['2:58 E304 <'],
    ],
    [
      'a condition that is always true',
      '- { id: a, where: dstport = 1, window: 5m, when: count() >= 0 }',
      ['2:50 E305 count() >= 0'],
    ],
    ['a sum of ports', '- { id: a, where: dstport = 1, window: 5m, when: sum(dstport) > 5 }', ['2:54 E303 dstport']],
    [
      'parts that exclude each other',
      '- { id: a, where: dstport = 1 and dstport = 2 }',
      ['2:19 E301 dstport = 1 and dstport = 2'],
    ],
    ['an exception that takes all', '- { id: a, where: dstport = 1, except: dstport < 9 }', ['2:40 E301 dstport < 9']],
  ])('is refused for %s', (_, rule, expected) => {
    expect(places(`rules:\n${rule}`)).toEqual(expected);
    expect(load(`rules:\n${rule}`).rules).toEqual([]);
  });

  test('that becomes too large is refused', () => {
    const pairs = Array.from({ length: 10 }, (_, i) => `(srcport = ${i} or dstport = ${i})`).join(' and ');
    expect(load(`rules: [{ id: a, where: '${pairs}' }]`).diagnostics.map(({ code }) => code)).toEqual(['E301']);
    const many = Array.from({ length: 4200 }, (_, i) => `(srcport = ${i} and dstport = ${i})`).join(' or ');
    expect(load(`rules: [{ id: a, where: '${many}' }]`).diagnostics.map(({ code }) => code)).toEqual(['E302']);
  });
});

describe('memory', () => {
  const conditionOf = (keys: string) => {
    const { rules, diagnostics } = load(`rules: [{ id: a, where: action = REJECT, by: srcaddr, ${keys} }]`);
    expect(diagnostics).toEqual([]);
    return { ...rules[0]!, memory: memoryOf(rules[0]!.condition) };
  };

  test('of up to an hour streams, a sequence included', () => {
    const rule = conditionOf("window: 1h, when: count() >= 10, then: 'action = ACCEPT', within: 10m");
    expect(rule).toMatchObject({
      memory: 'stream',
      condition: { kind: 'window', seconds: 3600, then: { where: { field: 'action' }, within: 600 } },
    });
    expect(conditionOf('when: no records for 45m')).toMatchObject({ memory: 'stream', condition: { seconds: 2700 } });
  });

  test('of more is asked of the lake', () => {
    expect(conditionOf('window: 2h, when: count() >= 10')).toMatchObject({ memory: 'query' });
    expect(conditionOf('when: no records for 30d')).toMatchObject({ memory: 'query' });
    const usual = conditionOf('window: 1d, when: sum(bytes) > 4 × usual over 14d and at least 1GB');
    expect(usual).toMatchObject({ memory: 'query', condition: { kind: 'baseline', seconds: 86_400, factor: 4 } });
  });

  test('of what is new has its field last in the group', () => {
    expect(conditionOf('when: new dstport over 14d').by).toEqual(['srcaddr', 'dstport']);
    expect(conditionOf('when: new srcaddr over 14d')).toMatchObject({ memory: 'query', by: ['srcaddr'] });
  });
});

describe('rules that quiet others', () => {
  const rule = (id: string, quiets: string): string => `  - { id: ${id}, where: dstport = 1, quiets: [${quiets}] }`;

  test('name them, whichever is read first, with or without errors of their own', () => {
    const text = ['rules:', rule('a', 'b, c'), rule('b', 'c'), '  - { id: c, where: foo = 1 }'].join('\n');
    expect(load(text).rules.map(({ id, quiets }) => [id, quiets])).toEqual([
      ['a', ['b', 'c']],
      ['b', ['c']],
    ]);
    expect(places(text)).toEqual(['4:21 E201 foo']);
  });

  test('are warned about ids that are not there, and stay', () => {
    const { rules, diagnostics } = load(['rules:', rule('port-scan', 'port-scam')].join('\n'));
    expect(rules).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ code: 'W301', severity: 'warning', hint: 'did you mean `port-scan`?' }]);
  });

  test('are warned about those that are more severe', () => {
    const severe = (id: string, severity: string, quiets: string): string =>
      `  - { id: ${id}, where: dstport = 1, severity: ${severity}, quiets: [${quiets}] }`;
    const text = ['rules:', severe('a', 'low', 'b, c'), severe('b', 'low', 'c'), severe('c', 'high', '')].join('\n');
    const { rules, diagnostics } = load(text);
    expect(rules).toHaveLength(3);
    expect(places(text)).toEqual(['2:61 W304 c', '3:58 W304 c']);
    expect(diagnostics[0]).toMatchObject({
      severity: 'warning',
      message: 'this rule is low, and quiets `c`, which is high',
      hint: 'it is held back only where low alerts are told: raise this rule’s severity, or leave it out'.replace(
        '’',
        "'",
      ),
    });
  });

  test('must not quiet each other, as none of them would speak', () => {
    const circle = ['rules:', rule('a', 'b'), rule('b', 'c'), rule('c', 'a')].join('\n');
    expect(places(circle)).toEqual(['4:43 E312 a']);
    expect(load(circle).rules.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(places(['rules:', rule('a', 'a')].join('\n'))).toEqual(['2:43 E312 a']);
  });
});

describe('a place in a rule file', () => {
  test.each<[string, string, string]>([
    ['plain', 'where: dstport = 1 and foo = 2', '3:28 E201 foo'],
    ['plain over two lines', 'where: dstport = 1\n      and foo = 2', '4:11 E201 foo'],
    ['single quotes', "where: 'interface_id = ''a'' and foo = 2'", '3:38 E201 foo'],
    ['double quotes', 'where: "interface_id = \\"a\\" and \\\n      foo = 2"', '4:7 E201 foo'],
    ['a literal block', 'where: |\n      dstport = 1\n        and foo = 2', '5:13 E201 foo'],
    ['a folded block', 'where: >-\n      dstport = 1\n\n      and foo = 2', '6:11 E201 foo'],
  ])('is found inside a text in %s', (_, where, expected) => {
    expect(places(`rules:\n  - id: a\n    ${where}`)).toEqual([expected]);
  });

  test('is told for broken YAML, once', () => {
    expect(places('rules:\n  - id: a\n   bad\n').map((place) => place.slice(0, 8))).toEqual(['3:1 E001']);
    expect(places('rules:\n  - id: a\n   where: dstport = 1\n    severity: hi')).toEqual(['3:1 E001  ']);
    expect(load('').diagnostics).toEqual([]);
    expect(places('- 1')).toEqual(['1:1 E004 - 1']);
  });
});

describe('what is no YAML', () => {
  const file = (line: string): string =>
    `rules:\n  - id: a\n    ${line}\n    severity: hi\n  - { id: b, where: foo = 2 }`;

  test.each<[string, string, string[]]>([
    ['a key twice', 'where: dsport = 1\n    where: 5', ['3:12 E201 dsport', '4:5 E001 where', '5:15 E007 hi', '6:21 E201 foo']],
    ['a text that holds a colon', 'title: SSH: guessing', ['2:5 E003 id: a', '3:12 E001 S', '4:15 E007 hi', '5:21 E201 foo']],
    ['a list without quotation marks', 'where: @private', ['3:12 E001 @', '4:15 E007 hi', '5:21 E201 foo']],
    ['a backslash', 'where: "dsport = \\d"', ['3:22 E001 \\', '4:15 E007 hi', '5:21 E201 foo']],
    ['a text that is half in quotation marks', "where: 'action' = REJECT", ['3:21 E001 = REJECT', '4:15 E007 hi', '5:21 E201 foo']],
    ['an exclamation mark', 'where: !(dsport = 1)', ['3:12 E001 !(dsport', '4:15 E007 hi', '5:21 E201 foo']],
  ])('%s hides nothing else', (_, line, expected) => {
    expect(places(file(line))).toEqual(expected);
  }); // prettier-ignore

  test('a second document does not either', () => {
    expect(places('rules:\n  - { id: b, where: foo = 2 }\n---\nrules: []')).toEqual(['2:21 E201 foo', '3:1 E001 ---']);
  });

  test('keeps all of its file from running, while its lists serve others', () => {
    const broken = `lists: { offices: [192.0.2.0/24] }
expect: [{ interfaces: any, inbound: any }]
rules: [{ id: a, id: b, where: dstport = 22 }, { id: c, where: dstport = 23 }]`;
    const other = 'rules: [{ id: d, where: srcaddr in @offices }]';
    const { rules, diagnostics } = loadRules([
      { name: 'broken.yaml', text: broken },
      { name: 'other.yaml', text: other },
    ]);
    expect(diagnostics).toMatchObject([{ code: 'E001', line: 3, column: 18, file: 'broken.yaml' }]);
    expect(rules.map(({ id }) => id)).toEqual(['d']);
  });

  test('an anchor that is not there is told', () => {
    expect(places('rules: [{ id: a, where: *web }]')).toEqual(['1:25 E004 *web']);
  });
});

describe('lists', () => {
  const rule = (list: string): string => `rules: [{ id: a, where: srcaddr in @${list} }]`;

  test('serve all files, whichever is read first, and come from the configuration too', () => {
    const files = [
      rule('bastions'),
      'lists: { bastions: [10.0.0.5, 10.0.1.0/24] }',
      rule('offices').replace('id: a', 'id: b'),
    ];
    const { rules, diagnostics } = loadRules(
      files.map((text, i) => ({ name: `${i}.yaml`, text })),
      { lists: { offices: ['192.0.2.0/24'] } },
    );
    expect(diagnostics).toEqual([]);
    expect(rules.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('@networks are the configured networks', () => {
    const where = 'rules: [{ id: a, where: srcaddr in @networks and srcaddr in 192.0.2.0/24 }]';
    expect(load(where).diagnostics.map(({ code }) => code)).toEqual(['E301']);
    expect(load(where, { networks: ['192.0.2.0/24'] }).diagnostics).toEqual([]);
  });

  test('are refused where an entry does not belong, a name is taken, or they nest', () => {
    expect(
      places('lists:\n  a: [10.0.0.1, 10.0.0.0/33, host]\n  private: [10.0.0.1]\n  "b c": [1]\n  d: ["@a"]'),
    ).toEqual(['2:17 E403 10.0.0.0/33', '2:30 E403 host', '3:3 E401 private', '4:3 E402 "b c"', '5:7 E403 "@a"']);
  });
});

test('an id may stand in one file only', () => {
  const text = 'rules: [{ id: a, where: dstport = 1 }]';
  const { rules, diagnostics } = loadRules([
    { name: 'a.yaml', text },
    { name: 'b.yaml', text },
  ]);
  expect(rules).toHaveLength(1);
  expect(diagnostics).toMatchObject([{ code: 'E006', file: 'b.yaml', line: 1, column: 15 }]);
});

describe('the state key', () => {
  const keyOf = (where: string, more = '', options?: LoadOptions): string => {
    return load(`rules: [{ id: a, where: '${where}', window: 5m, when: count() >= 5, ${more} }]`, options).rules[0]!
      .stateKey;
  };
  const key = keyOf('protocol = tcp and srcaddr in @private');

  test('stays for what means the same', () => {
    expect(keyOf('(protocol = 6)   AND srcaddr in @private', 'title: other, suppress: 2h, severity: low')).toBe(key);
    expect(key).toMatch(/^a-[0-9a-f]{16}$/);
  });

  test('changes with condition, group, and the lists named', () => {
    expect(keyOf('protocol = udp and srcaddr in @private')).not.toBe(key);
    expect(keyOf('protocol = tcp and srcaddr in @private', 'by: srcaddr')).not.toBe(key);
    const own = keyOf('srcaddr in @networks', '', { networks: ['10.0.0.0/8'] });
    expect(keyOf('srcaddr in @networks', '', { networks: ['10.0.0.0/9'] })).not.toBe(own);
  });
});
