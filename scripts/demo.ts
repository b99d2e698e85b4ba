/** The main job on the shipped events: read a busy hour, show its alerts, ask the lake one question. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';

const root = join(import.meta.dirname, '..');
const LAKE = 'demo-lake';
const QUESTION = `SELECT srcaddr, count(*) AS refused, count(DISTINCT dstaddr) AS hosts, count(DISTINCT dstport) AS ports
FROM flows WHERE action = 'REJECT' GROUP BY srcaddr ORDER BY refused DESC, srcaddr LIMIT 5`;

// a demonstration starts from nothing, so that it shows the same every time
rmSync(join(root, LAKE), { recursive: true, force: true });
sekisho(
  ['ingest', 'events/hour', '--lake', LAKE, '--now', '2026-11-17T02:10:00Z'],
  'ingest events/hour --lake demo-lake',
);
process.stdout.write('\n');
sekisho(['query', QUESTION, '--lake', LAKE], `query "${QUESTION}" --lake ${LAKE}`);
process.stdout.write(`\nThe lake is in ${LAKE}/. Ask it more, or read your own flow logs: npx sekisho --help\n`);

function sekisho(args: readonly string[], shown: string): void {
  process.stdout.write(`${styleText('dim', `$ npx sekisho ${shown}`, { stream: process.stdout })}\n\n`);
  const { status } = spawnSync(process.execPath, [join('dist', 'sekisho.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
