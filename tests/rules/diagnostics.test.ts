import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkExpression } from '../../shared/rules/check.ts';
import { formatDiagnostic, placeFinding, type Diagnostic } from '../../shared/rules/diagnostics.ts';
import { builtInLists } from '../../shared/rules/lists.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { expression } from './arbitraries.ts';

const lists = builtInLists();

/** Every finding of an expression as `CODE underlined text: message (hint)`. */
function findings(text: string): string[] {
  return checkExpression(text, lists).findings.map(({ code, span, message, hint }) => {
    return `${code} ${text.slice(span.start, span.end)}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
}

describe('an expression that is wrong', () => {
  test.each<[string, string[]]>([
    ['', ['E103 : the expression is empty (write a test such as `action = REJECT`)']],
    ['action == REJECT', ['E102 ==: `==` is not an operator here (write `=`)']],
    [
      'dstport <> 22 && srcport = 1',
      ['E102 <>: `<>` is not an operator here (write `!=`)', 'E102 &&: `&&` is not an operator here (write `and`)'],
    ],
    ['dstport = 22 || srcport = 1', ['E102 ||: `||` is not an operator here (write `or`)']],
    [
      'dstport # 22',
      [
        'E101 #: `#` is not part of the language',
        'E103 22: an operator is missing between `dstport` and `22` (write `dstport = …` or `dstport in …`)',
      ],
    ],
    ['dstport =', ['E103 =: a value is missing after `dstport =`']],
    ['dstport = 22 srcport = 1', ['E103 srcport: `and` or `or` is missing before `srcport`']],
    ['(dstport = 22', ['E104 (: this parenthesis is never closed']],
    ['dstport = 22)', ['E104 ): this parenthesis closes nothing']],
    [
      'dstport = "22',
      [
        'E104 ": the quotation mark `"` is never closed',
        'E203 "22: `dstport` is a port, not a text (write `22` without quotation marks)',
      ],
    ],
    ['dstport in ()', ['E105 (): the set is empty (name at least one value)']],
    ['dstport in (22 23)', ['E103 23: a comma is missing before `23` (separate the values of a set with commas)']],
    ['dstport in 1024 - 2000', ['E103 -: `-` stands alone (write a range without spaces: `1024-65535`)']],
    ['dsport = 22', ['E201 dsport: unknown field `dsport` (did you mean `dstport`?)']],
    ['22 < dstport', ['E201 22: `22` is not a field: the field comes first (write `dstport > 22`)']],
    ['srcaddr in @privat', ['E202 @privat: there is no list `@privat` (did you mean `@private`?)']],
    ['srcaddr = 443', ['E203 443: `srcaddr` is an address, but `443` is a number (did you mean `srcport`?)']],
    [
      'dstport in 10.0.0.0/8',
      ['E203 10.0.0.0/8: `dstport` is a port, but `10.0.0.0/8` is an address (did you mean `dstaddr`?)'],
    ],
    ['dstport = ssh', ['E203 ssh: `dstport` is a port, but `ssh` is not a number (write `22`)']],
    ['protocol = tpc', ['E203 tpc: unknown protocol `tpc` (did you mean `tcp`?)']],
    ['bytes > 5m', ['E203 5m: `5m` is not a number (units are k, M, G, T, kB, MB, GB, TB, KiB, MiB, GiB or TiB)']],
    ['dstport = 1k', ['E203 1k: `dstport` takes no unit (write `1000`)']],
    ['dstport = 70000', ['E204 70000: `70000` is out of range: `dstport` is at most 65535']],
    ['action = DENY', ['E204 DENY: `action` is never `DENY` (it is one of `ACCEPT`, `REJECT`)']],
    ['srcaddr in 10.0.0.0/33', ['E204 10.0.0.0/33: the prefix of `10.0.0.0/33` is too long: at most 32 bits for IPv4']],
    ['dstport in 90-80', ['E205 90-80: the range `90-80` starts above its end (write `80-90`)']],
    [
      'srcaddr in 2001:db8::1/32',
      [
        'E206 2001:db8::1/32: `2001:db8::1/32` has bits set beyond its prefix (write `2001:db8::/32` for the network, or the address without its prefix)',
      ],
    ],
    [
      'dstport = 1024-65535',
      ['E207 1024-65535: `=` compares with one value, but `1024-65535` is a range (write `dstport in 1024-65535`)'],
    ],
    [
      'srcaddr != @private',
      ['E207 @private: `!=` compares with one value, but `@private` is a list (write `srcaddr not in @private`)'],
    ],
    ['dstport = (22, 23)', ['E207 (22, 23): `=` compares with one value, not with a set (write `dstport in (…)`)']],
    [
      'srcaddr < 10.0.0.1',
      ['E208 srcaddr < 10.0.0.1: `srcaddr` is an address: `<` is for numbers (write `srcaddr in 10.0.0.1-10.0.0.9`)'],
    ],
    [
      'srcport = dstport',
      ["E209 dstport: `srcport` can't be compared with another field (`dstport`), only with values"],
    ],
    ['bytes < 0', ['E210 bytes < 0: `bytes < 0` can never be true (`bytes` is never negative)']],
    ['dstport > 65535', ['E210 dstport > 65535: `dstport > 65535` can never be true (`dstport` is at most 65535)']],
    [
      'dstport = -',
      [
        'E211 -: nothing compares with `-` (write `not has(dstport)`; a field without value matches no test, nor its negation)',
      ],
    ],
    [
      'dstport in @private',
      [
        "E212 @private: `@private` can't be used with `dstport`: `dstport` is a port, but `10.0.0.0/8` is an address (did you mean `dstaddr`?)",
      ],
    ],
  ])('%s', (text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test('is told everything at once', () => {
    expect(
      findings('acton = REJECT and (dstport in 9-1 or srcaddr = 5) and protocol = foo').map((line) => line.slice(0, 4)),
    ).toEqual(['E201', 'E205', 'E203', 'E203']);
  });

  test('shows the line with the place underlined, whatever stands before it', () => {
    const text = 'rules:\n\t# 関所\n  x: "関" = dsport';
    const start = text.indexOf('dsport');
    const found = placeFinding(
      {
        code: 'E201',
        severity: 'error',
        message: 'unknown field `dsport`',
        span: { start, end: start + 6 },
        hint: 'did you mean `dstport`?',
      },
      { name: 'a.yaml', text },
    );
    expect(formatDiagnostic(found, text)).toBe(
      [
        'a.yaml:3:12: error E201: unknown field `dsport`',
        '  |',
        '3 |   x: "関" = dsport',
        '  |             ^^^^^^',
        '  = hint: did you mean `dstport`?',
      ].join('\n'),
    );
  });
});

