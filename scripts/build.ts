/** Bundles the terminal's program into dist/; packages stay outside the bundle. */
import { join } from 'node:path';
import { build } from 'esbuild';

await build({
  absWorkingDir: join(import.meta.dirname, '..'),
  entryPoints: { sekisho: 'cli/launch.ts' },
  outdir: 'dist',
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
