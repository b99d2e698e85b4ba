/** Bundles the terminal's program into dist/; packages stay outside the bundle. */
import { build } from 'esbuild';

await build({
  entryPoints: { sekisho: 'cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
