/**
 * What functions load only when they need it (`await import(…)`) becomes a file beside the bundle, in `late/`: a bundle
 * is read and parsed as a whole before the first event, and most events need nothing of these. Each file has its own
 * copy of what it imports, so that modules which keep something for others must not be imported in this way alone.
 */
const path = require('node:path');

const root = path.dirname(__dirname);

/**
 * The plugin; `options` are those of the bundles themselves. `isPackage` where serverless-esbuild makes packages: it
 * gives a function what lies in a folder of the function's own, `__only_NAME/`, and everything else to all of them.
 */
module.exports = (esbuild, options, isPackage) => ({
  name: 'late-parts',
  setup(build) {
    const { outdir, entryPoints } = build.initialOptions;
    const own = `__only_${path.basename(entryPoints[0], '.ts')}`;
    const folder = isPackage ? path.join(path.dirname(outdir), own, path.basename(outdir)) : outdir;
    /** By entry; functions are bundled side by side. */
    const built = new Map();
    build.onResolve({ filter: /.*/ }, async ({ path: name, kind, importer, resolveDir, pluginData }) => {
      // libraries look after themselves
      const isLate = kind === 'dynamic-import' && !importer.includes('node_modules') && !name.startsWith('node:');
      if (!isLate || pluginData === 'late') return undefined;
      const found = await build.resolve(name, { kind, importer, resolveDir, pluginData: 'late' });
      if (found.errors.length > 0) return found;
      // of its own path, as it may be named in several ways
      const part = partName(name.startsWith('.') ? path.relative(root, found.path) : name);
      if (!built.has(found.path)) built.set(found.path, bundlePart(found.path, path.join(folder, 'late', part)));
      await built.get(found.path);
      return { path: `./late/${part}`, external: true };
    });

    const bundlePart = (entry, to) =>
      esbuild.build({ ...options, entryPoints: [entry], outfile: to, allowOverwrite: true, logLevel: 'silent' });
  },
});

function partName(name) {
  const words = name.replace(/\.ts$/, '').replaceAll(/[^A-Za-z0-9-]+/g, ' ');
  return `${words.trim().replaceAll(' ', '-')}.js`;
}
