/** Bundles the terminal's program into dist/, or another ENTRY into another FOLDER; packages stay outside the bundle. */
import { join } from 'node:path';
import { build } from 'esbuild';

const [entry, folder = 'dist'] = process.argv.slice(2);

await build({
  absWorkingDir: join(import.meta.dirname, '..'),
  entryPoints: entry === undefined ? { sekisho: 'cli/launch.ts' } : [entry],
  outdir: folder,
  // the launcher stays a file of its own: it must load where the rest can't
  splitting: true,
  chunkNames: '[name]',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
