import { describe, expect, test } from 'vitest';
import { parseWhen } from '../../shared/rules/when.ts';

/** What is wrong with a condition, as `CODE underlined text → hint`. */
function findings(text: string): string[] {
  return parseWhen(text).findings.map(({ code, span, hint }) => {
    return `${code} ${text.slice(span.start, span.end)} → ${hint ?? ''}`;
  });
}

describe('a condition', () => {
  test('on a measure is read', () => {
    const read = (text: string) => {
      const { when, findings } = parseWhen(text);
      expect(findings).toEqual([]);
      return when?.kind === 'threshold' ? when.threshold : when;
    };
    expect(read('SUM(bytes) > 5GB')).toEqual({
      measure: { kind: 'sum', field: 'bytes' },
      operator: '>',
      value: 5e9,
      text: 'sum(bytes) > 5GB',
    });
    expect(read('rate(bytes)>=10MB')).toMatchObject({ measure: { kind: 'rate', field: 'bytes' }, value: 1e7 });
    expect(read('rate() >= 0.5')).toMatchObject({ measure: { kind: 'rate', field: undefined }, value: 0.5 });
    expect(read('distinct(server-port) >= 50')).toMatchObject({ text: 'distinct(server_port) >= 50' });
  });

  test('on absence is read, in the shortest form of its time', () => {
    const condition = { kind: 'absence', seconds: 7200, text: 'no records for 2h' };
    expect(parseWhen('No Records for 120m')).toEqual({ when: condition, findings: [] });
  });

  test('on first seen is read', () => {
    const condition = { kind: 'new', field: 'server_port', over: 1_209_600, text: 'new server_port over 14d' };
    expect(parseWhen('new server-port over 14d')).toEqual({ when: condition, findings: [] });
  });

  test.each(['×', 'x', '*', 'X'])('on what is usual takes %s, with spaces or without', (sign) => {
    const condition = {
      kind: 'baseline',
      measure: { kind: 'sum', field: 'bytes' },
      factor: 2.5,
      over: 1_209_600,
      atLeast: 0,
      text: 'sum(bytes) > 2.5 × usual over 14d',
    };
    for (const factor of [`2.5 ${sign} usual`, `2.5${sign} usual`, `2.5 ${sign}usual`, `2.5${sign}usual`]) {
      expect(parseWhen(`sum(bytes) > ${factor} over 14d`)).toEqual({ when: condition, findings: [] });
    }
  });

  test('on what is usual may have a floor', () => {
    const { when } = parseWhen('sum(bytes) > 4 x usual over 336h and at least 1GB');
    expect(when).toMatchObject({ atLeast: 1e9, text: 'sum(bytes) > 4 × usual over 14d and at least 1GB' });
  });
});

describe('what is nearly a condition gets a place and a hint', () => {
  test.each<[string, string]>([
    ['count()', 'E303 ) → write `count() >= 10`'],
    ['cuont() > 1', 'E303 cuont → did you mean `count`?'],
    ['count(dstport) > 1', 'E303 dstport → write `count()`, or `distinct(dstport)` for different values'],
    ['rate(dstaddr) > 1', 'E303 dstaddr → rates are of `packets` or `bytes`'],
    ['rate(bytes) > 10MB/s', "E303 10MB/s → a rate is a second's already: write `10MB`"],
    ['count() < 3', 'E304 < → only `>` and `>=` can be decided at once; for a silence write `no records for 45m`'],
    ['rate() >= 0', 'E305 rate() >= 0 → write `rate() >= 1`, or leave out `window` and `when`'],
    ['count() > 5 by srcaddr', 'E303 by → write `by:` beside `when:`'],
    ['count() > 5 and dstport = 1', 'E303 and → a rule has one condition: what concerns a record goes to `where`'],
    ['no', 'E303 o → write `no records for 45m`'],
    ['no traffic for 45m', 'E303 traffic → write `no records for 45m`'],
    ['no records', 'E303 s → write `no records for 45m`'],
    ['no records in 45m', 'E303 in → write `no records for 45m`'],
    ['no records for 45', 'E303 45 → write `45m`, `12h` or `14d`'],
    ['no records for', 'E303 r → write `no records for 45m`'],
    ['no records for 90s', 'E310 90s → an absence is 1m to 30d, in whole minutes'],
    ['no records for 31d', 'E310 31d → an absence is 1m to 30d, in whole minutes'],
    ['new', 'E303 w → write `new server_port over 14d`'],
    ['new dstport', 'E303 t → write `new dstport over 14d`'],
    ['new dstport for 14d', 'E303 for → write `new dstport over 14d`'],
    ['new over 14d', 'E303 over → write `new server_port over 14d`'],
    ['new (dstport) over 14d', 'E303 ( → write `new server_port over 14d`'],
    ['new dsport over 14d', 'E201 dsport → did you mean `dstport`?'],
    ['new dstport over 91d', 'E310 91d → what lies behind is 1h to 90d, in whole minutes'],
    ['new dstport over 30m', 'E310 30m → what lies behind is 1h to 90d, in whole minutes'],
    ['sum(bytes) > usual', 'E303 usual → write `sum(bytes) > 4 × usual over 14d`'],
    ['sum(bytes) > 4 times usual', 'E303 times → write `sum(bytes) > 4 × usual over 14d`'],
    ['sum(bytes) > 4 usual over 1d', 'E303 usual → write `sum(bytes) > 4 × usual over 14d`'],
    ['sum(bytes) > 4 × average', 'E303 average → write `sum(bytes) > 4 × usual over 14d`'],
    ['sum(bytes) > 4 × usual', 'E303 l → write `sum(bytes) > 4 × usual over 14d`'],
    ['sum(bytes) >= 4 × usual over 14d', 'E303 >= → write `sum(bytes) > 4 × usual over 14d`'],
    ['sum(bytes) > 1 × usual over 14d', 'E305 1 → the factor is above 1, such as `4 × usual`'],
    ['sum(bytes) > 4 × usual over 14d and 1GB', 'E303 1GB → write `sum(bytes) > 4 × usual over 14d and at least 1000`'],
    [
      'sum(bytes) > 4 × usual over 14d and at least much',
      'E303 much → write a whole number, with or without a unit (k, M, G, T, kB, MB, GB, TB, KiB, MiB, GiB or TiB)',
    ],
  ])('%s', (text, expected) => {
    expect(findings(text)).toEqual([expected]);
  });
});
