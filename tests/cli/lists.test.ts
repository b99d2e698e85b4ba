/** Lists that are kept in files: read when a run starts, and taken up again while it goes on. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { jsonLines, PROGRAM, sekisho, start } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RULES = `lists:
  bad: { file: bad.txt, refresh: 1s }
rules:
  - id: contact
    where: srcaddr in @bad
    by: srcaddr
`;

/** A delivery with one record a source. */
function delivery(id: string, sources: readonly string[]): string {
  const messages = sources.map((source) => {
    return `2 123456789012 eni-0123456789abcdef0 ${source} 10.0.0.1 49152 22 6 1 44 1794877920 1794877921 REJECT OK`;
  });
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'flow-logs',
    logStream: 'eni-0123456789abcdef0-all',
    subscriptionFilters: ['all'],
    logEvents: messages.map((message, index) => ({ id: `${id}-${index}`, timestamp: 1_794_877_921_000, message })),
  });
}

/** A list is replaced as a whole, so that no half of it is read. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

test('a run that goes on takes up a changed list, and lives through a missing one', async () => {
  const folder = await temporaryFolder();
  const list = join(folder, 'bad.txt');
  const alerts = join(folder, 'alerts.jsonl');
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(list, '192.0.2.1\nnot an address\n');
  const args = ['ingest', '-', '--lake', 'lake', '--rules', 'rules.yml', '--alerts', 'alerts.jsonl', '--json'];
  const { child, ended } = start([PROGRAM, ...args], { cwd: folder });
  const sources = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  const alerted = (): string[] =>
    existsSync(alerts) ? jsonLines(readFileSync(alerts, 'utf8')).map(({ group }) => group.srcaddr) : [];
  const deliverUntil = async (source: string): Promise<void> => {
    for (let round = 0; !alerted().includes(source) && round < 200; round++) {
      child.stdin?.write(delivery(`${source}-${round}`, sources));
      await setTimeout(100);
    }
  };
  await deliverUntil('192.0.2.1');
  expect(alerted()).toEqual(['192.0.2.1']);
  replace(list, '192.0.2.2\n');
  await deliverUntil('192.0.2.2');
  renameSync(list, `${list}.gone`);
  await setTimeout(1_100);
  child.stdin?.write(delivery('without a list', sources));
  await setTimeout(1_100);
  child.stdin?.end(delivery('still without', sources));
  const { code, stderr } = await ended;
  expect(alerted()).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(code).toBe(0);
  expect(stderr).toContain('bad.txt:2:1: warning W401: `not an address` is not an address');
  const told = stderr.split('\n').filter((line) => line.includes('cannot read the list'));
  expect(told).toEqual([
    'sekisho: cannot read the list `bad.txt`: there is no such file or folder; check the spelling',
  ]);
});

test('a list that can not be read when a run starts is an error that says where it is named', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'rules.yml'), RULES);
  const args = ['ingest', '-', '--rules', 'rules.yml'];
  const inRules = await sekisho(args, { cwd: folder, input: '' });
  expect(inRules.code).toBe(2);
  expect(inRules.stderr).toContain('rules.yml:2:8: error E405: cannot read the list `bad.txt`: there is no such file');
  writeFileSync(join(folder, 'bad.txt'), '192.0.2.1\n');
  writeFileSync(join(folder, 'sekisho.yml'), 'lists:\n  offices: { file: none.csv, column: ip }\n');
  const inSettings = await sekisho(args, { cwd: folder, input: '' });
  expect(inSettings.code).toBe(2);
  expect(inSettings.stderr).toContain('sekisho.yml: the list `offices`: cannot read the list `none.csv`');
});

test('an empty list stops nothing: the run says so, and its other rules alert', async () => {
  const folder = await temporaryFolder();
  const other = '  - id: ssh\n    where: dstport = 22\n    by: dstport\n';
  writeFileSync(join(folder, 'rules.yml'), RULES + other);
  writeFileSync(join(folder, 'bad.txt'), '');
  const args = ['ingest', '-', '--rules', 'rules.yml', '--alerts', 'alerts.jsonl'];
  const { code, stderr } = await sekisho(args, { cwd: folder, input: delivery('empty', ['192.0.2.1']) });
  expect(code).toBe(0);
  expect(stderr).toContain('bad.txt:1:1: warning W404: the list holds no entry');
  const alerts = jsonLines(readFileSync(join(folder, 'alerts.jsonl'), 'utf8'));
  expect(alerts.map(({ rule }) => rule.id)).toEqual(['ssh']);
});

test("the configuration's lists may be files and objects of the lake; what is wrong in them is told", async () => {
  const folder = await temporaryFolder();
  const lists = 'lists:\n  offices: { file: offices.csv, column: ip }\n  bad: { object: lists/bad.txt }\n';
  writeFileSync(join(folder, 'sekisho.yml'), lists);
  writeFileSync(join(folder, 'offices.csv'), 'name,ip\nOsaka,198.51.100.0/24\nTokyo,\n');
  writeFileSync(join(folder, 'rules.yml'), 'rules:\n  - id: a\n    where: srcaddr in (@offices, @bad)\n');
  const failed = await sekisho(['rules', 'check', 'rules.yml'], { cwd: folder });
  expect(failed.stderr).toContain('the list `bad`: cannot read the list `lists/bad.txt`: the lake has no such object');
  const lake = join(folder, 'sekisho-lake', 'lists');
  mkdirSync(lake, { recursive: true });
  writeFileSync(join(lake, 'bad.txt'), '192.0.2.1\n');
  const { code, stdout } = await sekisho(['rules', 'check', 'rules.yml', '--json'], { cwd: folder });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([{ code: 'W401', file: 'offices.csv', line: 3 }]);
});
