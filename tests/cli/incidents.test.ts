/** What a person is shown of many alerts: incidents, so many of them, and how many more there are. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AS_OF, EVENTS, jsonLines, jsonOf, sekisho } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const RULES = `rules:
  - id: guessing
    title: password guessing
    severity: high
    where: action = ACCEPT and dstport = 22 and srcaddr = 198.51.100.77
    by: [interface_id, srcaddr]
    window: 10m
    when: count() >= 30
    quiets: [open]
  - id: open
    title: open to the internet
    severity: medium
    where: action = ACCEPT and dstport in (22, 3389) and srcaddr not in @private
    by: [interface_id, dstport]
  - id: refused
    title: refused
    severity: low
    where: action = REJECT and srcaddr = 10.0.10.23
    by: [interface_id, srcaddr]
    window: 5m
    when: count() >= 3
    suppress: 5m
`;

let folder: string;
let printed: string;

beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(join(folder, 'sekisho.yml'), 'alerts: { notifications_per_minute: 2 }\n');
  const args = ['ingest', join(EVENTS, 'hour'), '--rules', 'rules.yml', '--lake', 'lake', '--alerts', 'alerts.jsonl'];
  printed = (await sekisho([...args, ...AS_OF], { cwd: folder })).stdout;
});

afterAll(() => removeFolder(folder));

/** The printed blocks that show an incident, by their first line. */
const titles = (): readonly string[] => printed.split('\n').filter((line) => /^ (HIGH|MEDIUM|LOW) /.test(line));

test('alerts are told as incidents, the worst ones, and the rest are counted', () => {
  expect(printed).toMatch(/^\d+ new alerts of 3 incidents: 1 high, 1 medium, 1 low$/m);
  expect(titles()).toEqual([
    ' HIGH  198.51.100.77 · password guessing',
    ' MEDIUM  203.0.113.45 · open to the internet',
  ]);
  expect(printed).toContain('quiet    1 general alert held back: open\n');
  expect(printed).toMatch(/^… and 1 more incident: 1 low\n {2}see them all: sekisho query ".*" --lake lake$/m);
});

test('the file of alerts has every one, and which goes on from which', () => {
  const alerts = jsonLines(readFileSync(join(folder, 'alerts.jsonl'), 'utf8'));
  expect(printed).toContain(`\n${alerts.length} new alerts`);
  const refused = alerts.filter(({ rule }) => rule.id === 'refused');
  expect(refused.length).toBeGreaterThan(1);
  expect(refused.map(({ continues }) => continues)).toEqual([null, ...refused.slice(0, -1).map(({ id }) => id)]);
});

test('the view says what is quieted, though it came first', async () => {
  const sql = `SELECT general.rule AS general, specific.rule AS specific FROM alerts general
    JOIN alerts specific ON specific.id = general.quieted_by`;
  expect(await jsonOf(sekisho(['query', sql, '--lake', 'lake', '--json'], { cwd: folder }))).toEqual([
    { general: 'open', specific: 'guessing' },
  ]);
});
