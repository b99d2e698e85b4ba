/** The shipped hour, in whatever order and however often it comes: the same alerts and the same rows. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../bench/traffic/random.ts';
import { AS_OF, contentsOf, EVENTS, jsonLines, jsonOf, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = join(EVENTS, 'hour');

/** What the built-in rules find in the hour: rule, group, id. */
const ALERTS = [
  ['admin-port-open-to-internet', 'eni-007c72965d8c23038 22', '52913bf57af40ef8b984f31df12de298'],
  ['admin-port-open-to-internet', 'eni-01db211b4ffe6ac6f 3389', '13212eaca6e04f4ed1a5387b32fc0c04'],
  ['crypto-mining-port', '203.0.113.99 3333', '8cdc8145c9b62af25e59580623498826'],
  ['data-exfiltration', '203.0.113.66', 'abe2faf7449d891a69033b0dd924f6d5'],
  ['database-open-to-internet', 'eni-007c72965d8c23038 5432', '566718d0a4b8157cc62bd5e6996a2623'],
  ['egress-unexpected-port', '25', 'd28700abaeac380cdb59ccd76c9ce0a9'],
  ['egress-unexpected-port', '3333', 'ad6b76423b91218c72f01a9490cb894a'],
  ['internal-reject', 'eni-0a01472bf39459c90 10.0.10.23', 'a57315c0f6a4b422ec3dbc273f6c3152'],
  ['internal-sweep', '10.0.11.61', '0af94e722c7fe8c70ccbd823d537925a'],
  ['port-scan', 'eni-007c72965d8c23038 203.0.113.7', '96b6df7424626239f544d726c2fd7058'],
  ['port-sweep', '10.0.11.61 445', 'c9957ddc38fc64dfa7f591d5554ac9bc'],
  ['skipped-records', 'eni-0dc825f818a3818f9', '0acecdc44d290404dab48504fc578ff2'],
  ['smtp-egress', '10.0.1.12', '434ae3c646605033f19ff6f5879d99a9'],
  ['ssh-brute-force', '198.51.100.77 10.0.0.11', '1ba824810faf3ad6b6a02378ac69a3c8'],
];
const IDS = ALERTS.map(([, , id]) => String(id)).sort();

const ingest = (input: string, lake: string, ...more: readonly string[]): Promise<any> =>
  jsonOf(sekisho(['ingest', input, '--lake', lake, '--json', ...AS_OF, ...more]));

/** The hour's files under shuffled names, a fifth of them twice. */
function redelivered(folder: string): void {
  mkdirSync(folder);
  const random = createRandom('redelivery');
  const files = readdirSync(HOUR);
  const again = files.filter((_, index) => index % 5 === 0);
  for (const [index, file] of [...files, ...again].entries()) {
    copyFileSync(join(HOUR, file), join(folder, `${random.hex(8)}-${index}.json`));
  }
}

test('the hour gives these counts and these alerts', async () => {
  const folder = await temporaryFolder();
  const lake = join(folder, 'lake');
  const counts = await ingest(HOUR, lake, '--alerts', join(folder, 'alerts.jsonl'));
  expect(counts).toMatchObject({
    records: 21_867,
    accepted: 18_107,
    rejected: 3_729,
    nodata: 30,
    skipdata: 1,
    unreadable_lines: 0,
    batches: 144,
    duplicate_batches: 0,
    alerts: ALERTS.length,
    objects: 1,
  });
  const told = jsonLines(readFileSync(join(folder, 'alerts.jsonl'), 'utf8'));
  const found = told.map(({ id, rule, group }) => [rule.id, Object.values(group).join(' '), id]);
  expect(new Set(found)).toEqual(new Set(ALERTS));
  expect(await contentsOf(lake)).toMatchObject({ records: counts.records, alerts: IDS });
});

test('a fifth delivered twice, in another order: the same alerts and the same rows', async () => {
  const folder = await temporaryFolder();
  redelivered(join(folder, 'shuffled'));
  const [straight, shuffled] = [join(folder, 'straight'), join(folder, 'lake')];
  await ingest(HOUR, straight);
  const counts = await ingest(join(folder, 'shuffled'), shuffled);
  expect(counts).toMatchObject({ records: 21_867, batches: 144, duplicate_batches: 29 });
  expect(await contentsOf(shuffled)).toEqual(await contentsOf(straight));
});

test('delivered in two runs, the second with what the first had: each row once', async () => {
  const folder = await temporaryFolder();
  const lake = join(folder, 'lake');
  redelivered(join(folder, 'shuffled'));
  const files = readdirSync(HOUR).map((file) => join(HOUR, file));
  await jsonOf(sekisho(['ingest', ...files.slice(0, 90), '--lake', lake, '--json', ...AS_OF]));
  await ingest(join(folder, 'shuffled'), lake);
  expect(await contentsOf(lake)).toMatchObject({ records: 21_867, alerts: IDS });
});

test('ingested again: no new alert, no new row, and nothing more in the file of alerts', async () => {
  const folder = await temporaryFolder();
  const [lake, file] = [join(folder, 'lake'), join(folder, 'alerts.jsonl')];
  await ingest(HOUR, lake, '--alerts', file);
  const [contents, alerts] = [await contentsOf(lake), readFileSync(file, 'utf8')];
  const counts = await ingest(HOUR, lake, '--alerts', file);
  expect(counts).toMatchObject({ records: 21_867, batches: 144, duplicate_batches: 0, alerts: 0 });
  expect(readFileSync(file, 'utf8')).toBe(alerts);
  expect(await contentsOf(lake)).toEqual(contents);
});
