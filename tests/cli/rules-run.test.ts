/** `sekisho rules run` over a lake that `sekisho ingest` made. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, removeFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { jsonOf, sekisho } from '../support/program.ts';

const RULES = `rules:
  - id: slow-scan
    title: slow scan
    where: action = REJECT
    by: srcaddr
    window: 12h
    when: distinct(dstport) >= 4
    suppress: 1d
    tests:
      - name: a port an hour
        records: [{ srcaddr: 203.0.113.9, dstport: 21-25, action: REJECT, every: 1h }]
        alerts: [{ srcaddr: 203.0.113.9 }]
  - id: new-port
    title: new port
    where: action = ACCEPT
    by: interface_id
    when: new server_port over 14d
    tests:
      - name: after two weeks
        records:
          - { dstport: 443, times: 30, every: 12h }
          - { dstport: 8443, at: 13d }
        alerts: [{ interface_id: eni-0123456789abcdef0 }]
      - name: quiet while it is learned
        records: [{ dstport: [443, 8443, 22], every: 1h }]
        alerts: 0
  - id: refused
    title: refused
    where: action = REJECT
    by: srcaddr
`;
const LINES = [21, 22, 23, 25]
  .map((port, hour) => {
    const start = 1_767_571_200 + hour * 3600;
    return `2 123456789012 eni-0a1b 203.0.113.9 10.0.0.5 40000 ${port} 6 1 44 ${start} ${start + 50} REJECT OK\n`;
  })
  .join('');
const NOW = ['--now', '2026-01-05T12:00:00Z'];

/** A lake of four refused tries, an hour apart; made once, as no test changes it but by raising the same alerts. */
let folder: string;
const lakeOf = (name: string): string => path.join(folder, name);
const rules = (): readonly string[] => ['--rules', path.join(folder, 'rules.yml')];

async function ingest(lake: string): Promise<unknown> {
  return jsonOf(sekisho(['ingest', '-', '--lake', lake, ...rules(), ...NOW, '--json'], { input: LINES }));
}

beforeAll(async () => {
  folder = await makeFolder();
  writeFileSync(path.join(folder, 'rules.yml'), RULES);
  return () => removeFolder(folder);
});

test('raises what reading could not, tells what it looked at, and does so once', async () => {
  const lake = lakeOf('once');
  expect(await ingest(lake)).toMatchObject({ records: 4, alerts: 4 });

  const first = await sekisho(['rules', 'run', '--lake', lake, ...rules(), ...NOW]);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(`Ran 2 rules over the lake in ${lake}\n`);
  expect(first.stdout).toContain('  slow-scan  1 new alert (all records)\n');
  expect(first.stdout).toContain('  new-port   no new alert (all records)\n');
  expect(first.stdout).toContain('1 new alert: 1 medium\n');
  expect(first.stdout).toContain('203.0.113.9 tried 4 ports within 12h on eni-0a1b\n');

  const again = await jsonOf(sekisho(['rules', 'run', '--lake', lake, ...rules(), ...NOW, '--json']));
  expect(again).toEqual({
    rules: [
      { id: 'slow-scan', since: '2026-01-04T12:00:00Z', new_alerts: 0, known: 1 },
      { id: 'new-port', since: '2026-01-04T11:20:00Z', new_alerts: 0, known: 0 },
    ],
    failed: [],
    alerts: [],
  });
});

test('with --all finds what reading has found, and what only a new rule would have', async () => {
  const lake = lakeOf('all');
  await ingest(lake);
  const { rules: ran } = await jsonOf(sekisho(['rules', 'run', '--all', '--lake', lake, ...rules(), ...NOW, '--json']));
  expect(ran).toContainEqual({ id: 'refused', since: null, new_alerts: 0, known: 4 });

  const changed = path.join(await temporaryFolder(), 'changed.yml');
  writeFileSync(changed, RULES.replaceAll('id: refused', 'id: refused-too'));
  const since = ['--since', '10h'];
  const found = await jsonOf(sekisho(['rules', 'run', '--all', ...since, '--lake', lake, '--rules', changed, ...NOW, '--json'])); // prettier-ignore
  expect(found.rules).toContainEqual({ id: 'refused-too', since: '2026-01-05T02:00:00Z', new_alerts: 2, known: 0 });
  expect(found.alerts).toHaveLength(2);
});

describe('says what is wrong', () => {
  test('without a lake', async () => {
    const { code, stderr } = await sekisho(['rules', 'run', '--lake', lakeOf('none'), ...rules()]);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no lake at');
  });

  test('with a time that is none', async () => {
    const { code, stderr } = await sekisho(['rules', 'run', '--since', 'yesterday', ...rules()]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--since is `yesterday`: write a time such as `2026-11-17T02:00:00Z`, or how long back, such as `30d`',
    );
  });

  test('with a lake without records', async () => {
    const lake = await temporaryFolder();
    const { code, stdout } = await sekisho(['rules', 'run', '--lake', lake, ...rules()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}slow-scan +no new alert \(there are no records of its kind\)$/m);
    expect(stdout).toContain(`\nThe lake has no records: read some with \`sekisho ingest INPUT --lake ${lake}\`\n`);
  });

  test('where no rule needs it', async () => {
    const lake = lakeOf('few');
    await ingest(lake);
    const few = path.join(await temporaryFolder(), 'few.yml');
    writeFileSync(few, 'rules: [{ id: refused, where: action = REJECT }]');
    expect((await sekisho(['rules', 'run', '--lake', lake, '--rules', few])).stdout).toBe(
      'None of 1 rule has a memory that is kept in the lake (--all runs the others, too)\n',
    );
  });
});

test('tests of such rules inside rule files run their queries', async () => {
  const { code, stdout } = await sekisho(['rules', 'test', path.join(folder, 'rules.yml')]);
  expect(stdout).toContain('✓ a port an hour');
  expect(stdout).toContain('3 passed, 0 failed');
  expect(code).toBe(0);
});
