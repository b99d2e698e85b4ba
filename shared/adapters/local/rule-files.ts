/** Rule files, named one by one or as folders of them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { SourceText } from '../../rules/diagnostics.ts';
import { describeFileError } from './file-errors.ts';

/** The files and their texts, or why they can't be had. */
export type RuleFiles =
  | { readonly kind: 'read'; readonly files: readonly SourceText[] }
  | { readonly kind: 'failed'; readonly message: string };

/** The rule files at some paths, each a file or a folder of them; those of the folder `builtIn` are shown as of `rules`. */
export function readRuleFiles(paths: readonly string[], builtIn: string): RuleFiles {
  const files: SourceText[] = [];
  for (const path of paths) {
    const found = filesAt(path, path === builtIn ? 'rules' : path);
    if (typeof found === 'string') return { kind: 'failed', message: found };
    for (const { place, name } of found) {
      try {
        files.push({ name, text: readFileSync(place, 'utf8') });
      } catch (error) {
        return { kind: 'failed', message: describeFileError('read the rule file', place, error) };
      }
    }
  }
  return { kind: 'read', files };
}

/** Where the files of a path lie, and what they are called; a text says why there are none. */
function filesAt(path: string, shown: string): readonly { readonly place: string; readonly name: string }[] | string {
  if (!existsSync(path)) return `there are no rules at \`${shown}\`: name a rule file or a folder of them`;
  if (!statSync(path).isDirectory()) return [{ place: path, name: shown }];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) return `there is no rule file (.yml) in \`${shown}\``;
  return files.map((place) => ({
    place,
    name: shown === path ? place : join(shown, relative(resolve(path), place)),
  }));
}
