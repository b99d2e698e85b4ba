#!/usr/bin/env node
/** The program's first file: it loads on any Node, so that an old one is told rather than crashed into. */
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `sekisho: it needs Node 24, and this is ${process.versions.node}: run it as \`npx sekisho\`, which brings its own, or install Node 24\n`,
  );
  process.exit(2);
}
await import('./main.ts');
