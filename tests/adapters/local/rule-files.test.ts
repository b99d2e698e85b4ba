import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRuleFiles } from '../../../shared/adapters/local/rule-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('files and folders of them are read, in order; the built-in ones are called by where they lie in the project', async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'deep'));
  for (const name of ['b.yml', 'deep/a.yaml', '.hidden.yml', 'notes.md']) writeFileSync(join(folder, name), name);
  const names = (builtIn: string) => {
    const read = readRuleFiles([folder, join(folder, 'notes.md')], builtIn);
    return read.kind === 'read' ? read.files.map(({ name, text }) => [name, text]) : read.message;
  };
  const plain = ['b.yml', 'deep/a.yaml', 'notes.md'].map((name) => [join(folder, name), name]);
  expect(names('elsewhere')).toEqual(plain);
  expect(names(folder)).toEqual([['rules/b.yml', 'b.yml'], ['rules/deep/a.yaml', 'deep/a.yaml'], plain[2]]);
});

test('what is not there, or holds no rule file, is told', async () => {
  const folder = await temporaryFolder();
  expect(readRuleFiles([join(folder, 'none')], '')).toMatchObject({
    kind: 'failed',
    message: `there are no rules at \`${join(folder, 'none')}\`: name a rule file or a folder of them`,
  });
  expect(readRuleFiles([folder], folder)).toMatchObject({ message: 'there is no rule file (.yml) in `rules`' });
});
