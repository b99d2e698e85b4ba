import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { showSources } from '../../functions/source-positions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SOURCE = `
export function fail(what: string): never {
  try {
    JSON.parse(what);
  } catch (cause) {
    throw new Error('it failed', { cause });
  }
  throw new Error('it did not');
}
`;

/** What a function that was bundled as the deployed ones are throws. */
async function thrown(sourcemap: boolean): Promise<{ readonly error: Error; readonly folder: string }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'failing.ts'), SOURCE);
  const outfile = join(folder, 'out', 'bundle.js');
  await build({
    entryPoints: [join(folder, 'failing.ts')],
    outfile,
    bundle: true,
    minify: true,
    sourcemap,
    format: 'cjs',
    logLevel: 'silent',
  });
  const { fail } = createRequire(import.meta.url)(outfile) as { readonly fail: (what: string) => never };
  try {
    return fail('no JSON');
  } catch (error) {
    return { error: error as Error, folder };
  }
}

test('an error and its cause name places in the sources', async () => {
  const { error } = await thrown(true);
  expect(error.stack).toContain('bundle.js:');
  showSources(error);
  expect(error.stack).toMatch(/^Error: it failed\n.*\/failing\.ts:6:11/);
  expect((error.cause as Error).stack).toContain('/failing.ts:4:10');
  expect(error.stack).not.toContain('bundle.js');
});

test('without a map, or a place in a file, it stays as it is', async () => {
  const { error } = await thrown(false);
  const { stack } = error;
  showSources(error);
  expect(error.stack).toBe(stack);
  const bare = new Error('without');
  delete bare.stack;
  bare.cause = bare;
  showSources(bare);
  expect(bare.stack).toBeUndefined();
});

test('one that cannot be changed stays as it is', async () => {
  const { error } = await thrown(true);
  const { stack } = error;
  Object.defineProperty(error, 'stack', { value: stack, writable: false });
  showSources(error);
  expect(error.stack).toBe(stack);
});
