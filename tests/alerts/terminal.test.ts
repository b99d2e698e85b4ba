import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { incidentsOf } from '../../shared/alerts/incidents.ts';
import { sortForReading } from '../../shared/alerts/order.ts';
import { formatIncidents } from '../../shared/alerts/terminal.ts';
import { wrap } from '../../shared/alerts/wrap.ts';
import { alertNumber, alertWith } from './sample.ts';

const scan = alertNumber(1);

const open: Alert = {
  ...alertNumber(2),
  rule: {
    id: 'admin-port-open',
    title: '管理用ポートがインターネットに開いている',
    severity: 'critical',
    tags: [],
    quiets: [],
  },
  summary:
    '管理用ポートがインターネットに開いている: 1 record on eni-1 at port 22, the first [2001:db8::7]:51514 → [2001:db8::5]:22 tcp ACCEPT',
  group: { interface_id: 'eni-1', server_port: 22 },
  first_seen: '2026-11-03T23:59:50Z',
  last_seen: '2026-11-04T00:00:20Z',
  measure: { 'count()': 1 },
  threshold: null,
  records: 1,
  packets: 1,
  bytes: 1_250_000,
  interfaces: ['eni-1', 'eni-2', 'eni-3', 'eni-4', 'eni-5'],
  vpc_id: null,
  samples: [
    { srcaddr: '2001:db8::7', dstaddr: '2001:db8::5', srcport: 51_514, dstport: 22, protocol: 6, action: 'ACCEPT' },
  ],
  runbook: 'セキュリティグループでポートを閉じ、ログイン履歴を確認する。必要なら踏み台を経由する構成に改める。',
};

const skipped: Alert = {
  ...alertNumber(3),
  rule: { id: 'skipped-records', title: 'Records were skipped', severity: 'info', tags: [], quiets: [] },
  summary: 'Records were skipped: 1 record on eni-1',
  group: { interface_id: 'eni-1' },
  first_seen: '2026-11-03T04:00:00Z',
  last_seen: '2026-11-03T04:00:00Z',
  measure: { 'count()': 1 },
  threshold: null,
  records: 1,
  packets: 0,
  bytes: 0,
  interfaces: [],
  account_id: null,
  region: null,
  vpc_id: null,
  samples: [{ log_status: 'SKIPDATA', interface_id: 'eni-1', srcaddr: null, dstaddr: null }],
  runbook: null,
};

/** A source that several rules see, over several periods, with a general alert held back. */
const GUESSER = '198.51.100.77';
const guesses = [4, 5, 6].map((hour) =>
  alertWith(10 + hour, {
    hour,
    rule: { id: 'ssh-brute-force', title: 'SSH password guessing', severity: 'high', quiets: ['refused'] },
    summary: `SSH password guessing: ${GUESSER} had ${hour}0 records within 10m on eni-1`,
    group: { srcaddr: GUESSER, interface_id: 'eni-1' },
    measure: { 'count()': hour * 10 },
    threshold: 'count() >= 10',
    samples: [
      { srcaddr: GUESSER, dstaddr: '10.0.0.5', srcport: 40_000 + hour, dstport: 22, protocol: 6, action: 'ACCEPT' },
    ],
    interfaces: ['eni-1'],
    continues: hour === 4 ? 'ffffffffffffffffffffffffffffffff' : null,
    runbook: 'block the address, then look for logins that worked',
  }),
);
const guesser = [
  ...guesses,
  ...['eni-1', 'eni-2'].map((name, number) =>
    alertWith(20 + number, {
      hour: 5,
      rule: { id: 'port-scan', title: 'Port scan' },
      summary: `Port scan: ${GUESSER} tried 120 ports within 10m on ${name}`,
      group: { srcaddr: GUESSER, interface_id: name },
      interfaces: [name],
    }),
  ),
  alertWith(30, { rule: { id: 'refused' }, group: { srcaddr: GUESSER }, interfaces: ['eni-1'] }),
];

const incidents = incidentsOf([skipped, scan, open, ...guesser]).incidents;
const show = (alerts: readonly Alert[], width = 80): string =>
  formatIncidents(incidentsOf(alerts).incidents, { width });

test('reads as the golden file does', async () => {
  const text = formatIncidents(incidents, { width: 80, timeZone: 'Asia/Tokyo' });
  await expect(text).toMatchFileSnapshot('terminal.golden.txt');
});

test('fits any width, whatever the script, and loses nothing of a narrow one', () => {
  for (const width of [40, 60, 80, 200]) {
    for (const line of formatIncidents(incidents, { width }).split('\n'))
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
  }
  const letters = (text: string): string => text.replaceAll(/\s/g, '');
  expect(letters(show([open], 40))).toContain(letters(open.runbook!));
});

test('many rules are named up to the fourth, the rest are counted', () => {
  const text = show(
    Array.from({ length: 6 }, (_, number) =>
      alertWith(number, { rule: { id: `r${number}`, title: `Rule ${number}` } }),
    ),
  );
  expect(text).toContain('203.0.113.9 · Rule 0, Rule 1, Rule 2, Rule 3 and 2 more\n');
  expect(text).toContain('and 2 more rules\n');
});

test('colours are somebody else’s: every tone is asked for, the text stays', () => {
  const tones = new Set<string>();
  const paint = (tone: string, text: string): string => (tones.add(tone), text);
  expect(formatIncidents(incidents, { width: 80, paint })).toBe(formatIncidents(incidents, { width: 80 }));
  expect([...tones].sort()).toEqual(['critical', 'high', 'info', 'label', 'medium', 'title']);
});

test('the worst comes first, then the earliest, then by id', () => {
  const early = { ...scan, id: 'b', first_seen: '2026-11-03T03:00:00Z' };
  const order = [skipped, { ...scan, id: 'z' }, { ...scan, id: 'a' }, early, open];
  expect(sortForReading(order).map(({ id }) => id)).toEqual([open.id, 'b', 'a', 'z', skipped.id]);
});

test('wrapping keeps every word, in order, within the width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 8, max: 30 }), (text, width) => {
      const lines = wrap(text, width);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, '').replaceAll(/\p{Cc}/gu, '\uFFFD'));
    }),
  );
});

test('control characters of a record do not reach the terminal', () => {
  const summary = 'Port scan: \u001B[2J\u009Bgone\u0007';
  const samples = [{ srcaddr: null, log_status: 'OK', interface_id: 'eni-\u001B]0;x\u0007' }];
  expect(show([{ ...scan, summary, samples }])).not.toMatch(/[^\P{Cc}\n]/u);
});
