/** The same input at the same time by `--now` gives the same alerts, byte for byte. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AS_OF, EVENTS, sekisho } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** All files of a folder whose name ends so, by path, with their text. */
function filesOf(folder: string, ending: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}

test('two runs write the same alert objects, tell them alike, and store the same records', async () => {
  const folder = await temporaryFolder();
  const run = (name: string): Promise<unknown> =>
    sekisho(
      [
        'ingest',
        join(EVENTS, 'hour'),
        '--lake',
        join(folder, name),
        '--alerts',
        join(folder, `${name}.jsonl`),
        ...AS_OF,
      ],
      { cwd: folder },
    );
  expect([await run('one'), await run('two')]).toMatchObject([{ code: 0 }, { code: 0 }]);

  const alerts = filesOf(join(folder, 'one', 'alerts'), '.json');
  expect(Object.keys(alerts).length).toBeGreaterThanOrEqual(4);
  expect(filesOf(join(folder, 'two', 'alerts'), '.json')).toEqual(alerts);
  const told = filesOf(folder, '.jsonl');
  expect(told['two.jsonl']).toBe(told['one.jsonl']);
  const objects = ['one', 'two'].map((name) => Object.values(filesOf(join(folder, name), '.parquet')));
  expect(objects[0]).toHaveLength(1);
  expect(objects[1]![0] === objects[0]![0]).toBe(true);
});

test('what is printed is the same but for the seconds', async () => {
  const folder = await temporaryFolder();
  const run = async (): Promise<string> => {
    const { stdout } = await sekisho(['ingest', join(EVENTS, 'hour'), '--lake', 'lake', ...AS_OF], {
      cwd: await temporaryFolder(),
    });
    return stdout.replace(/in \d+\.\d s\n/, 'in N s\n');
  };
  const first = await run();
  expect(await run()).toBe(first);
  expect(first).not.toContain(folder);
});
