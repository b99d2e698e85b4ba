/** A list that is too long for a query's text, and kept in the lake. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { jsonOf, sekisho } from '../support/program.ts';
import { makeFolder, removeFolder } from '../support/temporary-folder.ts';

const NETWORKS = Array.from({ length: 5000 }, (_, at) => `198.51.${at >> 6}.${(at % 64) * 4}/30`);
const RULES = `rules:
  - id: contact
    where: dstaddr in @threat_addresses
    by: dstaddr
`;
const LINE = (server: string): string =>
  `2 123456789012 eni-0a1b 10.0.0.5 ${server} 40000 443 6 9 4400 1767571200 1767571250 ACCEPT OK\n`;
const NOW = '2026-01-05T12:00:00Z';

let folder: string;
const run = (args: readonly string[], input = ''): ReturnType<typeof sekisho> =>
  sekisho([...args, '--lake', 'elsewhere', '--now', NOW], { cwd: folder, input });

beforeAll(async () => {
  folder = await makeFolder();
  mkdirSync(join(folder, 'elsewhere', 'lists'), { recursive: true });
  writeFileSync(join(folder, 'elsewhere', 'lists', 'threats.txt'), NETWORKS.join('\n'));
  writeFileSync(join(folder, 'sekisho.yml'), 'lists: { threat_addresses: { object: lists/threats.txt } }\n');
  writeFileSync(join(folder, 'own.yml'), RULES);
  const lines = LINE('198.51.7.9') + LINE('203.0.113.7');
  await jsonOf(run(['ingest', '-', '--rules', 'own.yml', '--json'], lines));
  return () => removeFolder(folder);
});

test.each(['check', 'test', 'list'])('rules %s reads it from the lake that is named', async (command) => {
  expect(await run(['rules', command, 'own.yml'])).toMatchObject({ code: 0 });
  const { code, stderr } = await sekisho(['rules', command, 'own.yml'], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain('cannot read the list `lists/threats.txt`: the lake has no such object');
});

test('the query of a rule names it, and `query` knows what it holds', async () => {
  const { stdout: sql } = await run(['rules', 'explain', 'threat-list-contact', '--sql']);
  expect(sql.split('\n')[0]).toBe(
    '-- the relation "lists" is filled by `sekisho query` from the installed rules: @threat_addresses',
  );
  expect(sql.length).toBeLessThan(10_000);
  expect(await jsonOf(run(['query', '-', '--json'], sql))).toMatchObject([{ by_dstaddr: '198.51.7.9', records: 1 }]);
});

test('backtest and run find what ingest found', async () => {
  const { rules } = (await jsonOf(run(['rules', 'backtest', 'own.yml', '--json']))) as {
    rules: readonly { raised: readonly { group: unknown }[] }[];
  };
  expect(rules.map(({ raised }) => raised.map(({ group }) => group))).toEqual([[{ dstaddr: '198.51.7.9' }]]);
  const ran = (await jsonOf(run(['rules', 'run', '--all', '--rules', 'own.yml', '--json']))) as {
    rules: unknown;
  };
  expect(ran.rules).toMatchObject([{ id: 'contact', new_alerts: 0, known: 1 }]);
});
