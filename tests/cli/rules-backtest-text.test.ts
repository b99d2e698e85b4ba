/** A backtest as it is read on a terminal of 80 columns. */
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { formatBacktest } from '../../cli/rules/backtest-text.ts';
import type { Backtest, BacktestAlert } from '../../shared/query/backtest.ts';
import { suggestThresholds } from '../../shared/query/tuning.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { ruleOf, windowOf } from '../support/rules.ts';

const DAY = 86_400;
const START = Date.parse('2026-11-03T00:00:00Z') / 1000;

const scan = ruleOf({
  id: 'port-scan',
  title: 'port scan',
  by: ['interface_id', 'srcaddr'],
  condition: windowOf(3600, 'distinct(dstport) >= 50'),
});

function alert(srcaddr: string, time: number, value: number): BacktestAlert {
  const group = ['eni-0123456789abcdef0', srcaddr];
  return { id: '', group, time, period: time, value, usual: undefined, records: 9, firstSeen: time, lastSeen: time };
}

const ALERTS = [
  alert('203.0.113.7', START + 100, 80),
  alert('203.0.113.7', START + 4000, 60),
  alert('203.0.113.7', START + 2 * DAY, 55),
  alert('198.51.100.9', START + 2 * DAY, 120),
];

function backtestOf(rule: Rule, parts: Partial<Backtest> = {}): Backtest {
  const peaks = [2, 31, ...ALERTS.map(({ value }) => value)].map((value) => ({ value, count: 1 }));
  const { condition } = rule;
  return {
    rule,
    span: { from: START + 100, to: START + 2 * DAY + 60 },
    records: 348,
    alerts: ALERTS,
    incidents: 3,
    days: [2, 0, 2].map((alerts, at) => ({ day: `2026-11-0${3 + at}`, alerts })),
    groups: [
      { group: ['eni-0123456789abcdef0', '203.0.113.7'], alerts: 3, value: 80 },
      { group: ['eni-0123456789abcdef0', '198.51.100.9'], alerts: 1, value: 120 },
    ],
    tuning: condition.kind === 'window' ? suggestThresholds(peaks, condition.when, 3) : undefined,
    overlaps: [],
    ...parts,
  };
}

const text = (backtest: Backtest): string => formatBacktest(backtest, { width: 80, paint: (_, each) => each });

test('alerts by day, by group and by threshold, and what to make of it', () => {
  const shown = text(backtestOf(scan));
  expect(shown).toBe(` MEDIUM  port-scan  port scan

4 alerts, which are 3 incidents: 1.3 a day, of 348 records from 2026-11-03 00:01
to 2026-11-05 00:01 UTC

  2026-11-03  ██████████████████████████████████████████████████ 2
  2026-11-04  ·
  2026-11-05  ██████████████████████████████████████████████████ 2

┌───────────────────────┬──────────────┬────────┬───────────────────────────┐
│ interface_id          │ srcaddr      │ alerts │ largest distinct(dstport) │
├───────────────────────┼──────────────┼────────┼───────────────────────────┤
│ eni-0123456789abcdef0 │ 203.0.113.7  │      3 │                        80 │
│ eni-0123456789abcdef0 │ 198.51.100.9 │      1 │                       120 │
└───────────────────────┴──────────────┴────────┴───────────────────────────┘
first at 2026-11-03 00:01, last at 2026-11-05 00:00 UTC

thresholds
distinct(dstport) of 6 groups with matches: half ≤ 55, 90 % ≤ 120, 99 % ≤ 120,
largest 120
┌──────────────────────────┬────────┬───────┬─────┐
│ when                     │ alerts │ a day │     │
├──────────────────────────┼────────┼───────┼─────┤
│ distinct(dstport) >= 2   │      6 │     2 │     │
│ distinct(dstport) >= 30  │      5 │   1.7 │     │
│ distinct(dstport) >= 40  │      4 │   1.3 │     │
│ distinct(dstport) >= 50  │      4 │   1.3 │ now │
│ distinct(dstport) >= 60  │      3 │     1 │     │
│ distinct(dstport) >= 80  │      2 │   0.7 │     │
│ distinct(dstport) >= 100 │      1 │   0.3 │     │
│ distinct(dstport) >= 150 │      0 │     0 │     │
└──────────────────────────┴────────┴───────┴─────┘
What alerted came to 55 or more, what did not to 31 at most: at 40 the alerts
would be the same, with room on both sides.
60 is the lowest round threshold with at most one alert a day.

to know
3 of the 4 alerts are about srcaddr 203.0.113.7: if it is known for that,
\`except: srcaddr = 203.0.113.7\` leaves 1.
`);
  expect(Math.max(...shown.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
});

test('thresholds of bytes are written as in a rule', () => {
  const rule = { ...scan, condition: windowOf(3600, 'sum(bytes) >= 5000000000') };
  const peaks = [1e6, 27_600_000, 12e9].map((value) => ({ value, count: 1 }));
  const { condition } = rule;
  const shown = text(backtestOf(rule, { tuning: suggestThresholds(peaks, condition.when, 3) }));
  expect(shown).toContain('half ≤ 27.6 MB');
  expect(shown).toMatch(/│ sum\(bytes\) >= 5GB +│ +1 │ +0\.3 │ now │/);
  expect(shown).toContain('at 600MB the');
});

test('many days are shown by weeks', () => {
  const days = Array.from({ length: 70 }, (_, at) => {
    return { day: new Date((START + at * DAY) * 1000).toISOString().slice(0, 10), alerts: at < 4 ? 1 : 0 };
  });
  const bars = text(backtestOf(scan, { days })).match(/^ {2}week of .*$/gm);
  expect(bars).toHaveLength(10);
  expect(bars?.slice(0, 2)).toEqual([
    expect.stringMatching(/^ {2}week of 2026-11-03 {2}█+ 4$/),
    '  week of 2026-11-10  ·',
  ]);
});

test('other rules about the same are named, with what they hold back', () => {
  const rule = { ...scan, quiets: ['internal-reject', 'slow-port-scan'] };
  const shown = text(
    backtestOf(rule, {
      overlaps: [
        { rule: 'internal-reject', alerts: 2, fields: ['interface_id', 'srcaddr'], relation: 'quiets' },
        { rule: 'flood', alerts: 1, fields: ['srcaddr'], relation: undefined },
      ],
    }),
  ).replaceAll(/\s+/g, ' ');
  expect(shown).toContain(
    '`internal-reject` alerted about 2 of the 4 as well (same interface_id and srcaddr, same time), and is held back by this one.',
  );
  expect(shown).toContain('`flood` alerted about 1 of the 4 as well (same srcaddr, same time).');
  expect(shown).toContain('It holds back alerts of `slow-port-scan` about the same; the lake has none.');
});

test('nothing to look at, and nothing found', () => {
  expect(text(backtestOf(scan, { span: undefined, records: 0, alerts: [], days: [], tuning: undefined }))).toBe(
    ' MEDIUM  port-scan  port scan\nThere is no record in the lake for that time.\n',
  );
  const quiet = text(backtestOf({ ...scan, condition: { kind: 'match' } }, { alerts: [], incidents: 0, groups: [] }));
  expect(quiet).toBe(
    ' MEDIUM  port-scan  port scan\n\n0 alerts, of 348 records from 2026-11-03 00:01 to 2026-11-05 00:01 UTC\n',
  );
});
