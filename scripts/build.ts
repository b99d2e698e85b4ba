/**
 * Bundles a program: `node scripts/build.ts [ENTRY [FOLDER]]`, by default the terminal's program into dist/.
 * Packages stay outside the bundle.
 */
import { readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const [entry, folder = 'dist'] = process.argv.slice(2);

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: entry === undefined ? { sekisho: 'cli/launch.ts' } : [entry],
  outdir: folder,
  // the launcher stays a file of its own, as it must load where the rest can't; so does what is rarely needed
  splitting: true,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  packages: 'external',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});

// names of chunks change with their content: what an earlier build left is of no use
const current = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const file of readdirSync(resolve(root, folder))) {
  if (/\.js(\.map)?$/.test(file) && !current.has(file)) rmSync(resolve(root, folder, file));
}
