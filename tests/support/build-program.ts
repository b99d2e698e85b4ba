/** Before the first test: builds the programs that the tests in tests/cli run. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url));

/** Called by vitest, once a run. */
export function setup(): void {
  build();
  build('tests/support/ingest-in-small-steps.ts', '.cache/tests');
}

function build(...args: readonly string[]): void {
  execFileSync(process.execPath, [BUILD, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
