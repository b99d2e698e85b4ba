/** Writes `events/` from the traffic generator: `node scripts/write-events.ts`. The same files every time. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planEvents } from '../bench/traffic/events.ts';

const folder = join(import.meta.dirname, '..', 'events');
rmSync(folder, { recursive: true, force: true });
const files = planEvents();
for (const { path, body } of files) {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, body);
}
const bytes = files.reduce((sum, { path }) => sum + readFileSync(join(folder, path)).length, 0);
console.log(`wrote ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB, to events/`);