describe('a diagnostic', () => {
  const isInside = (diagnostic: Diagnostic, text: string): boolean => {
    const line = text.split('\n')[diagnostic.line - 1];
    const { column, endColumn } = diagnostic;
    return line !== undefined && column >= 1 && endColumn >= column && endColumn <= line.length + 1;
  };
  const garbage = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.oneof(fc.constantFrom('and', 'or', 'not', 'in', '(', ')', ',', '=', '==', '@', '@private', '-', '"', "'", 'dstport', 'srcaddr', '22', '9-1', '10.0.0.5/8', '\n'), fc.string({ maxLength: 3 })), { maxLength: 20 }).map((words) => words.join(' ')),
    expression.chain((text) => fc.nat(text.length).map((cut) => text.slice(0, cut) + text.slice(cut + 2))),
  ); // prettier-ignore

  test('of an expression lies inside its text, for any text', () => {
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { span } of checkExpression(text, lists).findings) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of a whole file that starts with an empty line is on its first line', () => {
    expect(loadRules([{ name: 'a.yaml', text: '\n !' }]).diagnostics).toMatchObject([{ line: 1, column: 1 }]);
  });

  test('of a rule file lies inside the file, for any file', () => {
    const scalar = fc.oneof(
      garbage.map((text) => JSON.stringify(text)),
      garbage.map((text) => `'${text.replaceAll("'", "''")}'`),
      garbage.map((text) => `|\n      ${text.replaceAll('\n', '\n      ')}`),
      garbage.map((text) => `>-\n      ${text.replaceAll('\n', '\n\n      ')}`),
      garbage,
    );
    const file = fc
      .record({ id: scalar, where: scalar, when: scalar, by: garbage, tests: garbage })
      .map(({ id, where, when, by, tests }) => {
        return `rules:\n  - id: ${id}\n    where: ${where}\n    when: ${when}\n    window: 5m\n    by: [${by}]\n    tests: [${tests}]\n`;
      });
    fc.assert(
      fc.property(fc.oneof(file, garbage), (text) => {
        const outside = loadRules([{ name: 'a.yaml', text }]).diagnostics.filter((each) => !isInside(each, text));
        expect(outside).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
