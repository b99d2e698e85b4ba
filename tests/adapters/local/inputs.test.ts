import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { measureInputs, walkInputs, type Input, type InputFile } from '../../../shared/adapters/local/inputs.ts';
import { collect } from '../../support/collect.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A folder with these files, each holding its own path. */
async function folderWith(...paths: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), path);
  }
  return folder;
}

const contentOf = async (input: InputFile): Promise<string> => Buffer.concat(await collect(input.open())).toString();

/** The names below `folder`, with `!` before what is a problem. */
const namesOf = async (folder: string, inputs: AsyncIterable<Input>): Promise<string[]> =>
  (await collect(inputs)).map(({ kind, name }) => (kind === 'problem' ? '!' : '') + relative(folder, name));

describe('walkInputs', () => {
  test('gives files as named, and folders recursively by name, without hidden ones', async () => {
    const folder = await folderWith('b/2.log', 'b/10.log', 'b/a/1.log', 'b/.hidden', 'b/.git/x', 'a.log.gz', '.rc');
    const inputs = walkInputs([join(folder, 'b'), join(folder, 'a.log.gz'), join(folder, '.rc')]);
    expect(await namesOf(folder, inputs)).toEqual(['b/10.log', 'b/2.log', 'b/a/1.log', 'a.log.gz', '.rc']);
  });

  test('each file tells its size and opens as often as asked', async () => {
    const folder = await folderWith('a.log');
    const [input] = (await collect(walkInputs([folder]))) as InputFile[];
    expect(input).toMatchObject({ kind: 'file', name: join(folder, 'a.log'), size: 5 });
    expect(await contentOf(input!)).toBe('a.log');
    expect(await contentOf(input!)).toBe('a.log');
  });

  test('a large file comes in pieces', async () => {
    const folder = await folderWith('a');
    await writeFile(join(folder, 'a'), Buffer.alloc(3_000_000, 'x'));
    const [input] = (await collect(walkInputs([folder]))) as InputFile[];
    const sizes = (await collect(input!.open())).map(({ length }) => length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(3_000_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 20);
  });

  test('passes over the lake, also below an input and through a link', async () => {
    const folder = await folderWith('in/a.log', 'in/lake/flows/raw/x.parquet', 'in/lake-notes/b.log');
    await symlink(join(folder, 'in/lake'), join(folder, 'in/link'));
    const inputs = walkInputs([join(folder, 'in')], { lake: join(folder, 'in/lake') });
    expect(await namesOf(folder, inputs)).toEqual(['in/a.log', 'in/lake-notes/b.log']);
  });

  test('says so where a named folder is the lake or lies in it', async () => {
    const folder = await folderWith('lake/flows/x.parquet');
    for (const path of ['lake', 'lake/flows']) {
      const [input] = await collect(walkInputs([join(folder, path)], { lake: join(folder, 'lake') }));
      expect(input).toMatchObject({ kind: 'problem', message: expect.stringContaining('it lies in the lake') });
    }
  });

  test('follows links, and ends where they lead in a circle', async () => {
    const folder = await folderWith('in/a/1.log', 'elsewhere/2.log');
    await symlink('..', join(folder, 'in/a/back'));
    await symlink('../elsewhere', join(folder, 'in/linked'));
    await symlink('self', join(folder, 'in/self'));
    await symlink('nowhere', join(folder, 'in/broken'));
    expect(await namesOf(folder, walkInputs([join(folder, 'in')]))).toEqual([
      'in/a/1.log',
      '!in/broken',
      'in/linked/2.log',
      '!in/self',
    ]);
  });

  test('says what is missing and goes on', async () => {
    const folder = await folderWith('a.log');
    const missing = join(folder, 'missing');
    const [first, second] = await collect(walkInputs([missing, join(folder, 'a.log')]));
    expect(first).toEqual({
      kind: 'problem',
      name: missing,
      message: `cannot read \`${missing}\`: there is no such file or folder; check the spelling`,
    });
    expect(second).toMatchObject({ kind: 'file' });
  });

  test('a file that vanished since is an error when it is opened', async () => {
    const folder = await folderWith('a.log');
    const [input] = (await collect(walkInputs([folder]))) as InputFile[];
    await rm(join(folder, 'a.log'));
    await expect(contentOf(input!)).rejects.toThrow(/^cannot read `.*a.log`: there is no such file/);
  });

  test('reads a pipe that is named, and none that it only meets', async () => {
    const folder = await folderWith('in/a.log');
    execFileSync('mkfifo', [join(folder, 'in/pipe')]);
    expect(await namesOf(folder, walkInputs([join(folder, 'in')]))).toEqual(['in/a.log', '!in/pipe']);
    const [input] = (await collect(walkInputs([join(folder, 'in/pipe')]))) as InputFile[];
    expect(input?.size).toBeUndefined();
    const [content] = await Promise.all([contentOf(input!), writeFile(join(folder, 'in/pipe'), 'through the pipe')]);
    expect(content).toBe('through the pipe');
  });

  test('`-` is standard input, once', async () => {
    const stdin = Readable.from([Buffer.from('from '), Buffer.from('outside')]);
    const [first, second] = await collect(walkInputs(['-', '-'], { stdin }));
    expect(first).toMatchObject({ kind: 'file', name: '-', size: undefined });
    expect(await contentOf(first as InputFile)).toBe('from outside');
    expect(second).toMatchObject({ kind: 'problem', message: expect.stringContaining('twice') });
  });
});

describe('measureInputs', () => {
  test('adds up what has a size, and tells whether that is all', async () => {
    const folder = await folderWith('a/1', 'a/22');
    expect(await measureInputs([folder])).toEqual({ bytes: 7, complete: true });
    expect(await measureInputs([folder, '-', 'missing'])).toEqual({ bytes: 7, complete: false });
  });
});
