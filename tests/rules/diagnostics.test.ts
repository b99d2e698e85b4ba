import { describe, expect, test } from 'vitest';
import { checkExpression } from '../../shared/rules/check.ts';
import { formatDiagnostic, placeFinding } from '../../shared/rules/diagnostics.ts';
import { builtInLists } from '../../shared/rules/lists.ts';

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
        'E103 22: an operator is missing between `dstport` and `22` (write `dstport = 22`)',
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
    ['bytes > 5m', ['E203 5m: `5m` is not a number (write `5M`: `m` is for minutes)']],
    ['dstport = 1k', ['E203 1k: `dstport` takes no unit (write `1000`)']],
    ['dstport = 70000', ['E204 70000: `70000` is out of range: `dstport` is at most 65535']],
    ['action = DENY', ['E204 DENY: `action` is never `DENY` (did you mean `REJECT`?)']],
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
    // like
    [
      'interface_id = eni-*',
      [
        'E213 eni-*: `*` stands for any characters only after `like` (write `interface_id like eni-*`; if the value holds a star, put it in quotation marks)',
      ],
    ],
    [
      'srcaddr like 10.1.*',
      ['E213 srcaddr like 10.1.*: `srcaddr` is an address: `like` is for texts (write `srcaddr in 10.1.0.0/16`)'],
    ],
    ['srcaddr = 10.*', ['E203 10.*: `srcaddr` is an address, but `10.*` is not one (write a network, `10.0.0.0/8`)']],
    [
      'dstport like 80*',
      ['E213 dstport like 80*: `dstport` is a port: `like` is for texts (write `dstport in 1024-65535`)'],
    ],
    ['action like r*', ['E210 r*: `action` is never like `r*` (it is one of `ACCEPT`, `REJECT`)']],
    [
      'vpc_id like vpc-0 *',
      [
        'W101 vpc-0: the pattern `vpc-0` has no `*`, so that only this text fits it (write `vpc-0*`, or `vpc_id = vpc-0`)',
        'E103 *: `*` stands alone (write a pattern without spaces, or in quotation marks)',
      ],
    ],
    [
      'vpc_id like',
      [
        "E103 e: a value or a set is missing after `vpc_id like` (write a pattern such as `eni-0a*`, or several as `('web-*', 'app-*')`)",
      ],
    ],
    ['like x*', ['E103 like: a field is missing before `like`']],
    [
      'vpc_id contains 0a',
      ["E103 contains: an operator is missing between `vpc_id` and `contains` (write `vpc_id like '*0a*'`)"],
    ],
    [
      'vpc_id like subnet_id',
      [
        "E209 subnet_id: `vpc_id` can't be compared with another field (`subnet_id`), only with values (if the text `subnet_id` is meant, put it in quotation marks)",
      ],
    ],
    // has
    ['has tcp_flags', ['E103 has: a field in parentheses is missing after `has` (write `has(tcp_flags)`)']],
    ['has()', ['E103 has(): `has` takes one field (write `has(dstport)`)']],
    [
      'has(srcaddr, dstaddr)',
      ['E103 has(srcaddr, dstaddr): `has` takes one field (write `has(srcaddr) and has(dstaddr)`)'],
    ],
    [
      'has(tcp_flags SYN)',
      ['E103 has(tcp_flags SYN): `has` takes one field (write `tcp_flags has SYN` to test flags)'],
    ],
    ["has('dstport')", ["E103 has('dstport'): `has` takes a field (write `has(dstport)`)"]],
    ['has(dsport)', ['E201 dsport: unknown field `dsport` (did you mean `dstport`?)']],
    ['has(dstport', ['E104 (: this parenthesis is never closed']],
    ['dstport is null', ['E106 is: `is` is not part of the language (write `not has(dstport)`)']],
    ['dstport is not null', ['E106 is: `is` is not part of the language (write `has(dstport)`)']],
    ['dstport is 22', ['E106 is: `is` is not part of the language (write `dstport = 22`)']],
    ['isnull(dstport)', ['E103 isnull: `isnull` is not a function here (write `not has(dstport)`)']],
    [
      'dstport != null',
      [
        'E211 null: nothing compares with `null` (write `has(dstport)`; a field without value matches no test, nor its negation)',
      ],
    ],
    // flags
    ['tcp_flags = SYN', ['E203 SYN: `tcp_flags` is a number, but `SYN` names flags (write `tcp_flags has SYN`)']],
    ['tcp_flags has 18', ['E214 18: `18` is not a TCP flag (write `tcp_flags has SYN+ACK`)']],
    ['tcp_flags has SYM', ['E214 SYM: `SYM` is not a TCP flag (did you mean `SYN`?)']],
    [
      'tcp_flags has SYN+',
      [
        'E214 SYN+: a flag is missing in `SYN+` (flags are `FIN`, `SYN`, `RST`, `PSH`, `ACK`, `URG`, `ECE`, `CWR`, `NS`; both of two are `SYN+ACK`)',
      ],
    ],
    ['tcp_flags has SYN + ACK', ['E103 +: `+` stands alone (write flags without spaces: `SYN+ACK`)']],
    [
      'tcp_flags has SYN and ACK',
      ['E103 ACK: a field is missing before `ACK` (write `tcp_flags has ACK`, and several flags as `SYN+ACK`)'],
    ],
    [
      'tcp_flags has @private',
      ['E214 @private: `@private` is a list: flags are named one by one (write `SYN+ACK` or `(SYN, FIN)`)'],
    ],
    [
      'dstport has 22',
      [
        'E213 dstport has 22: `dstport` is a port: `has` is for the flags in `tcp_flags` (write `dstport = 22`, or `has(dstport)` where any value will do)',
      ],
    ],
  ])('%s', (text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test('that is nested too deeply is told so once, and the rest of it is looked at', () => {
    const nested = (open: string, close: string): string[] =>
      findings(`${open.repeat(70)}dstport = 22${close.repeat(70)} and dsport = 1`).map((line) => line.slice(0, 11));
    expect(nested('(', ')')).toEqual(['E107 (: the', 'E201 dsport']);
    expect(nested('(', '')).toEqual(['E107 (: the']);
    expect(nested('not ', '')).toEqual(['E107 not: t', 'E201 dsport']);
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

describe('an expression that says too much', () => {
  test.each<[string, string[]]>([
    ['dstport in (22, 20-25)', ['W102 22: `22` adds nothing: it is within `20-25` already (leave it out)']],
    ['protocol in (tcp, 6)', ['W102 6: `6` adds nothing: it is within `tcp` already (leave it out)']],
    ['srcaddr in (10.0.0.0/8, 10.1.0.0/16)', ['W102 10.1.0.0/16: `10.1.0.0/16` adds nothing: it is within `10.0.0.0/8` already (leave it out)']],
    ['vpc_id like (vpc-*, vpc-0*)', ['W102 vpc-0*: `vpc-0*` adds nothing: it is within `vpc-*` already (leave it out)']],
    ['tcp_flags has (SYN+ACK, SYN)', ['W102 SYN+ACK: `SYN+ACK` adds nothing: it is within `SYN` already (leave it out)']],
    ['dstport = 22 or dstport in (22, 23)', ['W102 dstport = 22: this adds nothing: whatever meets this meets `dstport in (22, 23)` (leave it out)']],
    ['vpc_id like v* and vpc_id = vpc-1', ['W102 vpc_id like v*: this adds nothing: whatever meets `vpc_id = vpc-1` meets this (leave it out)']],
    ['has(dstport) and dstport = 22', []],
    ['dstport >= 0', ['W103 dstport >= 0: every value of `dstport` meets this (write `has(dstport)`)']],
    ['vpc_id like *', ['W103 vpc_id like *: every value of `vpc_id` meets this (write `has(vpc_id)`)']],
    ['action not in (ACCEPT, REJECT)', ['W103 action not in (ACCEPT, REJECT): no value of `action` meets this (leave it out)']],
    ['vpc_id like vpc-1', ['W101 vpc-1: the pattern `vpc-1` has no `*`, so that only this text fits it (write `vpc-1*`, or `vpc_id = vpc-1`)']],
    ["vpc_id like 'vpc-%'", ["W101 'vpc-%': the pattern `vpc-%` has no `*`, so that only this text fits it (the wildcard is `*`: write `'vpc-*'`)"]],
    ["vpc_id = 'vpc-*'", ["W101 'vpc-*': `*` stands for itself after `=` (write `vpc_id like 'vpc-*'` if it stands for any characters)"]],
  ])('%s', (text, expected) => {
    expect(findings(text)).toEqual(expected);
    // a warning leaves the expression as it is
    expect(checkExpression(text, lists).expression).toBeDefined();
  });
}); // prettier-ignore
