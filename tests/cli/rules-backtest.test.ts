/** `sekisho rules backtest`: what rules would have raised is what ingest raises. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryLake } from '../support/lakes.ts';
import { AS_OF, EVENTS, jsonOf, sekisho, type Ended } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

/** Of every kind that raises alerts while records arrive. */
const STREAMED = [
  'port-scan',
  'port-sweep',
  'internal-sweep',
  'data-exfiltration',
  'skipped-records',
  'ssh-brute-force',
];

const OWN = `rules:
  - id: web-answers
    where: action = ACCEPT and srcport = 443
    window: 5m
    when: count() >= 1000000
  - id: refused-ssh
    where: action = REJECT and dstport = 22
    by: srcaddr
    window: 10m
    when: count() >= 1
`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(join(folder, 'own.yml'), OWN);
  await sekisho(['ingest', join(EVENTS, 'hour'), '--lake', 'lake', ...AS_OF], { cwd: folder });
});
afterAll(() => removeFolder(folder));

const backtest = (...args: readonly string[]): Promise<Ended> =>
  sekisho(['rules', 'backtest', ...args, '--lake', 'lake'], { cwd: folder });

test('built-in rules would have raised the alerts that they raised', async () => {
  const { rules } = await jsonOf(backtest(...STREAMED, '--json'));
  const raised: readonly string[] = rules.flatMap((rule: any) => rule.raised.map(({ id }: any) => `${rule.id} ${id}`));
  const names = STREAMED.map((id) => `'${id}'`).join(', ');
  const { rows } = await queryLake(
    join(folder, 'lake'),
    `SELECT rule || ' ' || id FROM alerts WHERE rule IN (${names})`,
  );
  expect(new Set(raised)).toEqual(new Set(rows.map(([each]) => each)));
  expect(raised.length).toBeGreaterThanOrEqual(STREAMED.length);
});

test('a rule is told with its groups and thresholds', async () => {
  const { code, stdout, stderr } = await backtest('port-scan');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^ MEDIUM {2}port-scan {2}port scan\n\n1 alert, of [\d,]+ records from 2026-11-17 01:00 to 01:59 UTC\n/,
  );
  expect(stdout).toMatch(/│ eni-\w+ │ 203\.0\.113\.7 │ +1 │ +120 │/);
  expect(stdout).toMatch(/│ distinct\(dstport\) >= 50 +│ +1 │ now │/);
  expect(stdout).toMatch(/the alerts would be the same,\s+with room on both sides/);
});

test('rules that are not installed are tried from their file, each for itself', async () => {
  const { stdout } = await backtest('own.yml');
  const [web, ssh] = stdout.split(' MEDIUM  refused-ssh');
  expect(web).toMatch(/^ MEDIUM {2}web-answers/);
  expect(web).toContain('\n0 alerts, of');
  expect(web).toMatch(/Nothing reached it: \d+ came closest\./);
  expect(ssh).toContain('Whatever matched at all alerted');
});

test('one rule of a file is named by its id, beside the file', async () => {
  const idsOf = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await jsonOf(backtest(...args, '--json'))).rules.map(({ id }: { readonly id: string }) => id);
  expect(await idsOf('refused-ssh', 'own.yml')).toEqual(['refused-ssh']);
  expect(await idsOf('./own.yml', 'refused-ssh', 'web-answers', 'refused-ssh')).toEqual(['refused-ssh', 'web-answers']);
  const { code, stderr } = await backtest('refused-shh', 'own.yml');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'sekisho: there is no rule `refused-shh`: did you mean `refused-ssh`?\n',
  });
});

test('the time can be limited, by times or by how long back', async () => {
  const spans = await Promise.all([
    jsonOf(backtest('own.yml', '--since', '2026-11-17T01:30:00Z', '--until', '2026-11-17T01:40:00Z', '--json')),
    jsonOf(backtest('own.yml', '--since', '40m', '--until', '30m', '--json', ...AS_OF)),
  ]);
  for (const { rules } of spans) {
    expect(rules[0].from >= '2026-11-17T01:30:00Z').toBe(true);
    expect(rules[0].to < '2026-11-17T01:40:00Z').toBe(true);
    expect(rules[0].records).toBeGreaterThan(0);
  }
});

test('the keys of --json are all of one style', async () => {
  const keysOf = (value: unknown): readonly string[] => {
    if (typeof value !== 'object' || value === null) return [];
    const below = Object.values(value).flatMap(keysOf);
    return Array.isArray(value) ? below : [...Object.keys(value), ...below];
  };
  const keys = keysOf(await jsonOf(backtest('port-scan', '--json')));
  expect(keys).toEqual(expect.arrayContaining(['per_day', 'is_present', 'largest_below', 'one_a_day', 'first_seen']));
  expect(keys.filter((key) => !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(key))).toEqual([]);
});

test('what can not be is refused with what to do', async () => {
  const lines = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await backtest(...args);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await lines('port-scn')).toBe('sekisho: there is no rule `port-scn`: did you mean `port-scan`?\n');
  expect(await lines('port-scan', '--since', 'soon')).toBe(
    'sekisho: --since is `soon`: write a time such as `2026-11-17T02:00:00Z`, or how long back, such as `30d`\n',
  );
  expect(await lines('port-scan', '--since', '2026-11-18', '--until', '2026-11-17')).toBe(
    'sekisho: --since is not before --until: no record lies between them\n',
  );
  expect(await lines('nowhere.yml')).toMatch(/^sekisho: there are no rules at `nowhere\.yml`/);
});

test('a lake that is not there is told', async () => {
  const { code, stderr } = await sekisho(['rules', 'backtest', 'port-scan', '--lake', 'nowhere'], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('there is no lake at `nowhere`') });
});
