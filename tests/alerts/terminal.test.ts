import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Alert } from '../../shared/alerts/alert.ts';
import { sortForReading } from '../../shared/alerts/order.ts';
import { formatAlerts, wrap } from '../../shared/alerts/terminal.ts';
import { alertNumber } from './sample.ts';

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

const alerts = [skipped, scan, open];

test('reads as the golden file does', async () => {
  const text = formatAlerts(alerts, { width: 80, timeZone: 'Asia/Tokyo' });
  await expect(text).toMatchFileSnapshot('terminal.golden.txt');
});

test('fits any width, whatever the script, and loses nothing of a narrow one', () => {
  for (const width of [40, 60, 80, 200]) {
    for (const line of formatAlerts(alerts, { width }).split('\n'))
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
  }
  const letters = (text: string): string => text.replaceAll(/\s/g, '');
  expect(letters(formatAlerts([open], { width: 40 }))).toContain(letters(open.runbook!));
});

test('colours are somebody else’s: every tone is asked for, the text stays', () => {
  const tones = new Set<string>();
  const paint = (tone: string, text: string): string => (tones.add(tone), text);
  expect(formatAlerts(alerts, { width: 80, paint })).toBe(formatAlerts(alerts, { width: 80 }));
  expect([...tones].sort()).toEqual(['critical', 'info', 'label', 'medium', 'title']);
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
  expect(formatAlerts([{ ...scan, summary, samples }], { width: 80 })).not.toMatch(/[^\P{Cc}\n]/u);
});
