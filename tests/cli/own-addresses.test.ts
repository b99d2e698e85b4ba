/** Own addresses that `networks` does not hold are the internet's to rules: whoever reads them in is told. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AS_OF, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CLIENTS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A database inside the VPC, asked by machines of other subnets of it, in IPv6. */
const V2 = CLIENTS.flatMap((client, at) => {
  const [from, to] = [`2001:db8:10:${at + 1}::${client}`, '2001:db8:10::5'];
  return [
    `2 123456789012 eni-0a ${from} ${to} 4000${at} 5432 6 9 900 1794877920 1794877979 ACCEPT OK`,
    `2 123456789012 eni-0a ${to} ${from} 5432 4000${at} 6 9 900 1794877920 1794877979 ACCEPT OK`,
  ];
});

/** The same with a field more: of the database's interface every request comes in. */
const WITH_DIRECTION = V2.map((line, at) => `${line} ${at % 2 === 0 ? 'ingress' : 'egress'}`);
const FORMAT =
  '--format=${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${flow-direction}';

async function ingest(lines: readonly string[], config: string, ...options: readonly string[]) {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'flow.log'), lines.map((line) => `${line}\n`).join(''));
  writeFileSync(join(folder, 'sekisho.yml'), config);
  return await sekisho(['ingest', 'flow.log', '--lake', 'lake', ...options, ...AS_OF], { cwd: folder });
}

const TOLD = "  1 own address lies outside `networks` (2001:db8:10::/64): rules take it for the internet's\n";

test('with and without directions the report says which they are, and what to do', async () => {
  expect((await ingest(V2, '')).stdout).toContain(TOLD);
  const { stdout } = await ingest(WITH_DIRECTION, '', FORMAT);
  expect(stdout).toContain(TOLD);
  // what this is for
  expect(stdout).toContain('database open to the internet');
});

test('who has done so is told nothing, and alerted of nothing', async () => {
  const { stdout } = await ingest(WITH_DIRECTION, 'networks: [10.0.0.0/8, "2001:db8:10::/56"]\n', FORMAT);
  expect(stdout).not.toContain('networks');
  expect(stdout).toContain('No new alerts');
});

test('where nobody can say which end is the own one, that is told', async () => {
  const { stdout } = await ingest(V2.slice(0, 3), '');
  expect(stdout).toContain(
    "  3 records with both ends outside `networks`, such as 2001:db8:10:1::a and 2001:db8:10::5, one of them your own: rules take both for the internet's\n  name yours in `networks` in sekisho.yml",
  );
});
