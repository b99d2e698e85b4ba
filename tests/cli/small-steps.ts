/** An ingest run for tests that disturb it: short, with many objects, folds and alerts to lose. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AS_OF, contentsOf, EVENTS, idsIn, start, type Contents, type Running } from '../support/program.ts';

/** `tests/support/ingest-in-small-steps.ts`, built. */
const PROGRAM = fileURLToPath(new URL('../../.cache/tests/ingest-in-small-steps.js', import.meta.url));

/** The shipped hour's first quarter. */
const HOUR = join(EVENTS, 'hour');
const INPUTS = readdirSync(HOUR)
  .filter((file) => file < '0123')
  .map((file) => join(HOUR, file));

/** What is ordinary, as some dozens of alerts: with memory and without. */
const RULES = `rules:
  - id: refused
    where: action = REJECT
    by: [interface_id, srcaddr]
    window: 5m
    when: count() >= 3
    suppress: 5m
  - id: busy
    where: action = ACCEPT
    by: [dstaddr]
    window: 10m
    when: distinct(srcaddr) >= 3
    suppress: 10m
  - id: admin
    where: dstport in (22, 3389)
    by: [interface_id, srcaddr]
`;

/** Starts a run over all inputs into `lake` and `alerts.jsonl` below a folder, which is made where it is missing. */
export function ingest(folder: string): Running {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rules.yml'), RULES);
  const outputs = ['--lake', 'lake', '--alerts', 'alerts.jsonl'];
  const running = start([PROGRAM, ...INPUTS, '--rules', 'rules.yml', '--json', ...outputs, ...AS_OF], { cwd: folder });
  running.child.stdin?.end();
  return running;
}

/** What runs have left in a folder: the lake's contents, and the ids in the file of alerts. */
export async function leftIn(
  folder: string,
): Promise<{ readonly contents: Contents; readonly told: readonly string[] }> {
  return { contents: await contentsOf(join(folder, 'lake')), told: idsIn(join(folder, 'alerts.jsonl')) };
}
